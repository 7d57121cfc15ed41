import Glibc

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
    try write(request + "\r\n" + (body ?? ""))
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

  /// Sends text as it is.
  func write(_ text: String) throws(Failure) {
    let bytes = Array(text.utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw Failure(what: "send: \(Self.error)")
    }
  }

  /// Takes what comes, up to and with `end`.
  func read(through end: String) throws(Failure) -> String {
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
