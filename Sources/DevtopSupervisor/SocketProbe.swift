import enum DevtopCore.SystemClock
import Glibc

/// Questions to a TCP port, each bounded by a deadline and interrupted by a descriptor.
struct SocketProbe {
  /// When readable, every wait ends.
  let interrupt: Int32
  /// On the monotonic clock, in milliseconds.
  let deadline: Int64

  /// Whether something accepts connections on `address`.
  func accepts(_ address: String, port: Int) -> Bool {
    guard let descriptor = connection(to: address, port: port) else { return false }
    close(descriptor)
    return true
  }

  /// The status of `GET path`; nil when no HTTP answer comes.
  func status(_ address: String, port: Int, path: String) -> Int? {
    guard let descriptor = connection(to: address, port: port) else { return nil }
    defer { close(descriptor) }
    let request =
      "GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nUser-Agent: devtop\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    let bytes = Array(request.utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return nil }
    // RFC 9112 §4: "HTTP/1.1 200 …"
    var head: [UInt8] = []
    while head.count < 12 {
      guard wait(descriptor, POLLIN) else { return nil }
      var piece = [UInt8](repeating: 0, count: 256)
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      head += piece[..<count]
    }
    guard head.starts(with: Array("HTTP/1.".utf8)) else { return nil }
    return Int(String(decoding: head[9..<12], as: UTF8.self))
  }

  private func connection(to address: String, port: Int) -> Int32? {
    let isSix = address.contains(":")
    let descriptor = socket(
      isSix ? AF_INET6 : AF_INET,
      Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    let port = UInt16(truncatingIfNeeded: port).bigEndian
    var started: Int32 = -1
    if isSix {
      var name = sockaddr_in6()
      name.sin6_family = sa_family_t(AF_INET6)
      name.sin6_port = port
      if inet_pton(AF_INET6, address, &name.sin6_addr) == 1 { started = begin(descriptor, &name) }
    } else {
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_port = port
      if inet_pton(AF_INET, address, &name.sin_addr) == 1 { started = begin(descriptor, &name) }
    }
    guard started == 0 || errno == EINPROGRESS, wait(descriptor, POLLOUT), isConnected(descriptor) else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  private func begin<Name>(_ descriptor: Int32, _ name: inout Name) -> Int32 {
    withUnsafeBytes(of: &name) { bytes in
      guard let start = bytes.baseAddress else { return -1 }
      return connect(descriptor, start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
  }

  private func isConnected(_ descriptor: Int32) -> Bool {
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0
  }

  private func wait(_ descriptor: Int32, _ events: Int32) -> Bool {
    var waits = [
      pollfd(fd: descriptor, events: Int16(events), revents: 0),
      pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0),
    ]
    let left = deadline - SystemClock.monotonicMilliseconds
    return left > 0 && poll(&waits, 2, Int32(clamping: left)) > 0 && waits[1].revents == 0
  }
}
