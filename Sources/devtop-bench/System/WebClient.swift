import DevtopCore
import Glibc

/// Asks a server on loopback what it is, on raw sockets.
enum WebClient {
  /// A port that nobody has now; the kernel chooses.
  ///
  /// - Throws: `BenchError.system`.
  static func freePort() throws(BenchError) -> UInt16 {
    let descriptor = makeSocket()
    guard descriptor >= 0 else { throw .system(what: "a socket", code: errno) }
    defer { close(descriptor) }
    let isBound = Endpoint.loopback(0).withSocketAddress { bind(descriptor, $0, $1) == 0 }
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isNamed = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
    }
    guard isBound, isNamed else { throw .system(what: "a free port", code: errno) }
    return UInt16(bigEndian: address.sin_port)
  }

  /// One GET of `/version`; the body, nil when there was no whole answer within a second.
  static func version(port: UInt16) -> String? { version(at: .loopback(port)) }

  private static func version(at endpoint: Endpoint) -> String? {
    let descriptor = makeSocket()
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    guard endpoint.withSocketAddress({ connect(descriptor, $0, $1) == 0 }) else { return nil }
    let request = Array("GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
    guard
      request.withUnsafeBytes({ send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) })
        > 0
    else { return nil }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      answer += buffer[..<count]
    }
    let text = String(decoding: answer, as: UTF8.self)
    guard text.hasPrefix("HTTP/1.1 200"), let end = text.utf8.lastIndex(of: UInt8(ascii: "\n")) else {
      return nil
    }
    return String(text[text.utf8.index(after: end)...])
  }

  /// Asks each millisecond until the server at `port` answers `version`; when the answer was there.
  ///
  /// - Throws: `BenchError.timedOut`.
  static func waitForVersion(_ version: String, port: UInt16, atMost limit: Duration) throws(BenchError)
    -> Instant
  {
    try waitForVersion(version, at: .loopback(port), atMost: limit)
  }

  /// The same for a server at another address of this machine.
  ///
  /// - Throws: `BenchError.timedOut`.
  static func waitForVersion(
    _ version: String, at endpoint: Endpoint, atMost limit: Duration
  ) throws(BenchError) -> Instant {
    let deadline = Clock.now + limit
    var next = Clock.now
    while true {
      let answer = self.version(at: endpoint)
      let now = Clock.now
      if answer == version { return now }
      guard now < deadline else { throw .timedOut(waitingFor: "the answer of \(version)") }
      next = max(next + .milliseconds(1), now)
      Clock.sleep(until: next)
    }
  }

  private static func makeSocket() -> Int32 {
    socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  }
}
