package import DevtopCore
package import DevtopLogs
package import DevtopSupervisor
import DevtopWatcher

/// Everything behind the core: watches, builds, runs and samples; tells what happens as events.
///
/// All of it is done on one thread of its own, so that neither the screen nor a child ever waits for the other.
package final class Backend: @unchecked Sendable {
  // Sendable: what changes is only touched on `thread`, or is a `Locked`.
  private let thread = WorkThread()
  private let workshop: Workshop
  private let builder: Builder
  private let services: ServiceRunner
  private let sampler: Sampler
  private let plan: Locked<WatchPlan>
  private let readConfiguration: @Sendable () -> Result<Configuration, ConfigurationRejection>
  private var watcher: Watcher?
  private var commands = 0

  /// Begins to watch and to supervise; nothing is built or started before it is asked for.
  ///
  /// - Parameters:
  ///   - handles: as the launcher or `SupervisorHandles.startGuard()` gave them.
  ///   - environment: devtop's own, which services inherit.
  ///   - readConfiguration: reads the configuration anew when one of its files changed.
  ///   - send: takes events on any thread and must not block.
  /// - Throws: `SupervisorError.cannotStart` when the supervisor's threads cannot be made.
  package init(
    _ configuration: Configuration, logs: LogStore, handles: SupervisorHandles, environment: [String: String],
    readConfiguration: @escaping @Sendable () -> Result<Configuration, ConfigurationRejection>,
    send: @escaping @Sendable (Event) -> Void
  ) throws(SupervisorError) {
    let processes = try ProcessTable(handles, thread: thread) { event in
      switch event {
      case .launcherLost: send(.signalled(1))
      case .straggler, .guardReplaced, .guardLost:
        if let text = Self.sentence(event) { send(.warned(ConfigurationNotice(text))) }
      case .exited, .treeEnded: break
      }
    }
    workshop = Workshop(
      thread: thread, processes: processes, logs: logs, send: send, environment: environment,
      terminalSize: Locked(Size(columns: 120, rows: 40)))
    builder = Builder(workshop)
    services = ServiceRunner(workshop)
    sampler = Sampler(workshop)
    plan = Locked(WatchPlan(configuration))
    self.readConfiguration = readConfiguration
    logs.onRequests { send(.requests($0)) }
    startWatching(configuration)
  }

  /// Does what `update` asked for; returns at once.
  package func perform(_ effect: Effect, _ configuration: Configuration) {
    thread.run { [self] in perform(effect, with: configuration) }
  }

  /// Gives the services' terminals another size.
  package func resizeTerminals(_ size: Size) {
    workshop.terminalSize.withLock { $0 = size }
    thread.run { [self] in services.resize(columns: size.columns, rows: size.rows) }
  }

  /// Takes the exit status of what a program started from devtop, such as an editor, has left behind.
  package func reapStrays() { workshop.processes.supervisor.reapStrays(except: []) }

  /// Ends the watcher, whatever still runs, and the guard; blocks for 2 s at most.
  package func shutdown() {
    watcher?.stop()
    workshop.processes.supervisor.shutdown()
    thread.stop()
  }

  // MARK: Watching

  private func startWatching(_ configuration: Configuration) {
    let poll: DevtopWatcher.PollMode =
      switch configuration.poll {
      case .automatic: .automatic
      case .always: .always(interval: configuration.pollInterval)
      case .never: .never
      }
    let (plan, send, thread) = (plan, workshop.send, thread)
    let sets = plan.withLock { $0.sets }
    watcher = Watcher(sets: sets, poll: poll) { [weak self] event in
      switch event {
      case .ready(let summary):
        send(
          .watchReady(
            DevtopCore.WatchSummary(
              files: summary.files, directories: summary.directories, backend: summary.backend.rawValue,
              duration: summary.duration)))
      case .changes(let batch):
        let (changes, configurationChanged) = plan.withLock { $0 }.translate(batch)
        if !changes.isEmpty { send(.filesChanged(changes)) }
        if configurationChanged { thread.run { [weak self] in self?.rereadConfiguration() } }
      case .warning(let warning): send(.warned(ConfigurationNotice("\(warning)")))
      case .rescanned: break
      }
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
      if let spec = spec(id) { builder.start(spec, run: run, clean: clean) }
    case .cancelBuild(let id, let run): builder.cancel(id, run: run)
    case .start(let id, let run): if let spec = spec(id) { services.start(spec, run: run) }
    case .stop(let id, let run, let policy): services.stop(id, run: run, policy)
    case .runRule(let id, let index):
      guard let spec = spec(id), spec.watch.rules.indices.contains(index) else { return }
      runOnce(spec.watch.rules[index].command, for: spec)
    case .cleanUp(let id):
      if let spec = spec(id) { for command in spec.cleanup { runOnce(command, for: spec) } }
    case .endHolder(let id, let pid, let port): HolderLookup.end(pid, port: port, for: id, workshop.send)
    case .sample(let interval): sampler.sample(every: interval) { [services] in services.processes }
    case .applyConfiguration(let new):
      let changed = WatchPlan(new)
      plan.withLock { $0 = changed }
      watcher?.update(sets: changed.sets)
      workshop.logs.setCapacity(new.logMemoryInBytes)
    case .setTimer, .cancelTimer, .report, .mark, .logs, .open, .copy, .nextTheme, .suspend, .redraw, .exit:
      break
    }
  }

  /// Runs a command that belongs to a service but is neither its build nor its process.
  private func runOnce(_ command: CommandSpec, for spec: ServiceSpec) {
    commands += 1
    let source = workshop.logs.source(service: spec.id, run: 0, stream: .build)
    let (logs, send) = (workshop.logs, workshop.send)
    let launch = LaunchSpec(
      command.words, environment: workshop.environment(for: spec), directory: spec.directory,
      terminal: .pipes,
      label: spec.id.name)
    do throws(SpawnError) {
      _ = try workshop.processes.spawn(
        launch,
        output: { _, _, part in
          switch part {
          case .bytes(let bytes): logs.append(bytes, from: source)
          case .end: logs.finish(source)
          }
        },
        onExit: { status in
          guard !status.isSuccess else { return }
          send(
            .warned(
              ConfigurationNotice("\(spec.id): `\(command.description)` ended with \(status.description)")))
        }, onTreeEnd: {})
    } catch {
      send(.warned(ConfigurationNotice("\(spec.id): \(error)")))
    }
  }

  private static func sentence(_ event: SupervisorEvent) -> String? {
    switch event {
    case .straggler(_, let pid, let user, .refusedSignal):
      "process \(pid) of user \(user) refuses to be ended (it runs as another user): sudo kill \(pid)"
    case .straggler(_, let pid, _, .unkillable): "process \(pid) waits in the kernel and cannot be ended yet"
    case .guardReplaced: "the guard process was killed; a new one took over, services went on"
    case .guardLost(let reason): "the guard process ended: \(reason)"
    case .exited, .treeEnded, .launcherLost: nil
    }
  }
}

/// Why a configuration was not taken.
package struct ConfigurationRejection: Error, Equatable, Sendable {
  package var problems: [ConfigurationNotice]

  package init(problems: [ConfigurationNotice]) { self.problems = problems }
}
