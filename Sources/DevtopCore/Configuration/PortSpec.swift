/// How a service comes to its ports, and who may reach them.
package struct PortSpec: Equatable, Sendable {
  package var mode: PortMode = .takeover
  /// Where devtop listens for the service, unless the service itself says (`takeover`); nil: found by devtop.
  package var port: UInt16?
  /// Whether machines other than this one may reach a service that listens on all addresses.
  package var allowsRemote = true

  package init() {}
}

/// What stands between a service and the port that it asks for.
package enum PortMode: Hashable, Sendable {
  /// The service binds its port as always; devtop listens there instead and gives it an address of its own.
  case takeover
  /// The service takes its port from this variable of its environment.
  case environment(variable: String)
  /// The service takes a listening socket as descriptor 3 (`LISTEN_FDS`, sd_listen_fds(3)).
  case handoff
  /// The service keeps its port; devtop listens on another one.
  case off

  /// As the configuration writes it.
  package var name: String {
    switch self {
    case .takeover: "takeover"
    case .environment: "env"
    case .handoff: "handoff"
    case .off: "off"
    }
  }
}
