extension AppState {
  /// After so many cancellations in a row, or so long since the first, the running build is let finish.
  static let cancellationLimit = 3
  static let cancellationTime: Duration = .seconds(10)
  /// A path that changes during so many builds in a row is suspected to be written by the build itself.
  static let selfWriteLimit = 3
  /// How long a suspected loop is held to see whether a person writes the file.
  static let loopHold: Duration = .seconds(1)

  /// Starts the next build of a service; everything that is pending goes into it.
  mutating func startBuild(at index: Int) -> [Effect] {
    guard phase == .running else { return [] }
    services[index].newestRun += 1
    let run = services[index].newestRun
    let id = services[index].id
    var changes = services[index].changes
    let isClean = changes.pendingIsClean
    changes.building = changes.pending
    changes.buildingNeedsRestart = changes.pendingNeedsRestart
    changes.detection = changes.pendingSaved.map {
      .milliseconds(max(0, now.wall.milliseconds - $0.milliseconds))
    }
    changes.pending = PathList()
    changes.pendingSaved = nil
    changes.pendingNeedsRestart = false
    changes.pendingIsClean = false
    changes.baseline = [:]
    changes.settlesAt = nil
    services[index].changes = changes
    services[index].build = .running(run, since: now)
    screen.build.dismissed = []
    if watch.changedWhilePaused > 0, services.allSatisfy({ $0.changes.pending.isEmpty }) {
      watch.changedWhilePaused = 0
    }
    var effects: [Effect] = [
      .cancelTimer(.settle(id)), .build(id, run, clean: isClean), .report(.buildStarted(id, run)),
    ]
    let cause = changes.building.isEmpty ? "" : " ← " + summary(of: changes.building.all)
    effects.append(.mark(id, run, "build #\(run)\(cause)", nil))
    if services[index].spec.clearsLogOnBuild { effects.append(.logs(.clear)) }
    return effects
  }

  /// A change came while a build runs: cancel it, unless that would starve the builds.
  mutating func cancelForChange(at index: Int) -> [Effect] {
    guard case .running(let run, let since) = services[index].build else { return [] }
    var changes = services[index].changes
    if !changes.suspects.isEmpty { return [] }
    let inARow = changes.firstCancellation.map { now.instant - $0 } ?? .zero
    guard changes.cancellations < Self.cancellationLimit, inARow < Self.cancellationTime else { return [] }
    changes.cancellations += 1
    if changes.firstCancellation == nil { changes.firstCancellation = now.instant }
    services[index].changes = changes
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
    return effects
      + (isStale ? cancelled(phase, at: index) : completed(run, outcome, at: index) + nextBuild(at: index))
  }

  private mutating func cancelled(_ phase: BuildPhase, at index: Int) -> [Effect] {
    var changes = services[index].changes
    changes.pending = changes.building.adding(changes.pending)
    changes.pendingNeedsRestart = changes.pendingNeedsRestart || changes.buildingNeedsRestart
    changes.building = PathList()
    services[index].changes = changes
    guard case .cancelling(_, _, rebuilds: true) = phase else {
      return [.mark(services[index].id, phase.run ?? 0, "build #\(phase.run ?? 0) cancelled", .warn)]
    }
    if changes.settlesAt != nil {
      services[index].build = .settling(since: now.instant)
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
      causes: Array(services[index].changes.building.all.prefix(4)))
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
      effects += deploy(run, outcome, record: &record, at: index)
    } else {
      effects.append(.mark(id, run, failureText(run, outcome, at: index), .error))
      effects += afterFailure(at: index)
    }
    services[index].changes.building = PathList()
    services[index].changes.buildingNeedsRestart = false
    services[index].history.insert(record, at: 0)
    if services[index].history.count > ServiceState.historyLength { services[index].history.removeLast() }
    screen.build.cursor = ListCursor()
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
    if outcome.binaryChanged == false, !services[index].changes.buildingNeedsRestart,
      services[index].process.isUp
    {
      record.keptProcess = true
      return [.mark(id, run, "\(took) · unchanged binary, not restarted", nil)]
    }
    return [.mark(id, run, took, nil)] + restart(at: index, run: run)
  }

  private func failureText(_ run: RunNumber, _ outcome: BuildOutcome, at index: Int) -> String {
    var text = "#\(run) failed"
    if case .failed(let status, let reason) = outcome.result {
      if let reason {
        text += ": \(reason)"
      } else if outcome.errors > 0 {
        text += " \(outcome.errors)E" + (outcome.warnings > 0 ? " \(outcome.warnings)W" : "")
      } else if let status {
        text += " (\(status.description))"
      }
    }
    text += " in \(outcome.duration.short)"
    if services[index].process.isUp, let serving = services[index].process.run {
      text +=
        services[index].spec.stopsOnBuildError ? " · #\(serving) is stopped" : " · #\(serving) still serves"
    }
    return text
  }

  private mutating func afterFailure(at index: Int) -> [Effect] {
    if services[index].spec.stopsOnBuildError, services[index].liveRun != nil {
      return stopProcess(at: index, then: .nothing)
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
    var changes = services[index].changes
    if !changes.suspects.isEmpty {
      changes.selfWrites = [:]
      changes.suspects = []
      services[index].changes = changes
    }
    guard !changes.pending.isEmpty || changes.pendingIsClean, !watch.isPaused else {
      services[index].changes.selfWrites = [:]
      return []
    }
    if changes.settlesAt != nil {
      services[index].build = .settling(since: now.instant)
      return []
    }
    let isLoop =
      !changes.pending.isEmpty
      && changes.pending.all.allSatisfy { (changes.selfWrites[$0] ?? 0) >= Self.selfWriteLimit }
    guard isLoop else { return startBuild(at: index) }
    services[index].changes.suspects = Set(changes.pending.all)
    services[index].changes.settlesAt = now.instant + Self.loopHold
    services[index].build = .settling(since: now.instant)
    return [.setTimer(.settle(id), after: Self.loopHold)]
  }

  /// Whether a change is the work of the build itself, so that building again would never end.
  ///
  /// A path that changed during several builds in a row is suspected. It is then held for a while: when it
  /// changes with no build running, a person writes it. When it only changes again in the next build, it is muted
  /// and named once.
  mutating func examineSelfWrite(_ path: String, at index: Int) -> SelfWrite {
    let id = services[index].id
    var changes = services[index].changes
    defer { services[index].changes = changes }
    let justEnded = changes.buildEnded.map { now.instant - $0 < .milliseconds(100) } ?? false
    var isBuilding = justEnded
    if case .running = services[index].build { isBuilding = true }
    if case .cancelling = services[index].build { isBuilding = true }
    guard isBuilding else {
      changes.selfWrites[path] = nil
      changes.suspects.remove(path)
      return .no
    }
    if changes.suspects.contains(path), case .running = services[index].build {
      changes.muted.insert(path)
      let notice = ConfigurationNotice(
        "\(path) is written by the build of \(id) itself and would build forever: it is ignored from now on. "
          + "Say so with ignore = [\"\(path)\"] under [service.\(id)].")
      return .proved(notice)
    }
    if changes.selfWrites[path, default: 0] < Self.selfWriteLimit || !changes.pending.contains(path) {
      changes.selfWrites[path, default: 0] += 1
    }
    return .no
  }

  /// Whether the build itself wrote a path that it is watched for.
  enum SelfWrite {
    case no
    case proved(ConfigurationNotice)
  }

  private func summary(of paths: [String]) -> String {
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
