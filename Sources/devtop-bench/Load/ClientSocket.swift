import Glibc

/// TCP sockets of clients.
enum ClientSocket {
  /// Connections leave from 127.0.0.1 to 127.0.0.16 in turn: one address alone runs out of ports when each request
  /// has a connection of its own, since a closed one keeps its port for a minute (TIME_WAIT).
  private static let sources: UInt32 = 16
  /// IP_BIND_ADDRESS_NO_PORT of ip(7), which Swift does not import: the port is chosen when the destination is known.
  private static let bindAddressNoPort: Int32 = 24

  /// Begins a connection, the `number`-th of its program; a descriptor, or an errno.
  static func connect(to endpoint: Endpoint, number: Int, blocking: Bool = false) -> Result<
    Int32, SocketError
  > {
    let flags =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      | (blocking ? 0 : Int32(SOCK_NONBLOCK.rawValue))
    let descriptor = socket(AF_INET, flags, 0)
    guard descriptor >= 0 else { return .failure(SocketError(code: errno)) }
    var one: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
    setsockopt(descriptor, Int32(IPPROTO_IP), bindAddressNoPort, &one, size)
    let source = Endpoint(address: 0x7F00_0001 + UInt32(truncatingIfNeeded: number) % sources, port: 0)
    let isConnected =
      source.withSocketAddress { bind(descriptor, $0, $1) == 0 }
      && (endpoint.withSocketAddress { Glibc.connect(descriptor, $0, $1) == 0 } || errno == EINPROGRESS)
    guard isConnected else {
      let code = errno
      close(descriptor)
      return .failure(SocketError(code: code))
    }
    return .success(descriptor)
  }
}

/// A system call on a socket failed.
struct SocketError: Error {
  /// An errno.
  let code: Int32
}
