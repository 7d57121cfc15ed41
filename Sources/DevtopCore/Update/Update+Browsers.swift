/// What open pages are told, and processes that reload by themselves.
extension AppState {
  /// Remembers what changed, until a run with it has the requests.
  mutating func pagesWillChange(_ paths: [String], at index: Int) {
    let change = PageChange(paths)
    services[index].pageChange = services[index].pageChange?.merged(with: change) ?? change
  }

  /// Tells open pages what the run that has the requests now changes.
  mutating func tellPages(at index: Int) -> [Effect] {
    let change = services[index].pageChange ?? .everything
    services[index].pageChange = nil
    guard services[index].spec.proxy.reloadsBrowsers else { return [] }
    return [.tellBrowsers(services[index].id, change.news)]
  }

  /// Lets the process that runs take a change by itself.
  mutating func reloadInPlace(_ kept: BuildRecord.KeptProcess, _ paths: [String], at index: Int) -> [Effect] {
    guard let run = services[index].process.run else { return [] }
    let id = services[index].id
    let cause = paths.isEmpty ? "" : " ← " + summary(of: paths)
    var effects: [Effect]
    let strategy: ReloadStrategy
    switch kept {
    case .unchangedBinary: return []
    case .signalled(let signal):
      strategy = .signal(signal)
      effects = [
        .signal(id, run, signal), .mark(id, run, "#\(run) reloads by \(signal.signalName)\(cause)", nil),
      ]
    case .leftAlone:
      strategy = .none
      effects = [.mark(id, run, "#\(run) goes on (reload = \"none\")\(cause)", nil)]
    }
    effects.append(.report(.reload(id, Reload(strategy, from: run, to: run), .ready)))
    pagesWillChange(paths, at: index)
    guard services[index].traffic == .routed(run) else { return effects }
    return effects + tellPages(at: index)
  }

  // MARK: What is wrong

  /// Tells the pages of each service what is wrong with it, where that is news.
  mutating func tellProblems() -> [Effect] {
    guard phase == .running else { return [] }
    return services.indices.flatMap { tellProblem(at: $0) }
  }

  mutating func tellProblem(at index: Int) -> [Effect] {
    let problem = services[index].problem
    guard problem != services[index].shownProblem else { return [] }
    services[index].shownProblem = problem
    return [.tellBrowsers(services[index].id, problem.map(BrowserNews.problem) ?? .mended)]
  }
}

extension ServiceState {
  /// How a change reaches the process that runs without another one; nil: another one is started.
  var reloadInPlace: BuildRecord.KeptProcess? {
    switch spec.reload.strategy {
    // A process that starts may not listen to the signal yet, and end by it.
    case .signal(let signal): process.satisfiesDemand ? .signalled(signal) : nil
    case .some(.none): process.isUp ? .leftAlone : nil
    case .swap, .hold, nil: nil
    }
  }

  /// What open pages are to show as wrong.
  fileprivate var problem: BrowserProblem? {
    guard spec.run != nil else { return nil }
    if case .failed(let run, let failure) = process, !isRed || run >= (lastBuild?.run ?? 0) {
      return crashProblem(run, failure)
    }
    if let lastBuild, case .failed(_, let reason) = lastBuild.result {
      let found = diagnosticsRun == lastBuild.run ? diagnostics : previousDiagnostics
      return BrowserProblem(
        title: "build #\(lastBuild.run) failed", diagnostics: found,
        output: reason.map { [$0] } ?? [])
    }
    switch process {
    // What was wrong is so until the next run shows that it is not.
    case .waiting, .starting, .stopping: return shownProblem
    case .none, .ready, .running, .stopped, .exited, .failed: return nil
    }
  }

  private func crashProblem(_ run: RunNumber, _ failure: ProcessPhase.Failure) -> BrowserProblem {
    let what = failure.status?.description ?? (olderServing == nil ? "cannot be started" : "never got ready")
    let rest = olderServing.map { ", run \($0.run) still serves" } ?? ""
    return BrowserProblem(
      title: "run \(run) \(what)\(rest)", diagnostics: crash.map { [$0] } ?? [],
      output: failure.reason.map { [$0] } ?? [], run: run)
  }
}

extension Int32 {
  /// The name of a signal number that programs reload by (signal(7), Linux x86-64 and arm64).
  fileprivate var signalName: String {
    switch self {
    case 1: "SIGHUP"
    case 2: "SIGINT"
    case 10: "SIGUSR1"
    case 12: "SIGUSR2"
    case 15: "SIGTERM"
    case 28: "SIGWINCH"
    default: "signal \(self)"
    }
  }
}
