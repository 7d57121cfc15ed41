import DevtopCore
import Glibc

/// A blocking TCP socket whose every operation has a deadline.
final class TestSocket: Sendable {
  struct Failure: Error, CustomStringConvertible {
    var what: String
    var code: Int32
    var description: String { "\(what): \(String(cString: strerror(code)))" }
  }

  let descriptor: Int32
  private let isClosed = Locked(false)
  private let unread = Locked<[UInt8]>([])

  init(descriptor: Int32) {
    self.descriptor = descriptor
    var time = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
  }

  convenience init(to port: UInt16, receiveBuffer: Int32? = nil) throws {
    let descriptor = Self.unconnected()
    if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
    self.init(descriptor: descriptor)
    try connect(to: port)
  }

  static func unconnected() -> Int32 {
    socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  }

  func connect(to port: UInt16) throws {
    let result = Self.withLoopback(port) { Glibc.connect(descriptor, $0, $1) }
    guard result == 0 else { throw Failure(what: "connect", code: errno) }
  }

  /// Whether something can be read, or is over, within this time.
  func hasInput(within time: Duration) throws -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, Int32(time.inMilliseconds)) == 1
  }

  deinit { close() }

  /// A listening socket on a loopback port of the kernel's choice.
  static func listener(backlog: Int32 = 128, port: UInt16 = 0) throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
    guard withLoopback(port, { Glibc.bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, backlog) == 0
    else {
      throw Failure(what: "bind", code: errno)
    }
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutableBytes(of: &address) { bytes in
      _ = getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  private static func withLoopback(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        Glibc.send(descriptor, raw.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(what: "send", code: errno) }
      sent += count
    }
  }

  /// Nil at the end.
  func receive(atMost limit: Int = 64 << 10) throws -> [UInt8]? {
    let waiting = unread.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    if !waiting.isEmpty { return waiting }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = recv(descriptor, &bytes, limit, 0)
    guard count >= 0 else { throw Failure(what: "receive", code: errno) }
    return count == 0 ? nil : Array(bytes[..<count])
  }

  /// Up to and with the text, or to the end of input; what follows stays for the next call.
  func receive(through text: String) throws -> String {
    var bytes: [UInt8] = []
    let wanted = Array(text.utf8)
    while true {
      if let end = Self.find(wanted, in: bytes) {
        let rest = Array(bytes[end...])
        unread.withLock { $0 = rest }
        return String(decoding: bytes[..<end], as: UTF8.self)
      }
      guard let more = try receive() else { return String(decoding: bytes, as: UTF8.self) }
      bytes += more
    }
  }

  func receive(exactly count: Int) throws -> [UInt8] {
    guard count > 0 else { return [] }
    var bytes: [UInt8] = []
    while bytes.count < count {
      guard let more = try receive() else { return bytes }
      bytes += more
    }
    let rest = Array(bytes[count...])
    unread.withLock { $0 = rest }
    return Array(bytes[..<count])
  }

  func receiveToEnd() throws -> String {
    var bytes: [UInt8] = []
    while let more = try receive() { bytes += more }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A head with its body, by Content-Length.
  func receiveMessage() throws -> String {
    let head = try receive(through: "\r\n\r\n")
    for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
      let digits = line.drop { $0 != ":" }.dropFirst().filter { $0 != " " }
      return head + String(decoding: try receive(exactly: Int(digits) ?? 0), as: UTF8.self)
    }
    return head
  }

  private static func find(_ text: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= text.count else { return nil }
    for start in 0...bytes.count - text.count where bytes[start..<start + text.count].elementsEqual(text) {
      return start + text.count
    }
    return nil
  }

  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes with RST.
  func reset() {
    resetWhenClosed()
    close()
  }

  private func resetWhenClosed() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  /// From another thread than the one that uses it, which then finds its end and closes it with RST.
  func interrupt() {
    isClosed.withLock { closed in
      guard !closed else { return }
      resetWhenClosed()
      shutdown(descriptor, Int32(SHUT_RD))
    }
  }

  func close() {
    isClosed.withLock { closed in
      if !closed { Glibc.close(descriptor) }
      closed = true
    }
  }
}
