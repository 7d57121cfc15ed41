/// Everything known of one service.
package struct ServiceState: Equatable, Sendable {
  package var spec: ServiceSpec
  /// The newest run number given out; 0 before the first.
  package var newestRun: RunNumber = 0
  package var build: BuildPhase = .idle
  package var process: ProcessPhase = .none
  /// Whether the person wants it up; `x` sets it to false.
  package var isWanted = true
  /// The newest successful build's run, which a start runs; 0: none, or a service without a build.
  package var builtRun: RunNumber = 0
  /// The run of the process that has not wholly ended, also when its main process did.
  package var liveRun: RunNumber?
  /// Runs beside that one, oldest first; at most one serves.
  package var older: [OlderRun] = []
  /// Where the live run listens, with devtop in front.
  package var ports: [TakenPort] = []
  /// Where devtop listens for the service, as far as was told.
  package var publicAddresses: [SocketAddress] = []
  package var portFallback: PortFallback?
  package var traffic: Traffic = .unrouted
  package var proxyLoad = ProxyLoad()
  /// Whether the proxy makes the trouble that is configured (`fault`).
  package var isFaultOn = false
  /// The reload that is under way, with requests that depend on it.
  package var reload: Reload?
  package var reloadLesson: ReloadLesson = .nothing
  /// The run that is stopped once the requests that it has begun with are answered; further ones wait.
  package var drainsBeforeStop: RunNumber?
  /// What open pages are to be told once a run has the requests.
  package var pageChange: PageChange?
  /// What open pages show as wrong.
  package var shownProblem: BrowserProblem?
  /// Finished builds, newest first, at most `historyLength`.
  package var history: [BuildRecord] = []
  /// Of the build that finished last, or of the one that runs once it has found anything.
  package var diagnostics: [Diagnostic] = []
  /// Of the build before.
  package var previousDiagnostics: [Diagnostic] = []
  /// The build that `diagnostics` are of.
  package var diagnosticsRun: RunNumber = 0
  /// The crash that ended the last process, where its report was located in the project.
  package var crash: Diagnostic?
  package var portHolder: PortHolder?
  /// Why the last start failed, as the notices say it.
  package var startFailure: ConfigurationNotice?
  /// What is wrong with its env files, as shown.
  package var environmentNotices: [ConfigurationNotice] = []
  /// That it waits in vain, as shown.
  package var waitNotice: ConfigurationNotice?
  package var changes = ChangeTracking()
  package var backoff = Backoff()
  package var sample: ProcessSample?
  package var sampledAt: Instant?
  /// Share of one core over the last sampling interval, in per cent.
  package var cpuPercent: Double?
  package var leaks = LeakWatch()
  /// The configuration no longer names it; it goes when its last process has ended.
  package var isLeaving = false

  package static let historyLength = 20

  package init(spec: ServiceSpec) { self.spec = spec }

  package var id: ServiceID { spec.id }

  /// The last build that ran to its end.
  package var lastBuild: BuildRecord? { history.first }

  /// Whether others that depend on it may start: it is up, or did what it had to do.
  ///
  /// A process without a listener that is never restarted is a one-shot: it is waited for to its end.
  package var satisfiesDependents: Bool {
    if olderServing != nil { return true }
    guard spec.run != nil else { return builtRun > 0 }
    if case .running = process, spec.restart == .never { return false }
    return process.satisfiesDependents
  }

  /// The older run that has the requests until the newest one is ready.
  package var olderServing: OlderRun? { older.first { $0.duty == .serving } }

  /// The run that does the work of the service now, or is on its way to.
  package var servingRun: RunNumber? { olderServing?.run ?? (process.isUp ? process.run : nil) }

  /// The port of that run.
  package var servingPort: UInt16? { olderServing?.port ?? process.port }

  /// The process to look at: the newest run's, else that of the one that serves.
  package var shownPID: Int32? { process.pid ?? olderServing?.pid }

  /// Whether a process of any run is left.
  package var isAlive: Bool { liveRun != nil || !older.isEmpty }

  /// What stands between the service and its ports at present.
  package var portMode: PortMode { portFallback?.mode ?? spec.ports.mode }

  /// Whether devtop stands in front of it, so that requests can wait.
  package var isFronted: Bool {
    switch portMode {
    case .takeover: !publicAddresses.isEmpty
    case .environment, .handoff, .off: true
    }
  }

  /// Whether the newest finished build failed.
  package var isRed: Bool {
    if case .failed = lastBuild?.result { return true }
    return false
  }
}

/// What the builder does for a service.
package enum BuildPhase: Equatable, Sendable {
  case idle
  /// A change was seen; more are awaited for a moment.
  case settling
  case running(RunNumber, since: Moment)
  /// The run was cancelled and its tree is being ended; the next build starts when it is gone.
  ///
  /// `rebuilds` is false where a person cancelled it.
  case cancelling(RunNumber, since: Moment, rebuilds: Bool)

  package var run: RunNumber? {
    switch self {
    case .idle, .settling: nil
    case .running(let run, _), .cancelling(let run, _, _): run
    }
  }
}

/// What a service's process does.
package enum ProcessPhase: Equatable, Sendable {
  /// Never started.
  case none
  /// Waits for the services that it depends on.
  case waiting(RunNumber, on: [ServiceID])
  /// Started (pid known) or being started; not ready yet.
  case starting(RunNumber, pid: Int32?, since: Moment)
  case ready(RunNumber, pid: Int32, port: UInt16?, since: Moment)
  /// Up, without a listener to be ready by.
  case running(RunNumber, pid: Int32, since: Moment)
  case stopping(RunNumber, pid: Int32?, since: Moment, then: AfterStop)
  /// Ended because it was asked to.
  case stopped(RunNumber)
  /// Ended by itself with success, or as its policy expects.
  case exited(RunNumber, ExitStatus)
  /// Ended with failure, could not be started, or waits for its next restart.
  case failed(RunNumber, Failure)

  /// What follows a stop.
  package enum AfterStop: Equatable, Sendable {
    case nothing
    /// Start this run.
    case start(RunNumber)
  }

  package struct Failure: Equatable, Sendable {
    /// Nil where nothing was started.
    package var status: ExitStatus?
    /// Why nothing was started.
    package var reason: String?
    /// The restart that is due, where one is.
    package var restart: PendingRestart?

    package init(status: ExitStatus? = nil, reason: String? = nil, restart: PendingRestart? = nil) {
      self.status = status
      self.reason = reason
      self.restart = restart
    }
  }

  package struct PendingRestart: Equatable, Sendable {
    /// From 1.
    package var attempt: Int
    package var delay: Duration
    package var due: Instant

    package init(attempt: Int, delay: Duration, due: Instant) {
      self.attempt = attempt
      self.delay = delay
      self.due = due
    }
  }

  package var run: RunNumber? {
    switch self {
    case .none: nil
    case .waiting(let run, _), .starting(let run, _, _), .ready(let run, _, _, _), .running(let run, _, _),
      .stopping(let run, _, _, _), .stopped(let run), .exited(let run, _), .failed(let run, _):
      run
    }
  }

  package var pid: Int32? {
    switch self {
    case .starting(_, let pid, _), .stopping(_, let pid, _, _): pid
    case .ready(_, let pid, _, _), .running(_, let pid, _): pid
    case .none, .waiting, .stopped, .exited, .failed: nil
    }
  }

  package var port: UInt16? {
    if case .ready(_, _, let port, _) = self { port } else { nil }
  }

  /// Whether a process serves or is on its way to.
  package var isUp: Bool {
    switch self {
    case .starting, .ready, .running: true
    case .none, .waiting, .stopping, .stopped, .exited, .failed: false
    }
  }

  /// Whether a process is up and does what it is for, as far as is known.
  package var satisfiesDemand: Bool {
    switch self {
    case .ready, .running: true
    case .none, .waiting, .starting, .stopping, .stopped, .exited, .failed: false
    }
  }

  /// Whether it is up, or ended with success as a one-shot does.
  fileprivate var satisfiesDependents: Bool {
    switch self {
    case .ready, .running: true
    case .exited(_, let status): status.isSuccess
    case .none, .waiting, .starting, .stopping, .stopped, .failed: false
    }
  }

  package var name: Report.StateName {
    switch self {
    case .none, .waiting: .waiting
    case .starting: .starting
    case .ready: .ready
    case .running: .running
    case .stopping: .stopping
    case .stopped: .stopped
    case .exited: .exited
    case .failed(_, let failure): failure.status?.isSuccess == true ? .exited : .failed
    }
  }
}

/// One finished build.
package struct BuildRecord: Equatable, Sendable {
  /// Why a build started no process although one could be.
  package enum KeptProcess: Hashable, Sendable {
    case unchangedBinary
    /// It was sent this signal and reloads by itself.
    case signalled(Int32)
    /// `reload = "none"`.
    case leftAlone
  }

  package var run: RunNumber
  package var result: BuildOutcome.Result
  package var started: WallTime
  package var duration: Duration
  package var errors: Int
  package var warnings: Int
  /// The files that led to it, at most a few.
  package var causes: [String]
  /// Why the process that ran went on, where it did.
  package var keptProcess: KeptProcess?
  /// From the save to the start of the build, from the end of the build to the process's start, and from there
  /// to readiness; nil where it has not happened.
  package var detection: Duration?
  package var start: Duration?
  package var readiness: Duration?
  /// How many of its diagnostics the build before did not have, and how many of that one's are gone.
  package var newDiagnostics = 0
  package var fixedDiagnostics = 0

  package init(
    run: RunNumber, result: BuildOutcome.Result, started: WallTime, duration: Duration, errors: Int = 0,
    warnings: Int = 0, causes: [String] = []
  ) {
    self.run = run
    self.result = result
    self.started = started
    self.duration = duration
    self.errors = errors
    self.warnings = warnings
    self.causes = causes
  }
}
