import DevtopCore
import DevtopProxy
import DevtopSupervisor

/// The ports of services: how their programs come to them, where devtop listens for them, and which run answers.
///
/// Everything is called on the backend's thread.
final class Gateway {
  /// What devtop does at the ports of one service.
  struct Front {
    /// What is configured.
    var spec: PortSpec
    /// What is done instead of what is configured.
    var fallback: PortMode?
    /// Where the proxy accepts connections.
    var listeners: [SocketAddress: PortAddress] = [:]
    /// Those of them that no program asked for: requests go to the first listener of a run.
    var extras: Set<SocketAddress> = []
    var runs: [RunNumber: RunPorts] = [:]

    init(_ spec: PortSpec) { self.spec = spec }

    var mode: PortMode { fallback ?? spec.mode }
  }

  let workshop: Workshop
  let proxy: Proxy
  private let remembered: RememberedPorts
  /// Read with the first configuration, not on the start-up path.
  private lazy var known = remembered.read()
  var fronts: [ServiceID: Front] = [:]
  /// How many runs have got an address of their own, for descriptors that are handed on.
  var handedAddresses = UInt16.random(in: 0...UInt16.max)

  init(_ workshop: Workshop, project: String) {
    self.workshop = workshop
    let send = workshop.send
    proxy = Proxy { event in
      switch event {
      case .requests(let samples): send(.requests(samples))
      case .load(let id, let load): send(.proxyLoad(id, load))
      case .drained(let id, let run, let closed): send(.drained(id, run, closed: closed))
      case .warning(let text): send(.warned(ConfigurationNotice(text)))
      }
    }
    remembered = RememberedPorts(project: project, environment: workshop.environment)
  }

  /// Takes a configuration, the first one or another.
  func configure(_ configuration: Configuration) {
    proxy.configure(
      Dictionary(configuration.services.map { ($0.id, $0.proxy) }) { $1 }, hosts: configuration.hosts,
      remoteDenied: Set(configuration.services.filter { !$0.ports.allowsRemote }.map(\.id)))
    for spec in configuration.services {
      guard fronts[spec.id] == nil else {
        if fronts[spec.id]?.spec != spec.ports { fronts[spec.id]?.fallback = nil }
        fronts[spec.id]?.spec = spec.ports
        continue
      }
      fronts[spec.id] = Front(spec.ports)
      // So that a page says what is wrong before the first build is green.
      guard case .takeover = spec.ports.mode, spec.run != nil else { continue }
      for address in known[spec.id] ?? [] { reserve(address, for: spec.id) }
    }
  }

  /// Ends the proxy; connections that are open are cut.
  func shutdown() { proxy.shutdown() }

  // MARK: Public sockets

  /// Listens at an address for a service; false where it is not to be had.
  @discardableResult
  func reserve(_ address: SocketAddress, for id: ServiceID) -> Bool {
    guard let place = PortAddress(address.host, port: Int(address.port)) else { return false }
    do throws(PortRefusal) {
      try workshop.processes.supervisor.reservePort(place, for: id.name)
    } catch {
      return false
    }
    return accept(at: place, for: id)
  }

  /// Lets the proxy accept at an address that the supervisor has for a service.
  @discardableResult
  func accept(at place: PortAddress, for id: ServiceID) -> Bool {
    let address = SocketAddress(place)
    guard let front = fronts[id] else { return false }
    if front.listeners[address] != nil { return true }
    guard let socket = workshop.processes.supervisor.publicSocket(place, of: id.name) else { return false }
    fronts[id]?.listeners[address] = place
    proxy.listen(socket, at: address, for: id)
    return true
  }

  /// Gives one address back to the machine.
  private func release(_ address: SocketAddress, of id: ServiceID) {
    guard let place = fronts[id]?.listeners.removeValue(forKey: address) else { return }
    proxy.stopListening(at: address, for: id)
    workshop.processes.supervisor.releasePort(place, of: id.name)
  }

  /// Another service has the address now.
  func released(_ place: PortAddress, of id: ServiceID) {
    let address = SocketAddress(place)
    guard fronts[id]?.listeners.removeValue(forKey: address) != nil else { return }
    proxy.stopListening(at: address, for: id)
  }

  func releasePorts(of id: ServiceID) {
    for address in (fronts[id]?.listeners ?? [:]).keys { proxy.stopListening(at: address, for: id) }
    fronts[id]?.listeners = [:]
    fronts[id]?.extras = []
    workshop.processes.supervisor.releasePorts(of: id.name)
  }

  // MARK: Runs

  /// A run listens, with devtop in front of it.
  func listens(_ id: ServiceID, _ run: RunNumber, _ port: TakenPort) {
    guard fronts[id]?.runs[run] != nil, fronts[id]?.runs[run]?.upstreams[port.address] == nil else { return }
    fronts[id]?.runs[run]?.upstreams[port.address] = port.upstream
    workshop.send(.listening(id, run, port))
  }

  /// A run listens for all that devtop listens for.
  func listens(_ id: ServiceID, _ run: RunNumber, at upstream: SocketAddress) {
    for address in (fronts[id]?.listeners ?? [:]).keys {
      listens(id, run, TakenPort(address: address, upstream: upstream))
    }
  }

  func ended(_ id: ServiceID, _ run: RunNumber) { fronts[id]?.runs[run] = nil }

  func route(_ id: ServiceID, to run: RunNumber) {
    guard let front = fronts[id], let ports = front.runs[run] else { return }
    var upstreams = ports.upstreams
    if let first = upstreams.min(by: { $0.key.port < $1.key.port })?.value {
      for address in front.extras where upstreams[address] == nil { upstreams[address] = first }
    }
    proxy.route(id, to: run, upstreams: upstreams)
    for address in front.listeners.keys where upstreams[address] == nil { release(address, of: id) }
    remember(id, Set(ports.upstreams.keys))
  }

  private func remember(_ id: ServiceID, _ addresses: Set<SocketAddress>) {
    guard known[id] != addresses else { return }
    known[id] = addresses
    remembered.write(known)
  }
}

/// The ports of one run.
struct RunPorts {
  let mode: PortMode
  /// By the addresses at which devtop listens for it.
  var upstreams: [SocketAddress: SocketAddress] = [:]
  /// What it was told to listen on (`env`).
  var assigned: UInt16?
  /// What it was given to listen on (`handoff`).
  var handed: HandedSocket?

  init(_ mode: PortMode) { self.mode = mode }
}

extension SocketAddress {
  init(_ place: PortAddress) { self.init(host: place.address, port: UInt16(clamping: place.port)) }
}
