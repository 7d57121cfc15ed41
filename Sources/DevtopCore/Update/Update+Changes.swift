extension AppState {
  /// Two batches closer than this are one burst.
  static let burstGap: Duration = .milliseconds(100)
  /// A batch with more paths than this is a burst of its own.
  static let burstSize = 20
  /// A burst is not awaited for longer than this.
  static let longestBurst: Duration = .seconds(2)

  /// What a batch of changed files leads to, service by service.
  mutating func filesChanged(_ batch: [FileChange]) -> [Effect] {
    guard phase == .running else { return [] }
    var outcomes = [FileEntry.Outcome?](repeating: nil, count: batch.count)
    var effects: [Effect] = []
    for index in services.indices where !services[index].isLeaving {
      var reaction = Reaction()
      for (position, change) in batch.enumerated() {
        guard let role = change.roles[services[index].id] else { continue }
        let outcome = judge(change, role, for: index, into: &reaction)
        outcomes[position] = outcomes[position].map { $0.merged(with: outcome) } ?? outcome
      }
      effects += react(reaction, at: index)
    }
    return record(batch, outcomes) + effects
  }

  /// What one service does about a batch.
  private struct Reaction {
    var request = BuildRequest()
    var restartPaths = PathList()
    var restarts: Bool { !restartPaths.isEmpty }
    var rules: Set<Int> = []
    var notices: [ConfigurationNotice] = []
  }

  private mutating func judge(
    _ change: FileChange, _ role: FileChange.Role, for index: Int, into reaction: inout Reaction
  ) -> FileEntry.Outcome {
    let id = services[index].id
    if case .ignored(let rule) = role { return .ignored(rule: rule) }
    if exports.contains(change.path) { return .ignored(rule: "written by devtop") }
    if isMuted(change, at: index) { return .ignored(rule: "written by the build of \(id)") }
    let isBuilt = role.isBuilt && !services[index].spec.build.isEmpty
    if isUnchanged(change, isBuilt: isBuilt, at: index) { return .unchanged }
    switch role {
    case .ignored(let rule): return .ignored(rule: rule)
    case .rule(let rule):
      // The rules of a configuration that has just been replaced.
      guard services[index].spec.watch.rules.indices.contains(rule) else { return .unchanged }
      if watch.isPaused {
        services[index].changes.rulesAfterPause[rule, default: PathList()].add(change.path)
        return .paused
      }
      reaction.rules.insert(rule)
      return .rule(name: services[index].spec.watch.rules[rule].name, of: id)
    case .restartOnly, .environment, .source, .asset:
      guard isBuilt else {
        reaction.restartPaths.add(change.path)
        return watch.isPaused ? .paused : .restart([id])
      }
      if let notice = examineSelfWrite(change, at: index) {
        reaction.notices.append(notice)
        return .ignored(rule: "written by the build of \(id)")
      }
      let isKnown =
        services[index].changes.pending.paths.contains(change.path)
        || reaction.request.paths.contains(change.path)
      reaction.request.paths.add(change.path)
      if role == .asset { reaction.request.needsRestart = true }
      // What waits for a person is not measured.
      if let saved = change.saved, !watch.isPaused { reaction.request.saved = saved }
      if watch.isPaused { return .paused }
      return isKnown ? .coalesced : .build([id: services[index].newestRun + 1])
    }
  }

  /// A save with the content that the newest started build saw builds nothing, unless that build failed or the
  /// service is down: then people save again to retry.
  ///
  /// What is not built is compared with the content before this change.
  private mutating func isUnchanged(_ change: FileChange, isBuilt: Bool, at index: Int) -> Bool {
    var before = change.oldContent
    if isBuilt {
      if let known = services[index].changes.baseline[change.path] {
        before = known
      } else {
        services[index].changes.baseline[change.path] = .some(change.oldContent)
      }
    }
    let service = services[index]
    guard service.spec.watch.comparesContent, let before, change.newContent == before else { return false }
    if service.isRed, service.build.run == nil { return false }
    guard service.spec.run != nil else { return true }
    switch service.process {
    case .starting, .ready, .running, .stopping, .waiting: return true
    case .exited(_, let status): return status.isSuccess
    case .none: return service.build != .idle
    case .stopped, .failed: return service.build.run != nil
    }
  }

  private mutating func react(_ reaction: Reaction, at index: Int) -> [Effect] {
    var effects: [Effect] = []
    for notice in reaction.notices { effects += warn(notice) }
    effects += runRules(reaction.rules, at: index)
    if !reaction.request.paths.isEmpty {
      var request = services[index].changes.pending.merged(with: reaction.request)
      request.needsRestart = request.needsRestart || reaction.restarts
      services[index].changes.pending = request
      if reaction.restarts { pagesWillChange(reaction.restartPaths.all, at: index) }
      return effects + (watch.isPaused ? [] : schedule(reaction.request.paths.count, at: index))
    }
    guard reaction.restarts else { return effects }
    if !watch.isPaused, services[index].build.run != nil {
      services[index].changes.building.needsRestart = true
      pagesWillChange(reaction.restartPaths.all, at: index)
      return effects
    }
    services[index].changes.restartPaths = services[index].changes.restartPaths.adding(reaction.restartPaths)
    if watch.isPaused {
      return effects
    } else if services[index].spec.build.isEmpty {
      effects += schedule(1, at: index)
    } else {
      effects += restartForChange(at: index)
    }
    return effects
  }

  /// Runs rules of the service, each after its delay.
  func runRules(_ rules: some Sequence<Int>, at index: Int) -> [Effect] {
    let service = services[index]
    return rules.sorted().filter(service.spec.watch.rules.indices.contains).map {
      .setTimer(.rule(service.id, $0), after: service.spec.watch.rules[$0].delay)
    }
  }

  mutating func restartForChange(at index: Int) -> [Effect] {
    guard services[index].isWanted, services[index].spec.run != nil,
      services[index].spec.build.isEmpty || services[index].builtRun > 0
    else {
      services[index].changes.restartPaths = PathList()
      return []
    }
    services[index].crash = nil
    services[index].backoff = Backoff()
    if let kept = services[index].reloadInPlace {
      let causes = services[index].changes.restartPaths
      services[index].changes.restartPaths = PathList()
      pausedRowsAreRestarted(services[index].id, causes)
      return reloadInPlace(kept, causes.all, at: index)
    }
    return restart(at: index)
  }

  /// Decides when a changed service is built or restarted: at once, or when a burst or `delay` has passed.
  private mutating func schedule(_ count: Int, at index: Int) -> [Effect] {
    let id = services[index].id
    var changes = services[index].changes
    let continues = changes.lastBatch.map { now.instant - $0 < Self.burstGap } ?? false
    changes.burst = (continues ? changes.burst : 0) + count
    if !continues { changes.burstStart = now.instant }
    changes.lastBatch = now.instant
    let burstTooLong = changes.burstStart.map { now.instant - $0 > Self.longestBurst } ?? false
    var wait: Duration?
    if let delay = services[index].spec.watch.delay, delay > .zero {
      wait = delay
    } else if (continues || count > Self.burstSize) && !burstTooLong {
      wait = .milliseconds(50 + min(250, changes.burst / 4))
    }
    changes.settlesAt = wait.map { now.instant + $0 }
    services[index].changes = changes

    var effects: [Effect] = wait.map { [.setTimer(.settle(id), after: $0)] } ?? []
    switch services[index].build {
    case .idle, .settling:
      if wait == nil { return react(at: index) }
      services[index].build = .settling
    case .running: effects += cancelForChange(at: index)
    case .cancelling(let run, let since, _):
      services[index].build = .cancelling(run, since: since, rebuilds: true)
    }
    return effects
  }

  /// The quiet time of a burst or of `delay` has passed.
  mutating func settled(_ id: ServiceID) -> [Effect] {
    guard let index = index(of: id) else { return [] }
    services[index].changes.settlesAt = nil
    guard case .settling = services[index].build else { return [] }
    services[index].build = .idle
    // Paused meanwhile: what changed waits for t.
    if watch.isPaused, !services[index].changes.buildsInPause { return [] }
    return react(at: index)
  }

  /// Builds a changed service, or restarts it where there is nothing to build.
  private mutating func react(at index: Int) -> [Effect] {
    services[index].spec.build.isEmpty ? restartForChange(at: index) : startBuild(at: index)
  }

  /// Rows of the Files pane and one report for each result.
  private mutating func record(_ batch: [FileChange], _ outcomes: [FileEntry.Outcome?]) -> [Effect] {
    var groups: [(key: ReportKey, paths: [String])] = []
    for (change, outcome) in zip(batch, outcomes) {
      guard let outcome else { continue }
      let entry = FileEntry(
        time: now.wall, path: change.path, kind: change.kind, count: change.count, outcome: outcome)
      if case .ignored = outcome, EditorFile.isTemporary(change.path) {
        // Told, but no row: it is gone with the save.
      } else if case .ignored = outcome, let first = files.first, first.path == entry.path,
        first.outcome == outcome
      {
        files[0].count += change.count
        files[0].time = now.wall
      } else {
        files.insert(entry, at: 0)
        if screen.files.selected > 0 { screen.files.selected += 1 }
      }
      if watch.isPaused, outcome == .paused { watch.changedWhilePaused += 1 }
      let key = ReportKey(outcome)
      if let known = groups.firstIndex(where: { $0.key == key }) {
        groups[known].paths.append(change.path)
      } else {
        groups.append((key, [change.path]))
      }
    }
    if files.count > Self.fileEntryLimit { files.removeLast(files.count - Self.fileEntryLimit) }
    return groups.map {
      .report(
        .filesChanged(paths: $0.paths, result: $0.key.result, services: $0.key.services, rule: $0.key.rule))
    }
  }

  private struct ReportKey: Equatable {
    var result: Report.ChangeResult
    var services: [ServiceID] = []
    var rule: String?

    init(_ outcome: FileEntry.Outcome) {
      switch outcome {
      case .build(let runs):
        result = .build
        services = runs.keys.sorted()
      case .restart(let ids):
        result = .restart
        services = ids
      case .ignored(let rule):
        result = .ignored
        self.rule = rule
      case .unchanged: result = .unchanged
      case .coalesced: result = .coalesced
      case .paused: result = .paused
      case .rule(let name, let id):
        result = .build
        services = [id]
        rule = name
      }
    }
  }
}

extension FileEntry.Outcome {
  /// The outcome to tell where two services react differently: the one that does more.
  fileprivate func merged(with other: FileEntry.Outcome) -> FileEntry.Outcome {
    switch (self, other) {
    case (.build(let mine), .build(let theirs)): .build(mine.merging(theirs) { $1 })
    case (.restart(let mine), .restart(let theirs)): .restart(mine + theirs)
    default: rank <= other.rank ? self : other
    }
  }

  private var rank: Int {
    switch self {
    case .build: 0
    case .restart: 1
    case .rule: 2
    case .paused: 3
    case .coalesced: 4
    case .unchanged: 5
    case .ignored: 6
    }
  }
}

extension FileChange.Role {
  /// Whether a build is what follows, where the service has one.
  fileprivate var isBuilt: Bool {
    switch self {
    case .source, .asset: true
    case .restartOnly, .environment, .rule, .ignored: false
    }
  }
}
