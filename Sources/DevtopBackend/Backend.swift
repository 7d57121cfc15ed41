package import DevtopCore
package import DevtopLogs
package import DevtopSupervisor
import DevtopProxy
import DevtopWatcher

/// Everything behind the core: watches, builds, runs and samples; tells what happens as events.
///
/// All of it is done on one thread of its own, so that neither the screen nor a child ever waits for the other.
package final class Backend: @unchecked Sendable {
  // Sendable: what changes is only touched on `thread`, or is a `Locked`.
  private let thread = WorkThread()
  private let workshop: Workshop
  private let builder: Builder
  private let gateway: Gateway
  private let services: ServiceRunner
  private let sampler: Sampler
  private let cleanUp: CleanUp
  private let plan: Locked<WatchPlan>
  private let readConfiguration: @Sendable () -> Result<Configuration, ConfigurationRejection>
  private let onThemeChange: @Sendable () -> Void
  private let keptFilters: KeptFilters
  private let watcher = Locked<Watcher?>(nil)
  /// What is watched for.
  private var configuration: Configuration
  private var themeFile: String?

  /// Begins to watch and to supervise; nothing is built or started before it is asked for.
  ///
  /// - Parameters:
  ///   - configuration: what is watched from the start.
  ///   - logs: where builds and services print to.
  ///   - handles: as the launcher or `SupervisorHandles.startGuard()` gave them.
  ///   - environment: devtop's own, which services inherit.
  ///   - readConfiguration: reads the configuration anew when one of its files changed.
  ///   - onThemeChange: called when the file of `watchTheme(file:)` has changed.
  ///   - send: takes events on any thread and must not block.
  /// - Throws: `SupervisorError.cannotStart` when the supervisor's threads cannot be made.
  package init(
    _ configuration: Configuration, logs: LogStore, handles: SupervisorHandles, environment: [String: String],
    readConfiguration: @escaping @Sendable () -> Result<Configuration, ConfigurationRejection>,
    onThemeChange: @escaping @Sendable () -> Void = {},
    send: @escaping @Sendable (Event) -> Void
  ) throws(SupervisorError) {
    let processes = try ProcessTable(handles, thread: thread) { event in
      switch event {
      case .launcherLost: send(.signalled(1))
      case .straggler, .guardReplaced, .guardLost:
        if let text = Self.sentence(event) { send(.warned(ConfigurationNotice(text))) }
      case .exited, .treeEnded, .port: break
      }
    }
    workshop = Workshop(
      thread: thread, processes: processes, logs: logs, send: send, environment: environment,
      terminalSize: Locked(Size(columns: 120, rows: 40)))
    let binaries = Binaries()
    builder = Builder(workshop, binaries)
    gateway = Gateway(workshop, project: configuration.root)
    services = ServiceRunner(workshop, binaries, gateway)
    sampler = Sampler(workshop)
    cleanUp = CleanUp(workshop)
    keptFilters = KeptFilters(project: configuration.root, environment: environment)
    plan = Locked(WatchPlan(configuration))
    self.configuration = configuration
    self.readConfiguration = readConfiguration
    self.onThemeChange = onThemeChange
    let hasWarned = Locked(false)
    logs.onRequests {
      send(.requests($0))
    } onRoutes: { service, run, routes in
      send(.routes(service, run, routes))
    } onLoss: { lines in
      let isFirst = hasWarned.withLock { hasWarned in
        defer { hasWarned = true }
        return !hasWarned
      }
      guard isFirst else { return }
      send(
        .warned(
          ConfigurationNotice(
            "log lines come faster than they can be searched for requests: \(lines) were not, and Requests is incomplete"
          )))
    }
    thread.run { [self] in
      workshop.processes.onPortReleased = { [gateway] in gateway.released($1, of: ServiceID($0)) }
      gateway.configure(configuration)
    }
    writeLogs(configuration)
    logs.setFormats(configuration.lineFormats)
    let filters = keptFilters.read()
    if !filters.isEmpty { send(.filtersRead(filters)) }
    startWatching(configuration)
  }

  private func writeLogs(_ configuration: Configuration) {
    let send = workshop.send
    workshop.logs.setFiles(configuration.logFiles) { send(.warned(ConfigurationNotice("log_dir: \($0)"))) }
  }

  /// Does what `update` asked for; returns at once.
  package func perform(_ effect: Effect, _ configuration: Configuration) {
    thread.run { [self] in perform(effect, with: configuration) }
  }

  /// Types into the terminal of a run.
  package func write(_ bytes: [UInt8], toTerminalOf service: ServiceID, run: RunNumber) {
    thread.run { [self] in services.write(bytes, to: service, run: run) }
  }

  /// Gives the services' terminals another size.
  package func resizeTerminals(_ size: Size) {
    workshop.terminalSize.withLock { $0 = size }
    workshop.logs.setTerminalSize(size)
    thread.run { [self] in services.resize(columns: size.columns, rows: size.rows) }
  }

  /// Takes the exit status of what a program started from devtop, such as an editor, has left behind.
  package func reapStrays() { workshop.processes.supervisor.reapStrays(except: []) }

  /// Watches the file of the theme in use from now on; nil: none.
  package func watchTheme(file: String?) {
    thread.run { [self] in
      guard themeFile != file else { return }
      themeFile = file
      updateWatching(configuration)
    }
  }

  /// Ends the watcher, whatever still runs, and the guard, then removes what the services want removed; blocks for
  /// 2 s at most, beside the removal.
  ///
  /// - Returns: a sentence for each path that could not be removed.
  package func shutdown(_ configuration: Configuration) -> [String] {
    let watcher = watcher.withLock { watcher in
      defer { watcher = nil }
      return watcher
    }
    watcher?.stop()
    gateway.shutdown()
    workshop.processes.supervisor.shutdown()
    thread.stop()
    workshop.logs.setFiles(nil) { _ in }
    return ExitRemoval.remove(configuration.services.flatMap(\.removeOnExit), root: configuration.root)
  }

  // MARK: Watching

  private func startWatching(_ configuration: Configuration) {
    let poll: DevtopWatcher.PollMode =
      switch configuration.poll {
      case .automatic: .automatic
      case .always: .always(interval: configuration.pollInterval)
      case .never: .never
      }
    let (plan, send, thread, onThemeChange) = (plan, workshop.send, thread, onThemeChange)
    let sets = plan.withLock { $0.sets }
    let started = Watcher(sets: sets, poll: poll) { [weak self] event in
      switch event {
      case .ready(let summary):
        send(
          .watchReady(
            DevtopCore.WatchSummary(
              files: summary.files, directories: summary.directories, backend: summary.backend.rawValue,
              duration: summary.duration)))
      case .changes(let batch):
        let news = plan.withLock { $0 }.translate(batch)
        if !news.changes.isEmpty { send(.filesChanged(news.changes)) }
        if news.themeChanged { onThemeChange() }
        if news.configurationChanged { thread.run { [weak self] in self?.rereadConfiguration() } }
      case .warning(let warning): send(.warned(ConfigurationNotice("\(warning)")))
      case .rescanned: break
      }
    }
    watcher.withLock { $0 = started }
  }

  private func updateWatching(_ new: Configuration) {
    let changed = WatchPlan(new, themeFile: themeFile)
    plan.withLock { $0 = changed }
    let pollsAnew = configuration.poll != new.poll || configuration.pollInterval != new.pollInterval
    configuration = new
    guard let old = watcher.withLock({ $0 }) else { return }
    if pollsAnew {
      old.stop()
      startWatching(new)
    } else {
      old.update(sets: changed.sets)
    }
  }

  private func rereadConfiguration() {
    switch readConfiguration() {
    case .success(let configuration): workshop.send(.configurationChanged(configuration))
    case .failure(let rejection): workshop.send(.configurationRejected(rejection.problems))
    }
  }

  // MARK: Effects

  private func perform(_ effect: Effect, with configuration: Configuration) {
    func spec(_ id: ServiceID) -> ServiceSpec? { configuration.services.first { $0.id == id } }
    switch effect {
    case .build(let id, let run, let clean):
      guard let spec = spec(id) else {
        let reason = "\(id) is not in the configuration any more"
        return workshop.send(.buildFinished(id, run, BuildOutcome(.failed(status: nil, reason: reason))))
      }
      builder.start(spec, run: run, clean: clean)
    case .cancelBuild(let id, let run): builder.cancel(id, run: run)
    case .start(let id, let run):
      guard let spec = spec(id) else {
        return workshop.send(.startFailed(id, run, "it is not in the configuration any more"))
      }
      services.start(spec, run: run)
    case .stop(let id, let run, let policy): services.stop(id, run: run, policy)
    case .runRule(let id, let index):
      guard let spec = spec(id), spec.watch.rules.indices.contains(index) else { return }
      _ = workshop.runOnce(spec.watch.rules[index].command, for: spec)
    case .cleanUp(let id):
      guard let spec = spec(id) else { return workshop.send(.cleanedUp(id)) }
      cleanUp.run(spec)
    case .endHolder(let id, let pid, let port): HolderLookup.end(pid, port: port, for: id, workshop.send)
    case .sample(let interval): sampler.sample(every: interval) { [services] in services.processes }
    case .applyConfiguration(let new):
      updateWatching(new)
      gateway.configure(new)
      workshop.logs.setCapacity(new.logMemoryInBytes)
      writeLogs(new)
      workshop.logs.setFormats(new.lineFormats)
    case .keepFilters(let filters):
      if let problem = keptFilters.write(filters) { workshop.send(.warned(ConfigurationNotice(problem))) }
    case .route(let id, let run): gateway.route(id, to: run)
    case .hold(let id, let limits): gateway.proxy.hold(id, limits)
    case .refuse(let id): gateway.proxy.refuse(id)
    case .drain(let id, let run, let time, let isBeforeStop):
      gateway.proxy.drain(id, run, within: time, isBeforeStop: isBeforeStop)
    case .releasePorts(let id): gateway.releasePorts(of: id)
    case .tellBrowsers(let id, let news):
      let directory = spec(id)?.directory ?? configuration.root
      gateway.proxy.tellBrowsers(id, news.completed(by: services.lastWords[id]).framed(in: directory))
    case .signal(let id, let run, let number): services.signal(id, run: run, number)
    case .replay(let sample): gateway.proxy.replay(sample)
    case .setFault(let id, let isOn): gateway.proxy.setFault(id, isOn: isOn)
    case .setTimer, .cancelTimer, .report, .mark, .logs, .holdTerminal, .type, .open, .copy, .nextTheme,
      .suspend, .redraw, .exit:
      break
    }
  }

  private static func sentence(_ event: SupervisorEvent) -> String? {
    switch event {
    case .straggler(_, let pid, let user, .refusedSignal):
      "process \(pid) of user \(user) refuses to be ended (it runs as another user): sudo kill \(pid)"
    case .straggler(_, let pid, _, .unkillable): "process \(pid) waits in the kernel and cannot be ended yet"
    case .guardReplaced: "the guard process was killed; a new one took over, services went on"
    case .guardLost(let reason): "the guard process ended: \(reason)"
    case .exited, .treeEnded, .port, .launcherLost: nil
    }
  }
}

/// Why a configuration was not taken.
package struct ConfigurationRejection: Error, Equatable, Sendable {
  package var problems: [ConfigurationNotice]

  package init(problems: [ConfigurationNotice]) { self.problems = problems }
}
