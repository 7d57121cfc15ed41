extension AppState {
  /// Builds and starts everything.
  mutating func begin() -> [Effect] {
    var effects: [Effect] = [
      .report(
        .sessionStarted(
          project: configuration.projectName, services: services.map(\.id),
          configuration: configuration.source.name))
    ]
    for warning in configuration.warnings { effects += warn(warning) }
    for index in services.indices { effects += bringUp(at: index) }
    return effects
  }

  /// Builds a service, or starts it where there is nothing to build.
  private mutating func bringUp(at index: Int) -> [Effect] {
    services[index].spec.build.isEmpty ? restart(at: index) : startBuild(at: index)
  }

  // MARK: Configuration

  /// A new valid configuration: what it changes is built, started or stopped anew; the rest goes on.
  mutating func configurationChanged(_ new: Configuration) -> [Effect] {
    guard phase == .running else { return [] }
    let wasRejected = !rejection.isEmpty
    notices.removeAll { rejection.contains($0.text) }
    rejection = []
    guard new != configuration else { return wasRejected ? say("the configuration is as before") : [] }
    notices.removeAll { configuration.warnings.contains($0.text) }
    let hasNewFormats = new.lineFormats != configuration.lineFormats
    configuration = new
    keys = KeyTable(overrides: new.keys)
    var effects: [Effect] = [.applyConfiguration(new)]
    for warning in new.warnings { effects += warn(warning) }
    for index in services.indices where !new.services.contains(where: { $0.id == services[index].id }) {
      effects += leave(at: index)
    }
    // All are known before any is started: one may depend on another that is new.
    var added: [ServiceID] = []
    var changed: [(id: ServiceID, old: ServiceSpec)] = []
    keepingSelection {
      $0.services.removeAll { $0.isLeaving && !$0.isAlive && $0.build.run == nil }
      for spec in new.services {
        if let index = $0.index(of: spec.id) {
          if $0.services[index].isLeaving {
            $0.services[index].isLeaving = false
            $0.services[index].isWanted = true
            added.append(spec.id)
          } else {
            changed.append((spec.id, $0.services[index].spec))
          }
          $0.services[index].spec = spec
        } else {
          $0.services.append(ServiceState(spec: spec))
          added.append(spec.id)
        }
      }
      let order = new.services.map(\.id)
      $0.services.sort { (order.firstIndex(of: $0.id) ?? .max) < (order.firstIndex(of: $1.id) ?? .max) }
    }
    for (id, old) in changed { if let index = index(of: id) { effects += applyChange(from: old, at: index) } }
    for id in added { if let index = index(of: id) { effects += bringUp(at: index) } }
    if hasNewFormats {
      effects.append(
        .mark("devtop", 0, "log formats changed: they apply from the next run of each service", nil))
    }
    return effects + forgetShownService() + say("configuration read again: \(new.source.name)")
  }

  /// Shows what is wrong with the env files of a service, and no longer what was.
  mutating func environmentRead(_ id: ServiceID, _ problems: [ConfigurationNotice]) -> [Effect] {
    guard let index = index(of: id) else { return [] }
    let old = services[index].environmentNotices
    services[index].environmentNotices = problems
    notices.removeAll { old.contains($0.text) && !problems.contains($0.text) }
    return problems.filter { !old.contains($0) }.flatMap { warn($0) }
  }

  /// Shows all services again when the one that was shown alone is gone.
  mutating func forgetShownService() -> [Effect] {
    guard let service = screen.service, self[service] == nil else { return [] }
    screen.service = nil
    return [.logs(.showService(nil))]
  }

  private mutating func applyChange(from old: ServiceSpec, at index: Int) -> [Effect] {
    let new = services[index].spec
    let environmentChanged =
      old.directory != new.directory || old.environment != new.environment || old.envFiles != new.envFiles
      || old.environmentDefaults != new.environmentDefaults
    services[index].changes.muted = []
    var effects: [Effect] = new.proxy.protection.fault == nil ? setFault(false, at: index) : []
    if old.watch.rules != new.watch.rules { services[index].changes.rulesAfterPause = [:] }
    if new.run == nil, old.run != nil {
      effects += releasePorts(at: index) + stopAll(at: index, then: .nothing)
    }
    if old.reload.strategy != new.reload.strategy { services[index].reloadLesson = .nothing }
    // What was found out about the old command and its ports says nothing of the new ones.
    let isOther = old.run != new.run || old.ports != new.ports || old.readiness != new.readiness
    if isOther {
      services[index].reloadLesson = .nothing
      services[index].ports = []
    }
    if old.ports != new.ports { services[index].portFallback = nil }
    if !new.build.isEmpty, old.build != new.build || environmentChanged {
      services[index].changes.pending.needsRestart = true
      return effects + requestBuild(at: index)
    }
    guard
      isOther || environmentChanged || old.build != new.build || old.usesTerminal != new.usesTerminal
        || old.dependsOn != new.dependsOn
    else { return effects }
    return effects + (services[index].isWanted ? restart(at: index, isOther ? .alone : .planned) : [])
  }

  private mutating func leave(at index: Int) -> [Effect] {
    services[index].isLeaving = true
    services[index].isWanted = false
    let id = services[index].id
    let effects: [Effect] = [.cancelTimer(.restart(id)), .cancelTimer(.settle(id))]
    return effects + cancelBuild(at: index) + releasePorts(at: index) + stopAll(at: index, then: .nothing)
  }

  mutating func configurationRejected(_ problems: [ConfigurationNotice]) -> [Effect] {
    notices.removeAll { rejection.contains($0.text) }
    rejection = problems
    var effects: [Effect] = []
    for problem in problems.reversed() { effects += warn(problem, isError: true) }
    return effects + say("the configuration has errors; the last good one stays in force", isError: true)
  }

  // MARK: Ending

  /// Leaves with a status: stops every service, those that others depend on last.
  mutating func end(status: Int32, kill: Bool = false) -> [Effect] {
    if case .ending(let first, let isForced) = phase {
      guard kill, !isForced else { return [] }
      phase = .ending(status: first, isForced: true)
      return killEverything() + continueEnding()
    }
    phase = .ending(status: status, isForced: kill)
    endingSince = now.instant
    var effects: [Effect] = []
    for index in services.indices {
      let id = services[index].id
      effects += [.cancelTimer(.restart(id)), .cancelTimer(.settle(id))]
      effects += cancelBuild(at: index) + releasePorts(at: index)
      if !kill, !services[index].spec.cleanup.isEmpty {
        cleaningUp.insert(id)
        effects.append(.cleanUp(id))
      }
    }
    return effects + (kill ? killEverything() : []) + continueEnding()
  }

  mutating func cleanedUp(_ id: ServiceID) -> [Effect] {
    cleaningUp.remove(id)
    return continueEnding()
  }

  /// What SIGKILL does not end, a program of another user for example, is not waited for.
  private static let lastPatience: Duration = .seconds(3)

  private mutating func killEverything() -> [Effect] {
    cleaningUp = []
    return [.setTimer(.ending, after: Self.lastPatience)]
      + services.indices.flatMap { stopAll(at: $0, then: .nothing, kill: true) }
  }

  mutating func endWithoutWaiting() -> [Effect] {
    guard case .ending(let status, _) = phase else { return [] }
    return [.report(.sessionEnded(status: status)), .exit(status)]
  }

  /// Stops the services that nothing alive depends on; leaves when nothing is left.
  mutating func continueEnding() -> [Effect] {
    guard case .ending(let status, _) = phase else { return [] }
    let alive = services.filter(\.isAlive)
    guard !alive.isEmpty || !cleaningUp.isEmpty || services.contains(where: { $0.build.run != nil }) else {
      return [.report(.sessionEnded(status: status)), .exit(status)]
    }
    var effects: [Effect] = []
    for index in services.indices where services[index].isAlive {
      let isNeeded = alive.contains { $0.spec.dependsOn.contains(services[index].id) }
      if !isNeeded, !cleaningUp.contains(services[index].id) {
        effects += stopAll(at: index, then: .nothing)
      }
    }
    return effects
  }

  /// Ends the running build of a service without starting another.
  mutating func cancelBuild(at index: Int) -> [Effect] {
    let isDropped = !services[index].changes.pending.paths.isEmpty || services[index].build.run != nil
    services[index].changes.isBehind = services[index].changes.isBehind || isDropped
    services[index].changes.pending = BuildRequest()
    services[index].changes.settlesAt = nil
    services[index].changes.cancellations = 0
    services[index].changes.firstCancellation = nil
    switch services[index].build {
    case .idle: return []
    case .settling:
      services[index].build = .idle
      return [.cancelTimer(.settle(services[index].id))]
    case .running(let run, let since):
      services[index].build = .cancelling(run, since: since, rebuilds: false)
      return [.cancelBuild(services[index].id, run)]
    case .cancelling(let run, let since, _):
      services[index].build = .cancelling(run, since: since, rebuilds: false)
      return []
    }
  }

  /// SIGTERM, SIGHUP or SIGINT: end, with 128 + the signal's number.
  ///
  /// One that follows closely is the same one again: a signal to the process group reaches devtop directly and by
  /// its launcher.
  mutating func signalled(_ signal: Int32) -> [Effect] {
    if case .ending = phase {
      let isRepeated = endingSince.map { now.instant - $0 < .milliseconds(500) } ?? false
      return isRepeated ? [] : end(status: 128 + signal, kill: true)
    }
    return end(status: 128 + signal)
  }

  // MARK: Commands of plain and JSON mode

  mutating func perform(_ command: Command) -> [Effect] {
    switch command {
    case .build(let id): return onServices(id) { $0.rebuild(at: $1, isClean: false) }
    case .restart(let id): return onServices(id) { $0.restartByHand(at: $1, kill: false) }
    case .stop(let id): return onServices(id) { $0.stopByHand(at: $1) }
    case .start(let id): return onServices(id) { $0.startByHand(at: $1) }
    case .pause: return setPaused(true) + markPause()
    case .resume: return setPaused(false) + markPause()
    case .quit: return end(status: 0)
    case .unknown(let sentence): return [.report(.error(ConfigurationNotice(sentence)))]
    }
  }

  private func markPause() -> [Effect] {
    let missed = watch.changedWhilePaused
    let text =
      watch.isPaused
      ? "watching is paused"
      : missed == 0 || !hasPausedWork
        ? "watching"
        : "watching; \(missed == 1 ? "a change" : "\(missed) changes") came meanwhile: build builds them"
    return [.mark("devtop", 0, text, nil)]
  }

  private mutating func onServices(
    _ id: ServiceID?, _ body: (inout AppState, Int) -> [Effect]
  ) -> [Effect] {
    guard let id else { return present.flatMap { body(&self, $0) } }
    guard let index = index(of: id), !services[index].isLeaving else {
      let names = services.map(\.id.name).joined(separator: ", ")
      return [.report(.error(ConfigurationNotice("there is no service \(id); there is: \(names)")))]
    }
    return body(&self, index)
  }
}
