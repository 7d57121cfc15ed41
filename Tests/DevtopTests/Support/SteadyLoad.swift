import DevtopCore
import Glibc

/// Clients that ask a server without a pause, over kept and new connections, with GET and POST, until they are ended.
///
/// Each answer must be whole, of status 200, and end in what was sent; everything else is a failure.
final class SteadyLoad: Sendable {
  struct Outcome: Sendable {
    var answered = 0
    var failures: [String] = []
  }

  /// A client gives up after so many failures: a server that is gone would be asked thousands of times a second.
  private static let patience = 10
  /// Every so manieth request is made on a new connection.
  private static let newConnectionEvery = 10

  private let port: UInt16
  private let path: String
  private let sendsBodies: Bool
  private let outcome = Locked(Outcome())
  private let isEnding = Locked(false)
  private let running: Locked<Int>

  /// Begins to ask; with `sendsBodies` every third request is a POST, whose body the server must echo.
  init(port: UInt16, path: String = "/", clients: Int = 4, sendsBodies: Bool = false) {
    self.port = port
    self.path = path
    self.sendsBodies = sendsBodies
    running = Locked(clients)
    for client in 0..<clients {
      startThread { [self] in
        ask(client)
        running.withLock { $0 -= 1 }
      }
    }
  }

  /// How many requests have been answered as they should.
  var answered: Int { outcome.withLock { $0.answered } }

  /// Ends the clients, each after its last answer.
  ///
  /// - Throws: `DeadlinePassed` when a client hangs.
  func end() async throws -> Outcome {
    isEnding.withLock { $0 = true }
    try await eventually("the clients' last answers") { [self] in running.withLock { $0 == 0 } }
    return outcome.withLock { $0 }
  }

  private func ask(_ client: Int) {
    var connection: Connection?
    var number = 0
    var failures = 0
    while failures < Self.patience, !isEnding.withLock({ $0 }) {
      number += 1
      if number % Self.newConnectionEvery == 0 { connection = nil }
      do throws(Connection.Failure) {
        let open: Connection
        if let connection { open = connection } else { open = try Connection(port: port) }
        connection = open
        let body = sendsBodies && number % 3 == 0 ? "\(client)-\(number)" : nil
        let answer = try open.exchange(path: path, body: body)
        if let body, !answer.hasSuffix(body) {
          throw Connection.Failure(what: "the answer to \(body) was \(answer.suffix(200))")
        }
        outcome.withLock { $0.answered += 1 }
      } catch {
        connection = nil
        failures += 1
        outcome.withLock { $0.failures.append("client \(client), request \(number): \(error.what)") }
      }
    }
  }
}

/// A connection to a server on this machine that is kept for further requests.
final class Connection {
  struct Failure: Error {
    var what: String
  }

  private let descriptor: Int32
  private var rest: [UInt8] = []

  init(port: UInt16) throws(Failure) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: 40, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { throw Failure(what: "connect: \(Self.error)") }
  }

  deinit { close(descriptor) }

  /// Sends a request and takes its whole answer.
  ///
  /// - Returns: the body.
  func exchange(path: String, body: String?) throws(Failure) -> String {
    var request = "\(body == nil ? "GET" : "POST") \(path) HTTP/1.1\r\nHost: localhost\r\n"
    if let body { request += "Content-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n" }
    let bytes = Array((request + "\r\n" + (body ?? "")).utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw Failure(what: "send: \(Self.error)")
    }
    let head = try read(through: "\r\n\r\n")
    guard head.hasPrefix("HTTP/1.1 200 ") else { throw Failure(what: "answered \(head.prefix(300))") }
    let lines = head.lowercased().split(separator: "\r\n")
    if let line = lines.first(where: { $0.hasPrefix("content-length:") }),
      let length = Int(line.dropFirst("content-length:".count).filter { !$0.isWhitespace })
    {
      return String(decoding: try take(length), as: UTF8.self)
    }
    guard lines.contains(where: { $0.hasPrefix("transfer-encoding:") && $0.hasSuffix("chunked") }) else {
      throw Failure(what: "an answer without a length: \(head)")
    }
    var content: [UInt8] = []
    while true {
      let size = try read(through: "\r\n").filter { !$0.isWhitespace }
      guard let length = Int(size, radix: 16) else { throw Failure(what: "a chunk of size \(size)") }
      content += try take(length)
      _ = try read(through: "\r\n")
      if length == 0 { return String(decoding: content, as: UTF8.self) }
    }
  }

  private func read(through end: String) throws(Failure) -> String {
    let end = Array(end.utf8)
    while true {
      if let range = rest.firstRange(of: end) {
        defer { rest.removeSubrange(..<range.upperBound) }
        return String(decoding: rest[..<range.upperBound], as: UTF8.self)
      }
      try receive()
    }
  }

  private func take(_ count: Int) throws(Failure) -> [UInt8] {
    while rest.count < count { try receive() }
    defer { rest.removeSubrange(..<count) }
    return Array(rest[..<count])
  }

  private func receive() throws(Failure) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else {
      throw Failure(what: count == 0 ? "closed behind \(rest.count) bytes" : "receive: \(Self.error)")
    }
    rest += buffer[..<count]
  }

  private static var error: String { String(cString: strerror(errno)) }
}
