/// A TCP address: numeric, without a name to be looked up.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// `127.0.0.1`, `0.0.0.0`, `::`, `::1`, `::ffff:127.77.3.4`.
  package var host: String
  package var port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// `127.0.0.1:8080`, `[::1]:8080`.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether it stands for all addresses of this machine.
  package var isWildcard: Bool { host == "0.0.0.0" || host == "::" }
}

/// A listener of a run with devtop in front of it.
package struct TakenPort: Hashable, Sendable {
  /// Where devtop listens: what the service asked for, where the port was taken over.
  package var address: SocketAddress
  /// Where the run listens.
  package var upstream: SocketAddress

  package init(address: SocketAddress, upstream: SocketAddress) {
    self.address = address
    self.upstream = upstream
  }
}
