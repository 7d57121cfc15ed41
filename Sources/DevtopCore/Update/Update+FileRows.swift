extension AppState {
  /// Rows that waited for a paused watch say which build has taken them.
  mutating func pausedRowsAreBuilt(by run: RunNumber, of id: ServiceID, _ paths: PathList) {
    for row in files.indices where files[row].outcome == .paused && paths.contains(files[row].path) {
      files[row].outcome = .build([id: run])
    }
  }

  /// The same for what only restarts a service.
  mutating func pausedRowsAreRestarted(_ id: ServiceID, _ paths: PathList) {
    for row in files.indices where paths.contains(files[row].path) {
      switch files[row].outcome {
      case .paused: files[row].outcome = .restart([id])
      case .build, .restart, .ignored, .unchanged, .coalesced, .rule: break
      }
    }
  }

  /// Runs the watch rules of what changed while watching was paused.
  mutating func runPausedRules() -> (effects: [Effect], names: [String]) {
    var effects: [Effect] = []
    var names: [String] = []
    for index in present {
      let waiting = services[index].changes.rulesAfterPause
      services[index].changes.rulesAfterPause = [:]
      let rules = services[index].spec.watch.rules
      for (rule, paths) in waiting.sorted(by: { $0.key < $1.key }) where rules.indices.contains(rule) {
        names.append(rules[rule].name)
        for row in files.indices where files[row].outcome == .paused && paths.contains(files[row].path) {
          files[row].outcome = .rule(name: rules[rule].name, of: services[index].id)
        }
      }
      effects += runRules(waiting.keys, at: index)
    }
    return (effects, names)
  }

  /// What a paused watch holds back: builds and restarts.
  var hasPausedWork: Bool {
    present.contains {
      !services[$0].changes.pending.paths.isEmpty || !services[$0].changes.restartPaths.isEmpty
    }
  }

  /// `t`: builds what changed while watching was paused, restarts what only needs that, and runs watch rules.
  mutating func buildPending() -> [Effect] {
    let (rules, names) = runPausedRules()
    guard hasPausedWork || !names.isEmpty else { return say("nothing changed meanwhile") }
    watch.changedWhilePaused = 0
    let rows = files.indices.filter { files[$0].outcome == .paused }
    var done = PendingWork(rules: names)
    let effects = present.flatMap { buildPending(at: $0, into: &done) }
    for row in rows {
      if let outcome = done.outcome(of: files[row].path) { files[row].outcome = outcome }
    }
    return rules + effects + say(done.sentence + (watch.isPaused ? "; watching is paused still" : ""))
  }

  private mutating func buildPending(at index: Int, into done: inout PendingWork) -> [Effect] {
    let id = services[index].id
    let paths = services[index].changes.pending.paths
    if !paths.isEmpty {
      if !services[index].changes.restartPaths.isEmpty { services[index].changes.pending.needsRestart = true }
      let build = requestBuild(at: index)
      // A build that must be cancelled first has its number still.
      let isStarted = services[index].changes.pending.paths.isEmpty
      done.built.append((id, services[index].newestRun + (isStarted ? 0 : 1), paths))
      return build
    }
    let restarting = services[index].changes.restartPaths
    guard !restarting.isEmpty else { return [] }
    guard services[index].isWanted else {
      services[index].changes.restartPaths = PathList()
      return []
    }
    done.restarted.append((id, restarting))
    return restartForChange(at: index)
  }

  /// What `t` has begun.
  private struct PendingWork {
    var built: [(id: ServiceID, run: RunNumber, paths: PathList)] = []
    var restarted: [(id: ServiceID, paths: PathList)] = []
    var rules: [String]

    init(rules: [String]) { self.rules = rules }

    /// What became of a change that waited.
    func outcome(of path: String) -> FileEntry.Outcome? {
      let runs = built.filter { $0.paths.contains(path) }
      if !runs.isEmpty { return .build(Dictionary(runs.map { ($0.id, $0.run) }) { $1 }) }
      let ids = restarted.filter { $0.paths.contains(path) }.map(\.id)
      return ids.isEmpty ? nil : .restart(ids)
    }

    var sentence: String {
      var parts: [String] = []
      if !built.isEmpty { parts.append("building \(ServiceID.sentence(built.map(\.id)))") }
      if !restarted.isEmpty { parts.append("restarting \(ServiceID.sentence(restarted.map(\.id)))") }
      if !rules.isEmpty { parts.append("running \(rules.joined(separator: ", "))") }
      return parts.isEmpty ? "nothing is to be started" : parts.joined(separator: "; ")
    }
  }
}
