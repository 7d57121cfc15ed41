import DevtopCore
import DevtopSupervisor
import Glibc

/// What the ports of a run tell.
extension ServiceRunner {
  /// Between two looks whether a program accepts.
  private static let acceptancePause: Duration = .milliseconds(2)

  func portEvent(_ service: Service, _ event: PortEvent) {
    let (id, run) = (service.spec.id, service.run)
    switch event {
    case .listening(_, let listener):
      guard gateway.accept(at: listener.publicAddress, for: id) else { return }
      gateway.listens(
        id, run,
        TakenPort(
          address: SocketAddress(listener.publicAddress), upstream: SocketAddress(listener.upstream)))
      if service.spec.readiness == .listener {
        becameReady(service, UInt16(clamping: listener.publicAddress.port))
      } else {
        ask(service)
      }
    case .refused(_, let address, why: .owner(let owner)):
      service.saidPortInUse = true
      let whose = owner == id.name ? "it has already" : "\(owner) has"
      workshop.send(.warned(ConfigurationNotice("\(id) asks for \(address), which \(whose)")))
    case .refused(_, let address, why: .stranger):
      guard !service.saidPortInUse else { return }
      service.saidPortInUse = true
      workshop.send(.portInUse(id, run, HolderLookup.find(port: UInt16(clamping: address.port))))
    case .failed(let process, let address, let code):
      let place = address.map { " \($0)" } ?? ""
      gateway.fallBack(
        service.spec, environment: workshop.environment(for: service.spec),
        because: "its port\(place) could not be taken over (\(String(cString: strerror(code))))")
      gateway.keepsItsPort(id, run)
      ask(service)
      do throws(SupervisorError) {
        try watchListeners(service, process)
      } catch {
        workshop.send(.warned(ConfigurationNotice("\(id): its port is not looked for: \(error)")))
      }
    case .released: break
    }
  }

  /// The port under which a run is reached, where devtop is in front of it.
  func publicPort(of service: Service) -> UInt16? {
    let (id, run) = (service.spec.id, service.run)
    if let port = gateway.port(id, run) { return port }
    guard let process = service.process else { return nil }
    return gateway.found(id, run, workshop.processes.supervisor.listeners(of: process.id))
  }

  /// Finds where a run listens that chooses its port by itself and is not asked for it to be ready.
  func watchListeners(_ service: Service, _ process: ProcessID) throws(SupervisorError) {
    guard gateway.choosesItsPort(service.spec.id, service.run),
      service.isReady || service.spec.readiness != .listener
    else { return }
    let supervisor = workshop.processes.supervisor
    let reference = Reference(runner: self, service: service)
    let thread = workshop.thread
    service.listenerProbe = try ReadinessProbe(
      .listener, timeout: .seconds(24 * 3_600), listeners: { supervisor.listeners(of: process) }
    ) { _ in
      thread.run { _ = reference.runner.publicPort(of: reference.service) }
    }
  }

  /// Ready is who has accepted a connection.
  func awaitAcceptance(_ service: Service, _ knock: HandedSocket.Knock?) {
    guard live[service.key] === service, !service.isStopping, service.exit == nil else { return }
    // Where nobody can knock, the socket's queue keeps what comes too early.
    if knock?.isAccepted ?? true { return becameReady(service, gateway.port(service.spec.id, service.run)) }
    let reference = Reference(runner: self, service: service)
    workshop.thread.run(after: Self.acceptancePause) {
      reference.runner.awaitAcceptance(reference.service, knock)
    }
  }
}
