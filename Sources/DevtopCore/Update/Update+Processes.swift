extension AppState {
  /// A service without a listener counts as running after this long.
  static let listenerPatience: Duration = .seconds(2)

  /// Replaces the process of a service by a new run: its build's where `run` is given, else the next number.
  mutating func restart(at index: Int, run: RunNumber? = nil, _ manner: RestartManner = .planned) -> [Effect]
  {
    guard phase == .running, services[index].spec.run != nil, !services[index].isLeaving else { return [] }
    let id = services[index].id
    let causes = services[index].changes.restartPaths
    services[index].changes.restartPaths = PathList()
    pausedRowsAreRestarted(id, causes)
    pagesWillChange(run == nil ? causes.all : services[index].changes.building.paths.all, at: index)
    // New code begins anew.
    if run != nil { services[index].backoff = Backoff() }
    let next = run ?? takeRun(at: index)
    var effects: [Effect] = [.cancelTimer(.restart(id))]
    if run == nil {
      let cause = causes.isEmpty ? "" : " ← " + summary(of: causes.all)
      effects.append(.mark(id, next, "start #\(next)\(cause)", nil))
    }
    return effects + replace(by: next, at: index, manner)
  }

  private mutating func takeRun(at index: Int) -> RunNumber {
    services[index].newestRun += 1
    return services[index].newestRun
  }

  /// Starts a run whose predecessor is wholly gone, or waits for what it depends on.
  mutating func launch(_ run: RunNumber, at index: Int) -> [Effect] {
    let id = services[index].id
    // A service that the configuration no longer names may hold what this one needs, such as its port.
    let leaving = services.filter { $0.isLeaving && $0.isAlive && $0.id != id }.map(\.id)
    let missing = services[index].spec.dependsOn.filter { self[$0]?.satisfiesDependents == false } + leaving
    guard missing.isEmpty else {
      services[index].process = .waiting(run, on: missing)
      return [report(at: index)] + missing.flatMap { tellThatWaitingIsVain(for: $0, only: id) }
    }
    if let notice = services[index].waitNotice {
      notices.removeAll { $0.text == notice }
      services[index].waitNotice = nil
    }
    services[index].process = .starting(run, pid: nil, since: now)
    services[index].liveRun = run
    services[index].ports = []
    services[index].sample = nil
    services[index].cpuPercent = nil
    return [.start(id, run)]
  }

  /// Stops the live run of a service by its ladder; where it is the one `draining`, once its requests are answered.
  mutating func stopProcess(
    at index: Int, then next: ProcessPhase.AfterStop, kill: Bool = false, draining: RunNumber? = nil
  ) -> [Effect] {
    guard let run = services[index].liveRun else { return [] }
    let id = services[index].id
    let policy = kill ? StopPolicy(signal: 9, grace: .zero) : services[index].spec.stop
    if case .stopping(_, let pid, let since, _) = services[index].process {
      services[index].process = .stopping(run, pid: pid, since: since, then: next)
      guard kill || (next == .nothing && services[index].drainsBeforeStop == run) else { return [] }
      services[index].forgetDraining(run)
      return [.stop(id, run, policy)]
    }
    let drains = run == draining && services[index].process.isUp
    services[index].process = .stopping(run, pid: services[index].process.pid, since: now, then: next)
    return [.cancelTimer(.ready(id, run)), report(at: index)]
      + [drains ? drainBeforeStop(run, at: index) : .stop(id, run, policy)]
  }

  mutating func processStarted(_ id: ServiceID, _ run: RunNumber, pid: Int32) -> [Effect] {
    guard let index = index(of: id), services[index].liveRun == run else { return [] }
    if let failure = services[index].startFailure {
      notices.removeAll { $0.text == failure }
      services[index].startFailure = nil
    }
    switch services[index].process {
    case .starting(run, _, let since):
      services[index].process = .starting(run, pid: pid, since: since)
      if let ended = services[index].changes.buildEnded, services[index].history.first?.run == run {
        services[index].history[0].start = now.instant - ended
      }
      let effects = [report(at: index)]
      let timeout = Effect.setTimer(.ready(id, run), after: services[index].spec.readyTimeout)
      switch services[index].spec.readiness {
      case .started:
        return effects + processReady(id, run, port: nil) + (services[index].awaitsListener ? [timeout] : [])
      case .listener where !services[index].isToListen:
        return effects + [.setTimer(.ready(id, run), after: Self.listenerPatience)]
      case .listener, .port, .http, .log: return effects + [timeout]
      }
    case .stopping(run, _, let since, let next):
      services[index].process = .stopping(run, pid: pid, since: since, then: next)
      return []
    case .none, .waiting, .starting, .ready, .running, .stopping, .stopped, .exited, .failed: return []
    }
  }

  mutating func startFailed(_ id: ServiceID, _ run: RunNumber, _ reason: String) -> [Effect] {
    guard let index = index(of: id), services[index].liveRun == run else { return [] }
    services[index].liveRun = nil
    if case .stopping(_, _, _, let next) = services[index].process { return afterStop(next, run, at: index) }
    services[index].process = .failed(run, ProcessPhase.Failure(reason: reason))
    let traffic =
      services[index].olderServing == nil
      ? finishReload(.failed, at: index) + failedToServe(run, restarts: false, at: index)
      : leaveOlderServing(run, "cannot be started", ProcessPhase.Failure(reason: reason), at: index)
    let failure = ConfigurationNotice("\(id): \(reason)")
    notices.removeAll { $0.text == services[index].startFailure }
    services[index].startFailure = failure
    return [report(at: index), .mark(id, run, reason, .error)] + traffic + warn(failure, isError: true)
      + tellThatWaitingIsVain(for: id) + continueEnding()
  }

  mutating func processReady(_ id: ServiceID, _ run: RunNumber, port: UInt16?) -> [Effect] {
    guard let index = index(of: id), services[index].liveRun == run else { return [] }
    let pid: Int32
    let since: Moment
    switch services[index].process {
    case .starting(run, let known?, let start): (pid, since) = (known, start)
    case .running(run, let known, let start): (pid, since) = (known, start)
    case .none, .waiting, .starting, .ready, .running, .stopping, .stopped, .exited, .failed: return []
    }
    let took = now.instant - since.instant
    services[index].process = .ready(run, pid: pid, port: port, since: now)
    services[index].portHolder = nil
    if services[index].history.first?.run == run { services[index].history[0].readiness = took }
    let place = port.map { " on :\($0)" } ?? ""
    return (services[index].awaitsListener ? [] : [.cancelTimer(.ready(id, run))]) + [
      report(at: index), .mark(id, run, "#\(run) ready\(place) after \(took.short)", nil),
    ] + routeWhenReady(at: index) + startWaiting()
  }

  mutating func readyTimedOut(_ id: ServiceID, _ run: RunNumber) -> [Effect] {
    guard let index = index(of: id), services[index].liveRun == run else { return [] }
    if case .ready = services[index].process, !services[index].ports.isEmpty {
      return routeWhenReady(at: index, isLate: true)
    }
    if services[index].olderServing != nil, services[index].process.isUp {
      let time = services[index].spec.readyTimeout.short
      return failedBesideOlder(
        run, "not ready after \(time.filter { $0 != " " })",
        ProcessPhase.Failure(reason: "not ready after \(time)"), at: index)
    }
    guard case .starting(run, let pid?, let since) = services[index].process else { return [] }
    var isSecondTry = false
    if case .triesHold(run, _) = services[index].reloadLesson {
      services[index].reloadLesson = .holdDidNotHelp
      isSecondTry = true
    }
    let spec = services[index].spec
    let asked: String
    switch spec.readiness {
    case .listener, .started:
      services[index].process = .running(run, pid: pid, since: since)
      services[index].portHolder = nil
      let told = isSecondTry ? holdDidNotHelp(run, at: index) : []
      return [report(at: index)] + told + startWaiting()
    case .port(let port): asked = "port \(port)"
    case .http(let path, _): asked = "GET \(path)"
    case .log(let pattern): asked = "log /\(pattern)/"
    }
    let text = "not ready after \(spec.readyTimeout.short) (\(asked))"
    return [.mark(id, run, "#\(run) \(text)", .warn)]
      + warn(
        ConfigurationNotice(
          "\(id): \(text); it is watched on. Set ready or ready_timeout under [service.\(id)]."))
      + routeUnready(run, at: index)
  }

  mutating func processExited(_ id: ServiceID, _ run: RunNumber, _ status: ExitStatus) -> [Effect] {
    guard let index = index(of: id) else { return [] }
    if let effects = olderExited(run, status, at: index) { return effects }
    guard services[index].liveRun == run else { return [] }
    let upSince: Instant
    switch services[index].process {
    case .stopping, .stopped, .none, .waiting, .exited, .failed: return []
    case .starting(_, _, let since), .ready(_, _, _, let since), .running(_, _, let since):
      upSince = since.instant
    }
    let effects: [Effect] = [.cancelTimer(.ready(id, run))]
    if services[index].olderServing != nil {
      return effects
        + failedBesideOlder(run, status.description, ProcessPhase.Failure(status: status), at: index)
    }
    if case .triesHold(run, _) = services[index].reloadLesson {
      services[index].reloadLesson = .holdDidNotHelp
    }
    return effects + finishReload(.failed, at: index) + ended(run, status, upSince: upSince, at: index)
  }

  /// What follows when the run that the service depended on has ended by itself.
  mutating func ended(_ run: RunNumber, _ status: ExitStatus, upSince: Instant, at index: Int) -> [Effect] {
    let (id, spec) = (services[index].id, services[index].spec)
    let restarts = spec.restart == .always || (spec.restart == .onFailure && !status.isSuccess)
    guard restarts, services[index].isWanted else {
      // Frameworks that only log that their port is taken end with status 0; that is no success.
      let reason = services[index].portHolder.map { "port \($0.port) in use" }
      let isSuccess = status.isSuccess && reason == nil
      services[index].process =
        isSuccess ? .exited(run, status) : .failed(run, ProcessPhase.Failure(status: status, reason: reason))
      return [report(at: index), .mark(id, run, status.description, isSuccess ? nil : .error)]
        + failedToServe(run, restarts: false, at: index)
        + (isSuccess ? startWaiting() : tellThatWaitingIsVain(for: id))
    }
    let computed = services[index].backoff.next(upFor: now.instant - upSince)
    // Never in a tight loop, whatever is configured.
    let delay = max(spec.restartDelay ?? computed, Backoff.first)
    let pending = ProcessPhase.PendingRestart(
      attempt: services[index].backoff.attempts, delay: delay, due: now.instant + delay)
    var text = "\(status.description) · restart \(pending.attempt) in \(delay.short)"
    if case .failed(let newest, _) = services[index].process, newest != run {
      text += " with what is newest, as run \(newest), which never got ready"
    }
    services[index].process = .failed(run, ProcessPhase.Failure(status: status, restart: pending))
    return [report(at: index), .mark(id, run, text, status.isSuccess ? nil : .error)]
      + failedToServe(run, restarts: true, at: index) + [.setTimer(.restart(id), after: delay)]
  }

  /// The backoff has passed.
  mutating func restartDue(_ id: ServiceID) -> [Effect] {
    guard let index = index(of: id), case .failed(_, let failure) = services[index].process,
      failure.restart != nil, services[index].isWanted
    else { return [] }
    // The build that runs writes the binary and starts it when it is done.
    if services[index].build.run != nil { return [] }
    return restart(at: index, .afterCrash)
  }

  mutating func processEnded(_ id: ServiceID, _ run: RunNumber) -> [Effect] {
    guard let index = index(of: id) else { return [] }
    if let effects = olderEnded(run, at: index) { return effects }
    guard services[index].liveRun == run else { return [] }
    services[index].liveRun = nil
    services[index].forgetDraining(run)
    guard case .stopping(_, _, _, let next) = services[index].process else {
      return removeIfLeft(id) + continueEnding()
    }
    return afterStop(next, run, at: index)
  }

  private mutating func afterStop(_ next: ProcessPhase.AfterStop, _ run: RunNumber, at index: Int) -> [Effect]
  {
    if case .start(let run) = next, phase == .running, services[index].isWanted {
      guard services[index].olderServing != nil || !services[index].mustEndBeforeNext else {
        promoteOlder(at: index, then: next)
        return [report(at: index)]
      }
      return launch(max(run, services[index].builtRun), at: index)
    }
    guard services[index].older.isEmpty else {
      promoteOlder(at: index, then: next)
      return [report(at: index)]
    }
    services[index].process = .stopped(run)
    let id = services[index].id
    return [report(at: index), .mark(id, run, "stopped", nil)] + tellThatWaitingIsVain(for: id)
      + removeIfLeft(id) + continueEnding()
  }

  /// Forgets a service that the configuration no longer names, once nothing of it is left.
  mutating func removeIfLeft(_ id: ServiceID) -> [Effect] {
    guard let index = index(of: id), services[index].isLeaving, !services[index].isAlive,
      services[index].build.run == nil
    else { return [] }
    keepingSelection { $0.services.remove(at: index) }
    return forgetShownService() + startWaiting()
  }

  /// The state of a service as it is told.
  func report(at index: Int) -> Effect {
    let service = services[index]
    var status: ExitStatus?
    switch service.process {
    case .exited(_, let ended): status = ended
    case .failed(_, let failure): status = failure.status
    case .none, .waiting, .starting, .ready, .running, .stopping, .stopped: break
    }
    return .report(
      .serviceState(
        service.id, service.process.run ?? 0, service.process.name, pid: service.process.pid,
        port: service.process.port, status: status))
  }
}
