import Glibc

/// Requests to servers on this machine.
enum HTTP {
  /// A port that was free a moment ago: the kernel gives ports out in turn, so that two tests do not meet.
  static func freePort() throws -> UInt16 {
    let (descriptor, port) = try listener()
    close(descriptor)
    return port
  }

  /// A socket that listens on a port of the kernel's choice.
  private static func listener() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(0)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
    }
    var actual = length
    let isKnown = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &actual) == 0 }
    }
    guard isBound, isKnown, listen(descriptor, 4) == 0 else { throw Project.Failure("bind") }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  private static func loopback(_ port: UInt16, number: UInt8 = 1) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = (UInt32(0x7F00_0000) + UInt32(number)).bigEndian
    return address
  }

  /// An IPv4 address of this machine beside its loopback ones; nil where it has none.
  ///
  /// Who comes from there to `127.0.0.1` looks like another machine.
  static var otherAddress: sockaddr_in? {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return nil }
    defer { freeifaddrs(list) }
    var entry = list
    while let current = entry?.pointee {
      entry = current.ifa_next
      guard let address = current.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET) else {
        continue
      }
      var found = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee }
      found.sin_port = 0
      if UInt32(bigEndian: found.sin_addr.s_addr) >> 24 != 127 { return found }
    }
    return nil
  }

  /// The body that a GET to `127.0.0.NUMBER` brings, where `source` is given from there; nil where nobody answers.
  static func get(
    _ path: String, number: UInt8 = 1, port: UInt16, from source: sockaddr_in? = nil
  ) -> String? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    if var source {
      let isBound = withUnsafePointer(to: &source) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      guard isBound else { return nil }
    }
    var address = loopback(port, number: number)
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
    guard isConnected,
      Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
    else { return nil }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      all += buffer[..<count]
    }
    let text = String(decoding: all, as: UTF8.self)
    guard let head = text.firstRange(of: "\r\n\r\n") else { return nil }
    return String(text[head.upperBound...])
  }
}

/// Waits until a server answers with a body.
func answer(_ body: String, from path: String = "/", port: UInt16) async throws {
  try await eventually("\(body) from :\(port)\(path)") { HTTP.get(path, port: port) == body }
}
