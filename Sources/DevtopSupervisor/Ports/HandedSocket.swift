import CProcess
import Glibc

/// A listening socket that programs inherit (sd_listen_fds(3)), kept over their restarts.
public final class HandedSocket: Sendable {
  private let socket: OwnedDescriptor
  /// Where it listens, with the port that the kernel chose if 0 was asked for.
  public let address: PortAddress

  /// Binds and listens; `port` 0: one of the kernel's choice.
  ///
  /// - Throws: `PortRefusal.stranger` with the kernel's reason; EINVAL when `address` is not numeric.
  public init(_ address: String, port: Int, backlog: Int32 = 4096) throws(PortRefusal) {
    // 1 stands for the port while the address is read.
    guard let read = PortAddress(address, port: port == 0 ? 1 : port) else { throw .stranger(code: EINVAL) }
    let wanted = PortAddress(bytes: read.bytes, port: port, scope: read.scope)
    let number = Glibc.socket(
      wanted.isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw .stranger(code: errno) }
    socket = OwnedDescriptor(number)
    setOption(number, SOL_SOCKET, SO_REUSEADDR, 1)
    guard wanted.withSockaddr({ bind(number, $0, $1) }) == 0, listen(number, backlog) == 0,
      let bound = PortAddress(boundOf: number)
    else { throw .stranger(code: errno) }
    self.address = bound
  }

  /// For `LaunchSpec.descriptors`; blocking again, whatever the last program left behind (O_NONBLOCK is shared, open(2)).
  public func prepare() -> Int32 {
    devtop_set_blocking(socket.number)
    return socket.number
  }

  /// How many connections wait for a program to accept them.
  public var waitingConnections: Int { Int(max(0, devtop_waiting_connections(socket.number))) }

  /// Connects once, so that `waitingConnections` tells when a program accepts; nothing is sent.
  ///
  /// - Throws: `PortRefusal.stranger` with the kernel's reason.
  public func knock() throws(PortRefusal) -> Knock { try Knock(self) }

  /// A connection without a byte; closed when it is let go of.
  public final class Knock: Sendable {
    private let connection: OwnedDescriptor
    private let target: HandedSocket

    init(_ target: HandedSocket) throws(PortRefusal) {
      self.target = target
      let number = Glibc.socket(
        target.address.isIPv6 ? AF_INET6 : AF_INET,
        Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
      guard number >= 0 else { throw .stranger(code: errno) }
      connection = OwnedDescriptor(number)
      // A wildcard address means this machine (Linux). Over loopback the kernel connects at once unless the queue is full.
      let result = target.address.withSockaddr { connect(number, $0, $1) }
      guard result == 0 || errno == EINPROGRESS else { throw .stranger(code: errno) }
    }

    /// Whether a program has accepted this connection, and all that came before it.
    public var isAccepted: Bool { isConnected && target.waitingConnections == 0 }

    private var isConnected: Bool {
      var one = pollfd(fd: connection.number, events: Int16(POLLOUT), revents: 0)
      return poll(&one, 1, 0) == 1 && one.revents & Int16(POLLERR) == 0
    }
  }
}
