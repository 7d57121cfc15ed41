/// Why and how a new process is started.
enum RestartManner: Equatable {
  /// By the service's strategy.
  case planned
  /// The last one ended by itself, and its backoff has passed.
  case afterCrash
  /// Nothing that ran before may run beside it: what was known of the service holds no more.
  case alone
  /// What runs is killed first.
  case killing
}

/// How a new run takes the place of the one before it.
extension AppState {
  /// Starts a run in place of the one that lives: beside it where that works, else after it.
  mutating func replace(by next: RunNumber, at index: Int, _ manner: RestartManner) -> [Effect] {
    let service = services[index]
    if manner == .planned, service.maySwap, service.olderServing != nil || service.isSwappable {
      return swap(to: next, at: index)
    }
    // Another run than the one that was to show whether the old one was in its way.
    if case .triesHold = service.reloadLesson { services[index].reloadLesson = .nothing }
    let held = manner == .afterCrash ? [] : hold(at: index)
    let drained = manner == .planned || manner == .alone ? service.traffic.run : nil
    guard service.liveRun != nil || service.mustEndBeforeNext else { return held + launch(next, at: index) }
    if manner != .afterCrash, service.isFronted, let old = service.servingRun {
      services[index].reload = Reload(.hold, from: old, to: next)
    }
    return held + stopAll(at: index, then: .start(next), kill: manner == .killing, draining: drained)
  }

  /// The run that serves goes on until the new one is ready; one that was on its way gives way.
  private mutating func swap(to next: RunNumber, at index: Int) -> [Effect] {
    if case .ready(let run, let pid, let port, let since) = services[index].process,
      services[index].olderServing == nil
    {
      services[index].older.append(
        OlderRun(run: run, pid: pid, port: port, since: since, ports: services[index].ports))
      services[index].liveRun = nil
    }
    if let old = services[index].olderServing {
      services[index].reload = Reload(.swap, from: old.run, to: next)
    }
    guard services[index].liveRun == nil else { return stopProcess(at: index, then: .start(next)) }
    return launch(next, at: index)
  }

  /// Requests go to the newest run from now on, where it is ready and listens with devtop in front.
  ///
  /// The ports that the run before had, and this one has not, are lost by that: they are awaited for a moment.
  mutating func routeWhenReady(at index: Int, isLate: Bool = false) -> [Effect] {
    let service = services[index]
    guard case .ready(let run, _, _, _) = service.process, service.liveRun == run, service.isFronted,
      !service.awaitsListener
    else { return [] }
    let id = service.id
    // It listens on one more port.
    if service.traffic == .routed(run) { return [.route(id, to: run)] }
    guard isLate || !service.awaitsMorePorts else {
      return [.setTimer(.ready(id, run), after: Self.listenerPatience)]
    }
    services[index].traffic = .routed(run)
    var effects: [Effect] = [.cancelTimer(.ready(id, run)), .route(id, to: run)]
    if !service.ports.isEmpty { services[index].publicAddresses = service.ports.map(\.address).unique }
    if service.olderServing != nil {
      services[index].reloadLesson = .swapWorks
      effects += drainOlder(at: index)
    }
    effects += finishReload(.ready, at: index) + learnFromHold(run, at: index)
    return effects + tellProblem(at: index) + tellPages(at: index)
  }

  private mutating func drainOlder(at index: Int) -> [Effect] {
    let id = services[index].id
    var effects: [Effect] = []
    for place in services[index].older.indices where services[index].older[place].duty == .serving {
      services[index].older[place].duty = .draining
      effects.append(.drain(id, services[index].older[place].run, within: services[index].spec.reload.drain))
    }
    let draining = services[index].older.filter { $0.duty == .draining }
    for old in draining.dropLast(OlderRun.drainingLimit) { effects += stopOlder(old.run, at: index) }
    return effects
  }

  /// A run that was to replace another ended, or was not ready in time, while that one serves.
  ///
  /// As long as nothing is known of the service, two runs may be in each other's way (a lock, an exclusive file):
  /// then the new one is tried once more alone. Where two have lived beside each other, or that try did not help,
  /// the old run serves on until something new is built or asked for.
  mutating func failedBesideOlder(
    _ run: RunNumber, _ what: String, _ failure: ProcessPhase.Failure, at index: Int
  ) -> [Effect] {
    guard let old = services[index].olderServing else { return [] }
    let id = services[index].id
    guard services[index].reloadLesson == .nothing, phase == .running else {
      return leaveOlderServing(run, what, failure, at: index)
    }
    let effects = finishReload(.retried, at: index)
    services[index].newestRun += 1
    let next = services[index].newestRun
    services[index].reloadLesson = .triesHold(next, why: "run \(run) \(what) beside run \(old.run)")
    services[index].reload = Reload(.hold, from: old.run, to: next)
    let text =
      "run \(run) \(what) beside run \(old.run): once more as run \(next), with run \(old.run) stopped"
    let drained = services[index].traffic.run
    return effects + [.mark(id, run, text, .warn)] + warn(ConfigurationNotice("\(id): \(text)"))
      + hold(at: index) + stopAll(at: index, then: .start(next), draining: drained)
  }

  /// The failed run ends and is not started again by itself; its predecessor serves on.
  mutating func leaveOlderServing(
    _ run: RunNumber, _ what: String, _ failure: ProcessPhase.Failure, at index: Int
  ) -> [Effect] {
    guard let old = services[index].olderServing else { return [] }
    let id = services[index].id
    services[index].process = .failed(run, failure)
    var effects: [Effect] = [report(at: index)]
    let text = "run \(run) \(what), run \(old.run) still serves"
    effects.append(.mark(id, run, text, .error))
    if services[index].liveRun == run { effects.append(.stop(id, run, services[index].spec.stop)) }
    let hint =
      keys.keyName(for: .hardRestart).map { "; \($0) starts it anew with run \(old.run) killed" } ?? ""
    return effects + finishReload(.failed, at: index) + say("\(id): \(text)\(hint)", isError: true)
  }

  /// Remembers, and says once, what the try with the old run stopped has shown.
  private mutating func learnFromHold(_ run: RunNumber, at index: Int) -> [Effect] {
    guard case .triesHold(run, let why) = services[index].reloadLesson else { return [] }
    services[index].reloadLesson = .needsHold
    let id = services[index].id
    let text = holdAdvice(id, because: why)
    return [.mark(id, run, text, .warn)] + warn(ConfigurationNotice(text))
  }

  /// The run does not listen alone either: nobody waits for it any longer, though it may come to it yet.
  mutating func holdDidNotHelp(_ run: RunNumber, at index: Int) -> [Effect] {
    let id = services[index].id
    let time = services[index].spec.readyTimeout.short
    let text = "run \(run) does not listen after \(time) either: the run before it was not in its way"
    services[index].traffic = .refused
    return [.mark(id, run, text, .error), .refuse(id)] + finishReload(.failed, at: index)
      + say("\(id): \(text)", isError: true)
  }

  /// The run before removed what it believed to be its own: two at once do not work, and this one needs it back.
  mutating func pathLost(_ id: ServiceID, _ run: RunNumber, _ path: String) -> [Effect] {
    guard let index = index(of: id), services[index].liveRun == run,
      services[index].reloadLesson != .needsHold
    else { return [] }
    services[index].reloadLesson = .needsHold
    let text = holdAdvice(id, because: "the end of the run before run \(run) removed \(path)")
    return [.mark(id, run, text, .warn)] + warn(ConfigurationNotice(text)) + restart(at: index)
  }

  private func holdAdvice(_ id: ServiceID, because reason: String) -> String {
    "\(id) cannot run twice at once (\(reason)): hold is used from now on; set reload = \"hold\" under [service.\(id)]"
  }

  mutating func finishReload(_ outcome: Reload.Outcome, at index: Int) -> [Effect] {
    guard let reload = services[index].reload else { return [] }
    services[index].reload = nil
    return [.report(.reload(services[index].id, reload, outcome))]
  }

  // MARK: Older runs

  /// What became of an older run; nil where the run is none.
  mutating func olderExited(_ run: RunNumber, _ status: ExitStatus, at index: Int) -> [Effect]? {
    guard let place = services[index].older.firstIndex(where: { $0.run == run }) else { return nil }
    let old = services[index].older[place]
    guard old.duty == .serving else { return [] }
    let id = services[index].id
    let effects = stopOlder(run, at: index)
    switch services[index].process {
    case .starting(let next, _, _), .waiting(let next, _), .ready(let next, _, _, _),
      .running(let next, _, _),
      .stopping(_, _, _, then: .start(let next)):
      let text = "\(status.description) · run \(next) takes over when it is ready"
      return effects + [.mark(id, run, text, .error)] + hold(at: index)
    case .none, .stopping, .stopped, .exited, .failed:
      return effects + ended(run, status, upSince: old.since.instant, at: index)
    }
  }

  /// Nothing is left of an older run; nil where the run is none.
  mutating func olderEnded(_ run: RunNumber, at index: Int) -> [Effect]? {
    guard let old = services[index].older.first(where: { $0.run == run }) else { return nil }
    // Its end was not told: nothing is known of its status.
    let effects = olderExited(run, .signal(0, name: "ended"), at: index) ?? []
    services[index].older.removeAll { $0.run == old.run }
    services[index].forgetDraining(run)
    let id = services[index].id
    return effects + [
      .report(.serviceState(id, run, .stopped, pid: nil, port: nil, status: nil))
    ] + removeIfLeft(id) + continueEnding()
  }

  /// The stop ladder for an older run.
  mutating func stopOlder(_ run: RunNumber, at index: Int, kill: Bool = false) -> [Effect] {
    guard let place = services[index].older.firstIndex(where: { $0.run == run }) else { return [] }
    let old = services[index].older[place]
    guard old.duty != .ending || kill else { return [] }
    services[index].older[place].duty = .ending
    services[index].forgetDraining(run)
    let id = services[index].id
    let policy = kill ? StopPolicy(signal: 9, grace: .zero) : services[index].spec.stop
    return [
      .report(.serviceState(id, run, .stopping, pid: old.pid, port: old.port, status: nil)),
      .stop(id, run, policy),
    ]
  }

  /// Stops all runs of a service, the one `draining` once its requests are answered; `next` follows when none is left.
  mutating func stopAll(
    at index: Int, then next: ProcessPhase.AfterStop, kill: Bool = false, draining: RunNumber? = nil
  ) -> [Effect] {
    promoteOlder(at: index, then: next)
    var effects = stopProcess(at: index, then: next, kill: kill, draining: draining)
    for place in services[index].older.indices {
      let old = services[index].older[place]
      guard old.run == draining, old.duty == .serving else {
        effects += stopOlder(old.run, at: index, kill: kill)
        continue
      }
      services[index].older[place].duty = .draining
      effects.append(drainBeforeStop(old.run, at: index))
    }
    return effects
  }

  /// Nothing is answered meanwhile, so that it is short: streams are cut, and only what cannot be sent again has all of
  /// its time.
  mutating func drainBeforeStop(_ run: RunNumber, at index: Int) -> Effect {
    services[index].drainsBeforeStop = run
    return .drain(
      services[index].id, run, within: services[index].spec.reload.drain, isBeforeStop: true)
  }

  /// Makes the newest of the older runs the one that the service's phase is about, where no other is live.
  mutating func promoteOlder(at index: Int, then next: ProcessPhase.AfterStop) {
    guard services[index].liveRun == nil, let old = services[index].older.popLast() else { return }
    services[index].liveRun = old.run
    services[index].ports = old.ports
    services[index].process =
      old.duty == .ending || old.run == services[index].drainsBeforeStop
      ? .stopping(old.run, pid: old.pid, since: now, then: next)
      : .ready(old.run, pid: old.pid, port: old.port, since: old.since)
  }
}

extension ServiceState {
  /// Whether two runs of it may live beside each other, as far as is known.
  ///
  /// Where devtop found its port only, two runs would want the same.
  fileprivate var maySwap: Bool {
    guard reloadLesson != .needsHold else { return false }
    return switch (spec.reload.strategy, portMode) {
    case (nil, .takeover), (nil, .handoff), (.swap?, .takeover), (.swap?, .handoff), (.swap?, .environment):
      true
    case (nil, .environment), (nil, .off), (.swap?, .off), (.hold?, _), (.signal?, _), (.some(.none), _):
      false
    }
  }

  /// Whether the live run has the requests by way of devtop.
  fileprivate var isSwappable: Bool {
    guard case .ready(let run, _, _, _) = process else { return false }
    return traffic == .routed(run) && !ports.isEmpty
  }

  /// Whether a run that is to replace one beside it has yet to listen as that one did.
  var awaitsListener: Bool { olderServing != nil && ports.isEmpty }

  /// Whether the live run does not listen everywhere yet where the one before did.
  fileprivate var awaitsMorePorts: Bool {
    !ports.isEmpty && !publicAddresses.allSatisfy { address in ports.contains { $0.address == address } }
  }

  /// Whether what is left of older runs must be gone before the next one starts.
  var mustEndBeforeNext: Bool {
    olderServing != nil || drainsBeforeStop != nil
      || (reloadLesson != .swapWorks && older.contains { $0.duty == .ending })
  }

  /// Its requests are answered, or are of no matter any more.
  mutating func forgetDraining(_ run: RunNumber) {
    if drainsBeforeStop == run { drainsBeforeStop = nil }
  }

  /// Whether a starting run gets `ready_timeout` for its listener, since the run before it had one.
  var isToListen: Bool {
    if olderServing != nil { return true }
    if case .triesHold = reloadLesson { return true }
    return false
  }
}

extension Array where Element: Hashable {
  /// Each element once, in the order of their first places.
  fileprivate var unique: [Element] {
    var known: Set<Element> = []
    return filter { known.insert($0).inserted }
  }
}
