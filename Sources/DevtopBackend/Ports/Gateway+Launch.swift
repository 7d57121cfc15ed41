import DevtopCore
import DevtopSupervisor
import Glibc

/// How a program comes to its port.
extension Gateway {
  /// What a launch needs beside its command and environment.
  struct Plan {
    var handling: PortHandling = .own
    /// As `NAME=value`; wins over what the environment has.
    var variables: [String] = []
    var descriptors: [Int32] = []
    var descriptorNames: [String]?
  }

  /// Prepares the ports of a run that is about to start.
  ///
  /// - Returns: nil where its port is not to be had; what was found is told.
  func plan(_ spec: ServiceSpec, run: RunNumber, environment: [String]) -> Plan? {
    let mode = fronts[spec.id]?.mode ?? spec.ports.mode
    var ports = RunPorts(mode)
    var plan = Plan()
    switch mode {
    case .takeover:
      plan.handling = .takenOver(by: spec.id.name)
      if let port = spec.ports.port { addExtra(port, for: spec) }
    case .environment(let variable):
      let port = spec.ports.port ?? Self.port(variable, in: environment) ?? Self.usualPort
      guard listen(onLoopback: port, for: spec.id, run: run), let free = Self.freePort() else { return nil }
      ports.assigned = free
      plan.variables = ["\(variable)=\(free)"]
    case .handoff:
      guard let port = spec.ports.port, listen(onLoopback: port, for: spec.id, run: run),
        let socket = handedSocket(port: port)
      else { return nil }
      ports.handed = socket
      plan.descriptors = [socket.prepare()]
      plan.descriptorNames = [spec.id.name]
    case .off: break
    }
    fronts[spec.id, default: Front(spec.ports)].runs[run] = ports
    return plan
  }

  /// Uses another way from now on, and says why.
  func fallBack(_ spec: ServiceSpec, environment: [String], because reason: String) {
    // A service that is told its port by its environment most likely reads it there.
    let mode: PortMode = Self.port("PORT", in: environment) == nil ? .off : .environment(variable: "PORT")
    fronts[spec.id, default: Front(spec.ports)].fallback = mode
    workshop.send(.portsFellBack(spec.id, mode, reason: reason))
  }

  /// A program's listening sockets are known, where it chose them by itself (`env`, `off`).
  ///
  /// - Returns: the port under which it is reached.
  func found(_ id: ServiceID, _ run: RunNumber, _ listeners: [ListeningPort]) -> UInt16? {
    guard let ports = fronts[id]?.runs[run], let first = listeners.first else { return nil }
    let own = listeners.first { $0.port == ports.assigned.map(Int.init) } ?? first
    let upstream = SocketAddress(host: Self.reachable(own.address), port: UInt16(clamping: own.port))
    switch ports.mode {
    case .environment, .handoff: break
    case .off: if fronts[id]?.listeners.isEmpty ?? true { listenBeside(upstream.port, for: id) }
    case .takeover: return nil
    }
    listens(id, run, at: upstream)
    return fronts[id]?.listeners.keys.map(\.port).min()
  }

  /// A run that was given its socket: where it is reached.
  func handedOver(_ id: ServiceID, _ run: RunNumber) {
    guard let socket = fronts[id]?.runs[run]?.handed else { return }
    listens(id, run, at: SocketAddress(socket.address))
  }

  // MARK: Addresses

  /// Where a web server is expected when nothing says.
  private static let usualPort: UInt16 = 8080
  /// So many ports are tried for a service that keeps its own.
  private static let besideLimit: UInt16 = 100
  private static let besideDistance: UInt16 = 10_000

  private func addExtra(_ port: UInt16, for spec: ServiceSpec) {
    for host in ["127.0.0.1", "::1"] {
      let address = SocketAddress(host: host, port: port)
      if reserve(address, for: spec.id) { fronts[spec.id]?.extras.insert(address) }
    }
  }

  /// Listens on the loopback addresses; where nobody else does, and the holder of the port is told otherwise.
  private func listen(onLoopback port: UInt16, for id: ServiceID, run: RunNumber) -> Bool {
    guard reserve(SocketAddress(host: "127.0.0.1", port: port), for: id) else {
      workshop.send(.portInUse(id, run, HolderLookup.find(port: port)))
      return false
    }
    // Browsers try this one first for localhost; a machine without IPv6 has none.
    reserve(SocketAddress(host: "::1", port: port), for: id)
    return true
  }

  /// Listens far above the service's own port: the ports next to it are those that other services take.
  private func listenBeside(_ port: UInt16, for id: ServiceID) {
    let first =
      port <= UInt16.max - Self.besideDistance - Self.besideLimit
      ? port + Self.besideDistance : port - Self.besideDistance
    for candidate in 0..<Self.besideLimit
    where reserve(SocketAddress(host: "127.0.0.1", port: first + candidate), for: id) { return }
  }

  /// A socket at an address that no other run has.
  private func handedSocket(port: UInt16) -> HandedSocket? {
    for _ in 0..<64 {
      handedAddresses &+= 1
      let host = "127.78.\(handedAddresses >> 8).\(handedAddresses & 255)"
      do throws(PortRefusal) {
        return try HandedSocket(host, port: Int(port))
      } catch {
        continue
      }
    }
    return nil
  }

  /// A port that nobody has at the moment; the kernel gives them out in turn.
  private static func freePort() -> UInt16? {
    do throws(PortRefusal) {
      return UInt16(clamping: try HandedSocket("127.0.0.1", port: 0).address.port)
    } catch {
      return nil
    }
  }

  /// The port that an environment (`NAME=value`) names.
  static func port(_ variable: String, in environment: [String]) -> UInt16? {
    let value = environment.last { $0.hasPrefix(variable + "=") }?.dropFirst(variable.utf8.count + 1)
    return value.flatMap { UInt16($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// An address to connect to, where a program listens on all.
  private static func reachable(_ host: String) -> String {
    switch host {
    case "0.0.0.0": "127.0.0.1"
    case "::": "::1"
    case _: host
    }
  }
}

/// What is known of a run's ports.
extension Gateway {
  /// The port under which a run is reached by way of devtop.
  func port(_ id: ServiceID, _ run: RunNumber) -> UInt16? {
    fronts[id]?.runs[run]?.upstreams.keys.map(\.port).min()
  }

  /// Whether a run was given the socket that it is to accept on.
  func isHandedOver(_ id: ServiceID, _ run: RunNumber) -> Bool { fronts[id]?.runs[run]?.handed != nil }

  /// Whether only the sockets of a run tell where it listens.
  func choosesItsPort(_ id: ServiceID, _ run: RunNumber) -> Bool {
    switch fronts[id]?.runs[run]?.mode {
    case .environment, .off: true
    case .takeover, .handoff, nil: false
    }
  }

  /// Whether a run will tell when it listens, and has not.
  func awaitsPort(_ id: ServiceID, _ run: RunNumber) -> Bool {
    guard let ports = fronts[id]?.runs[run], case .takeover = ports.mode else { return false }
    return ports.upstreams.isEmpty
  }

  /// A run that was to be taken over has bound its port by itself.
  func keepsItsPort(_ id: ServiceID, _ run: RunNumber) {
    let upstreams = fronts[id]?.runs[run]?.upstreams ?? [:]
    fronts[id]?.runs[run] = RunPorts(.off)
    fronts[id]?.runs[run]?.upstreams = upstreams
  }

  /// Knocks at the socket of a run, to learn when the program accepts; nil where that is not possible.
  func knock(_ id: ServiceID, _ run: RunNumber) -> HandedSocket.Knock? {
    do throws(PortRefusal) {
      return try fronts[id]?.runs[run]?.handed?.knock()
    } catch {
      return nil
    }
  }
}
