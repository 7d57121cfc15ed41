extension AppState {
  /// Rows that waited for a paused watch say which build has taken them.
  mutating func pausedRowsAreBuilt(by run: RunNumber, of id: ServiceID, _ paths: PathList) {
    for row in files.indices where files[row].outcome == .paused && paths.contains(files[row].path) {
      files[row].outcome = .build([id: run])
    }
  }

  /// The same for what only restarts a service: rows that no build waits for.
  mutating func pausedRowsAreRestarted(_ id: ServiceID) {
    let pending = services.map(\.changes.pending.paths)
    for row in files.indices where files[row].outcome == .paused {
      if !pending.contains(where: { $0.contains(files[row].path) }) { files[row].outcome = .restart([id]) }
    }
  }

  /// `t`: builds what changed while watching was paused, restarts what only needs that, and runs watch rules.
  mutating func buildPending() -> [Effect] {
    let waiting = present.filter {
      !services[$0].changes.pending.paths.isEmpty || services[$0].changes.restartsAfterPause
        || !services[$0].changes.rulesAfterPause.isEmpty
    }
    guard !waiting.isEmpty else { return say("nothing changed meanwhile") }
    watch.changedWhilePaused = 0
    let rows = files.indices.filter { files[$0].outcome == .paused }
    var done = PendingWork()
    let effects = waiting.flatMap { buildPending(at: $0, into: &done) }
    for row in rows {
      if let outcome = done.outcome(of: files[row].path) { files[row].outcome = outcome }
    }
    return effects + say(done.sentence + (watch.isPaused ? "; watching is paused still" : ""))
  }

  private mutating func buildPending(at index: Int, into done: inout PendingWork) -> [Effect] {
    let id = services[index].id
    let rules = services[index].changes.rulesAfterPause
    services[index].changes.rulesAfterPause = []
    let names = rules.sorted().filter(services[index].spec.watch.rules.indices.contains)
    done.rules += names.map { (id, services[index].spec.watch.rules[$0].name) }
    let effects = runRules(rules, at: index)
    let paths = services[index].changes.pending.paths
    if !paths.isEmpty {
      if services[index].changes.restartsAfterPause { services[index].changes.pending.needsRestart = true }
      let build = requestBuild(at: index)
      // A build that must be cancelled first has its number still.
      let isStarted = services[index].changes.pending.paths.isEmpty
      done.built.append((id, services[index].newestRun + (isStarted ? 0 : 1), paths))
      return effects + build
    }
    guard services[index].changes.restartsAfterPause else { return effects }
    services[index].changes.restartsAfterPause = false
    guard services[index].isWanted else { return effects }
    done.restarted.append(id)
    return effects + restart(at: index)
  }

  /// What `t` has begun.
  private struct PendingWork {
    var built: [(id: ServiceID, run: RunNumber, paths: PathList)] = []
    var restarted: [ServiceID] = []
    var rules: [(id: ServiceID, name: String)] = []

    /// What became of a change that waited.
    func outcome(of path: String) -> FileEntry.Outcome? {
      let runs = built.filter { $0.paths.contains(path) }
      if !runs.isEmpty { return .build(Dictionary(runs.map { ($0.id, $0.run) }) { $1 }) }
      if !restarted.isEmpty { return .restart(restarted) }
      return rules.first.map { .rule(name: rules.map(\.name).joined(separator: ", "), of: $0.id) }
    }

    var sentence: String {
      var parts: [String] = []
      if !built.isEmpty { parts.append("building \(ServiceID.sentence(built.map(\.id)))") }
      if !restarted.isEmpty { parts.append("restarting \(ServiceID.sentence(restarted))") }
      if !rules.isEmpty { parts.append("running \(rules.map(\.name).joined(separator: ", "))") }
      return parts.isEmpty ? "nothing is to be started" : parts.joined(separator: "; ")
    }
  }
}
