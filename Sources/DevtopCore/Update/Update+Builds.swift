extension AppState {
  /// After so many cancellations in a row, or so long since the first, the running build is let finish.
  static let cancellationLimit = 3
  static let cancellationTime: Duration = .seconds(10)
  /// How long a suspected loop is held to see whether a person writes the file.
  static let loopHold: Duration = .seconds(1)

  /// Starts the next build of a service; everything that is pending goes into it.
  mutating func startBuild(at index: Int) -> [Effect] {
    guard phase == .running, !services[index].isLeaving else { return [] }
    services[index].newestRun += 1
    let run = services[index].newestRun
    let id = services[index].id
    let request = services[index].changes.pending
    services[index].changes.building = request
    services[index].changes.pending = BuildRequest()
    services[index].changes.kindsSeen = []
    pausedRowsAreBuilt(by: run, of: id, request.paths)
    services[index].changes.detection = request.saved.map {
      .milliseconds(max(0, now.wall.milliseconds - $0.milliseconds))
    }
    services[index].changes.baseline = [:]
    services[index].changes.settlesAt = nil
    services[index].changes.buildsInPause = false
    services[index].build = .running(run, since: now)
    services[index].crash = nil
    screen.build.dismissed.subtract(services[index].diagnostics)
    services[index].changes.isBehind = false
    if !hasPausedWork { watch.changedWhilePaused = 0 }
    var effects: [Effect] = [
      .cancelTimer(.settle(id)), .build(id, run, clean: request.isClean), .report(.buildStarted(id, run)),
    ]
    let cause = request.paths.isEmpty ? "" : " ← " + summary(of: request.paths.all)
    effects.append(.mark(id, run, "build #\(run)\(cause)", nil))
    if services[index].spec.clearsLogOnBuild {
      screen.logs.isCleared = true
      effects.append(.logs(.clear))
    }
    return effects
  }

  /// A change came while a build runs: cancel it, unless that would starve the builds.
  mutating func cancelForChange(at index: Int) -> [Effect] {
    guard case .running(let run, let since) = services[index].build else { return [] }
    let changes = services[index].changes
    if !changes.suspects.isEmpty { return [] }
    let inARow = changes.firstCancellation.map { now.instant - $0 } ?? .zero
    guard changes.cancellations < Self.cancellationLimit, inARow < Self.cancellationTime else { return [] }
    services[index].changes.cancellations += 1
    if changes.firstCancellation == nil { services[index].changes.firstCancellation = now.instant }
    services[index].build = .cancelling(run, since: since, rebuilds: true)
    return [.cancelBuild(services[index].id, run)]
  }

  mutating func diagnosed(_ id: ServiceID, _ run: RunNumber, _ diagnostic: Diagnostic) -> [Effect] {
    guard let index = index(of: id), case .running(run, _) = services[index].build else { return [] }
    replaceDiagnostics(by: run, at: index)
    services[index].diagnostics.append(diagnostic)
    return [.report(.diagnostic(id, run, diagnostic))]
  }

  mutating func buildFinished(_ id: ServiceID, _ run: RunNumber, _ outcome: BuildOutcome) -> [Effect] {
    guard let index = index(of: id), services[index].build.run == run else { return [] }
    let phase = services[index].build
    services[index].build = .idle
    services[index].changes.buildEnded = now.instant
    let effects: [Effect] = [.report(.buildFinished(id, run, outcome))]
    if case .ending = self.phase { return effects + continueEnding() }
    // A build that ended by itself while its cancellation was under way is stale all the same: a newer state waits.
    var isStale = outcome.result == .cancelled
    if case .cancelling(_, _, rebuilds: true) = phase { isStale = true }
    if isStale { return effects + cancelled(phase, at: index) + removeIfLeft(id) }
    return effects + completed(run, outcome, at: index) + nextBuild(at: index)
      + tellThatWaitingIsVain(for: id)
      + removeIfLeft(id)
  }

  private mutating func cancelled(_ phase: BuildPhase, at index: Int) -> [Effect] {
    let request = services[index].changes.building
    services[index].changes.building = BuildRequest()
    guard case .cancelling(_, _, rebuilds: true) = phase else {
      return [.mark(services[index].id, phase.run ?? 0, "build #\(phase.run ?? 0) cancelled", .warn)]
    }
    services[index].changes.pending = request.merged(with: services[index].changes.pending)
    if watch.isPaused, !services[index].changes.buildsInPause { return [] }
    if services[index].changes.settlesAt != nil {
      services[index].build = .settling
      return []
    }
    return startBuild(at: index)
  }

  private mutating func completed(_ run: RunNumber, _ outcome: BuildOutcome, at index: Int) -> [Effect] {
    let id = services[index].id
    replaceDiagnostics(by: run, at: index)
    var record = BuildRecord(
      run: run, result: outcome.result, started: startOfBuild(lasting: outcome.duration),
      duration: outcome.duration, errors: outcome.errors, warnings: outcome.warnings,
      causes: Array(services[index].changes.building.paths.all.prefix(4)))
    record.detection = services[index].changes.detection
    let before = Set(services[index].previousDiagnostics.map(\.message))
    let after = Set(outcome.diagnostics.map(\.message))
    record.newDiagnostics = after.subtracting(before).count
    record.fixedDiagnostics = before.subtracting(after).count
    services[index].diagnostics = outcome.diagnostics
    services[index].changes.cancellations = 0
    services[index].changes.firstCancellation = nil
    var effects: [Effect] = []
    if outcome.result == .succeeded {
      services[index].builtRun = run
      effects += deploy(run, outcome, record: &record, at: index) + startWaiting()
    } else {
      effects.append(.mark(id, run, failureText(run, outcome, at: index), .error))
      pagesWillChange(services[index].changes.building.paths.all, at: index)
      effects += afterFailure(at: index)
      // The next build that succeeds owes the restart.
      if services[index].changes.building.needsRestart { services[index].changes.pending.needsRestart = true }
    }
    services[index].changes.building = BuildRequest()
    services[index].history.insert(record, at: 0)
    if services[index].history.count > ServiceState.historyLength { services[index].history.removeLast() }
    if screen.service == nil || screen.service == id, record.newDiagnostics + record.fixedDiagnostics > 0 {
      screen.build.cursor = ListCursor()
    }
    return effects
  }

  private mutating func replaceDiagnostics(by run: RunNumber, at index: Int) {
    guard services[index].diagnosticsRun != run else { return }
    services[index].previousDiagnostics = services[index].diagnostics
    services[index].diagnostics = []
    services[index].diagnosticsRun = run
  }

  private func startOfBuild(lasting duration: Duration) -> WallTime {
    WallTime(milliseconds: now.wall.milliseconds - Int64(duration.inMilliseconds))
  }

  /// A good build reaches the service, unless the binary is the same and only source changed.
  private mutating func deploy(
    _ run: RunNumber, _ outcome: BuildOutcome, record: inout BuildRecord, at index: Int
  ) -> [Effect] {
    let id = services[index].id
    let took = "#\(run) built in \(outcome.duration.short)"
    guard services[index].spec.run != nil, services[index].isWanted else {
      return [.mark(id, run, took, nil)]
    }
    if outcome.binaryChanged == false, !services[index].changes.building.needsRestart,
      services[index].process.isUp
    {
      record.keptProcess = .unchangedBinary
      return [.mark(id, run, "\(took) · unchanged binary, not restarted", nil)]
    }
    if let kept = services[index].reloadInPlace {
      record.keptProcess = kept
      return [.mark(id, run, took, nil)]
        + reloadInPlace(kept, services[index].changes.building.paths.all, at: index)
    }
    return [.mark(id, run, took, nil)] + restart(at: index, run: run)
  }

  private func failureText(_ run: RunNumber, _ outcome: BuildOutcome, at index: Int) -> String {
    var text = "#\(run) failed"
    if case .failed(_, let reason?) = outcome.result {
      text += ": \(reason)"
    } else {
      if outcome.errors > 0 {
        text += " \(outcome.errors)E" + (outcome.warnings > 0 ? " \(outcome.warnings)W" : "")
      } else if case .failed(let status?, nil) = outcome.result {
        text += " (\(status.description))"
      }
      text += " in \(outcome.duration.short)"
    }
    if let serving = services[index].servingRun {
      text +=
        services[index].spec.stopsOnBuildError ? " · #\(serving) is stopped" : " · #\(serving) still serves"
    }
    return text
  }

  private mutating func afterFailure(at index: Int) -> [Effect] {
    if services[index].spec.stopsOnBuildError, services[index].isAlive {
      return refuse(at: index) + stopAll(at: index, then: .nothing)
    }
    // A restart that became due during the build was left to the build; now it is on its own again.
    if case .failed(_, let failure) = services[index].process, let restart = failure.restart,
      restart.due <= now.instant
    {
      return restartDue(services[index].id)
    }
    return []
  }

  /// Builds what changed during a build that was let finish; a build that writes what it watches is stopped here.
  private mutating func nextBuild(at index: Int) -> [Effect] {
    let id = services[index].id
    if !services[index].changes.suspects.isEmpty {
      services[index].changes.selfWrites = [:]
      services[index].changes.suspects = []
    }
    let pending = services[index].changes.pending
    guard !pending.paths.isEmpty || pending.isClean, !watch.isPaused || services[index].changes.buildsInPause
    else {
      services[index].changes.selfWrites = [:]
      return []
    }
    if services[index].changes.settlesAt != nil {
      services[index].build = .settling
      return []
    }
    let suspects = services[index].changes.suspectedWrites(pending.paths.all)
    guard !suspects.isEmpty else { return startBuild(at: index) }
    services[index].changes.suspects = suspects
    services[index].changes.settlesAt = now.instant + Self.loopHold
    services[index].build = .settling
    return [.setTimer(.settle(id), after: Self.loopHold)]
  }

  /// Two of the paths, and how many more.
  func summary(of paths: [String]) -> String {
    guard paths.count > 2 else { return paths.joined(separator: ", ") }
    return "\(paths[0]), \(paths[1]) and \(paths.count - 2) more"
  }
}

extension Duration {
  /// For people: `41 ms`, `1.4 s`, `2 m`.
  package var short: String {
    let milliseconds = inNanoseconds / 1_000_000
    switch milliseconds {
    case ..<1_000: return "\(milliseconds) ms"
    case ..<60_000:
      let tenths = (milliseconds + 50) / 100
      return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    case ..<3_600_000: return "\(milliseconds / 60_000) m"
    default: return "\(milliseconds / 3_600_000) h"
    }
  }
}
