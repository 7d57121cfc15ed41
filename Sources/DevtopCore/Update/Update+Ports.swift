/// The ports of a service, and where the requests to them go.
extension AppState {
  /// A run listens, and devtop in its place.
  mutating func listening(_ id: ServiceID, _ run: RunNumber, _ port: TakenPort) -> [Effect] {
    guard phase == .running, let index = index(of: id), services[index].isWanted else { return [] }
    let told: [Effect] = [.report(.listening(id, run, port))]
    if services[index].liveRun == run {
      if !services[index].ports.contains(port) { services[index].ports.append(port) }
    } else if let place = services[index].older.firstIndex(where: { $0.run == run }) {
      if !services[index].older[place].ports.contains(port) {
        services[index].older[place].ports.append(port)
      }
    } else {
      return []
    }
    if !services[index].publicAddresses.contains(port.address) {
      services[index].publicAddresses.append(port.address)
    }
    return told + (services[index].liveRun == run ? routeWhenReady(at: index) : [])
  }

  /// The ports cannot be had as configured: said once for each reason.
  mutating func portsFellBack(_ id: ServiceID, _ mode: PortMode, _ reason: String) -> [Effect] {
    guard let index = index(of: id) else { return [] }
    let fallback = PortFallback(mode: mode, reason: reason)
    guard services[index].portFallback != fallback else { return [] }
    services[index].portFallback = fallback
    let wanted = services[index].spec.ports.mode.name
    let text = "\(id): ports = \"\(mode.name)\" is used instead of \"\(wanted)\": \(reason)"
    return [.report(.portsFellBack(id, mode, reason: reason))] + warn(ConfigurationNotice(text))
  }

  /// A run that was replaced has no requests left, or has had its time.
  mutating func drained(_ id: ServiceID, _ run: RunNumber, closed: Int) -> [Effect] {
    guard let index = index(of: id) else { return [] }
    if services[index].liveRun == run, services[index].drainsBeforeStop == run {
      services[index].forgetDraining(run)
      return [.report(.drained(id, run, closed: closed)), .stop(id, run, services[index].spec.stop)]
    }
    guard let old = services[index].older.first(where: { $0.run == run }),
      old.duty == .draining
    else { return [] }
    var effects: [Effect] = [.report(.drained(id, run, closed: closed))]
    if closed > 0 {
      let time = services[index].spec.reload.drain.short
      let connections = closed == 1 ? "a connection was" : "\(closed) connections were"
      effects.append(.mark(id, run, "#\(run) stops: \(connections) closed after \(time)", nil))
    }
    return effects + stopOlder(run, at: index)
  }

  /// Requests go to a run that listens though its probe does not pass: there is no other, and it may well serve them.
  mutating func routeUnready(_ run: RunNumber, at index: Int) -> [Effect] {
    guard services[index].liveRun == run, !services[index].ports.isEmpty else { return [] }
    services[index].traffic = .routed(run)
    return [.route(services[index].id, to: run)]
  }

  // MARK: Requests while no run is ready

  /// Requests wait from now on for what is planned to start.
  mutating func hold(at index: Int) -> [Effect] {
    let service = services[index]
    guard service.isFronted else { return [] }
    switch service.traffic {
    case .unrouted: return []
    case .held:
      services[index].traffic = .held(failures: 0)
      return []
    case .routed, .refused:
      services[index].traffic = .held(failures: 0)
      return [.hold(service.id, service.spec.reload.hold)]
    }
  }

  /// A run ended by itself or was not started: requests wait for its restart, or are refused where none is coming or
  /// several have failed.
  mutating func failedToServe(_ run: RunNumber, restarts: Bool, at index: Int) -> [Effect] {
    let service = services[index]
    guard service.isFronted else { return [] }
    guard restarts else { return refuse(at: index) }
    switch service.traffic {
    case .refused: return []
    case .unrouted:
      // The proxy lets them wait by itself.
      services[index].traffic = .held(failures: 0)
      return []
    case .routed: return hold(at: index)
    case .held(let failures):
      guard failures + 1 < Traffic.patience else { return refuse(at: index) }
      services[index].traffic = .held(failures: failures + 1)
      return []
    }
  }

  /// Requests are answered with 503 from now on.
  mutating func refuse(at index: Int) -> [Effect] {
    guard services[index].isFronted, services[index].traffic != .refused else { return [] }
    services[index].traffic = .refused
    return [.refuse(services[index].id)]
  }

  /// Gives the ports back to the machine: people then run the service by themselves, under a debugger for example.
  mutating func releasePorts(at index: Int) -> [Effect] {
    services[index].traffic = .unrouted
    services[index].publicAddresses = []
    services[index].reload = nil
    return [.releasePorts(services[index].id)]
  }

  // MARK: Trouble on purpose

  /// Switches the configured trouble of the targets on, or off where it is on for one of them.
  mutating func toggleFault() -> [Effect] {
    let able = targets.filter { services[$0].spec.proxy.protection.fault != nil }
    guard !able.isEmpty else {
      return say(
        "no fault is configured for \(names(targets)); write fault = { delay = \"300ms\" } under [service.NAME]"
      )
    }
    let isOn = !able.contains { services[$0].isFaultOn }
    return able.flatMap { setFault(isOn, at: $0) }
      + say(isOn ? "trouble is made for \(names(able)) as fault describes" : "no trouble is made any more")
  }

  mutating func setFault(_ isOn: Bool, at index: Int) -> [Effect] {
    guard services[index].isFaultOn != isOn else { return [] }
    services[index].isFaultOn = isOn
    return [.setFault(services[index].id, isOn: isOn)]
  }
}
