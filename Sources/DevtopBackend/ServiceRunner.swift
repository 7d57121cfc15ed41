import DevtopCore
import DevtopLogs
import DevtopSupervisor

/// Runs the processes of all services; everything is called on the backend's thread.
final class ServiceRunner {
  /// After a process's exit its last output is awaited for so long before the exit is told.
  private static let outputPatience: Duration = .milliseconds(20)

  /// A process without a listener after this long may have failed to bind and live on (Gin's `Run` returns).
  private static let listenerPatience: Duration = .seconds(2)

  let workshop: Workshop
  private let binaries: Binaries
  let gateway: Gateway
  /// A new run may start beside the one that it replaces.
  var live: [Key: Service] = [:]
  /// What each service printed last before its last process ended by itself.
  private(set) var lastWords: [ServiceID: LastWords] = [:]
  /// Services that did not tell, when they last got ready.
  var silent: Set<ServiceID> = []
  /// The port that a service was last ready on.
  var ports: [ServiceID: UInt16] = [:]

  init(_ workshop: Workshop, _ binaries: Binaries, _ gateway: Gateway) {
    self.workshop = workshop
    self.binaries = binaries
    self.gateway = gateway
  }

  struct Key: Hashable {
    var service: ServiceID
    var run: RunNumber
  }

  /// One started run.
  final class Service {
    let spec: ServiceSpec
    let run: RunNumber
    let tail = OutputTail(capacityInBytes: 64 << 10)
    let sources: [OutputStream: LogSource]
    /// What the run was told to listen on.
    let expectedPort: UInt16?
    var process: ProcessHandle?
    var probe: ReadinessWatch?
    var openStreams: Int
    var isStopping = false
    /// Known but not told yet.
    var exit: DevtopCore.ExitStatus?
    var treeEnded = false
    var isReady = false
    var saidPortInUse = false
    /// What the run that takes its place had in the file system when this one was asked to end.
    var successor: (run: RunNumber, paths: [String])?
    /// Looks for the listeners of a run that is not asked for them to be ready.
    var listenerProbe: ReadinessProbe?

    var key: Key { Key(service: spec.id, run: run) }

    init(
      _ spec: ServiceSpec, run: RunNumber, environment: [String], sources: [OutputStream: LogSource]
    ) {
      self.spec = spec
      self.run = run
      expectedPort = spec.expectedPort(environment)
      self.sources = sources
      openStreams = sources.count
    }
  }

  /// The supervised process of every live run.
  var processes: [(service: ServiceID, run: RunNumber, process: ProcessID)] {
    live.values.compactMap { service in service.process.map { (service.spec.id, service.run, $0.id) } }
  }

  func start(_ spec: ServiceSpec, run: RunNumber) {
    guard let command = spec.run else {
      return workshop.send(.startFailed(spec.id, run, "it has no run command"))
    }
    let streams: [(OutputStream, LogStream)] =
      spec.usesTerminal ? [(.terminal, .terminal)] : [(.output, .output), (.error, .error)]
    let sources = Dictionary(
      uniqueKeysWithValues: streams.map { ($0, workshop.logs.source(service: spec.id, run: run, stream: $1)) }
    )
    let environment = workshop.environment(for: spec)
    let service = Service(spec, run: run, environment: environment, sources: sources)
    live[service.key] = service
    let reference = Reference(runner: self, service: service)
    let watch = ReadinessWatch(spec, supervisor: workshop.processes.supervisor) { [workshop] port in
      workshop.thread.run { reference.runner.answered(reference.service, port) }
    }
    service.probe = watch
    do throws(SpawnError) {
      guard try launch(service, command, environment, watch) else {
        live[service.key] = nil
        return workshop.send(.startFailed(spec.id, run, "its port is in use"))
      }
    } catch {
      live[service.key] = nil
      gateway.ended(spec.id, run)
      return workshop.send(.startFailed(spec.id, run, "\(error)"))
    }
    workshop.send(.processStarted(spec.id, run, pid: service.process?.pid ?? 0))
    begin(watch, service)
    workshop.thread.run(after: Self.listenerPatience) { reference.runner.lookForListener(reference.service) }
  }

  /// Starts the process, in another way where its port cannot be taken over; false where its port is held.
  private func launch(
    _ service: Service, _ command: CommandSpec, _ environment: [String], _ watch: ReadinessWatch
  ) throws(SpawnError) -> Bool {
    let spec = service.spec
    let size = workshop.terminalSize.withLock { $0 }
    let reference = Reference(runner: self, service: service)
    while true {
      guard let plan = gateway.plan(spec, run: service.run, environment: environment) else { return false }
      let names = plan.variables.map { $0.prefix { $0 != "=" } + "=" }
      var launch = LaunchSpec(
        command.words,
        environment: environment.filter { entry in !names.contains { entry.hasPrefix($0) } } + plan.variables,
        directory: spec.directory,
        terminal: spec.usesTerminal ? .pty(columns: size.columns, rows: size.rows) : .pipes,
        label: spec.id.name)
      launch.ports = plan.handling
      launch.descriptors = plan.descriptors
      launch.descriptorNames = plan.descriptorNames
      let output = sink(of: service, reference, watch)
      do throws(SpawnError) {
        try binaries.start(spec.id) { () throws(SpawnError) in
          service.process = try workshop.processes.spawn(
            launch, as: workshop.processes.makeID(), output: output,
            onExit: { reference.runner.exited(reference.service, $0) },
            onTreeEnd: { reference.runner.treeEnded(reference.service) },
            onPort: { reference.runner.portEvent(reference.service, $0) })
        }
        return true
      } catch .takeoverRefused(let code) {
        gateway.fallBack(
          spec, environment: environment, because: "\(SpawnError.takeoverRefused(code: code))")
      }
    }
  }

  func stop(_ id: ServiceID, run: RunNumber, _ policy: StopPolicy) {
    guard let service = live[Key(service: id, run: run)], let process = service.process else {
      // It ended in the meantime, which was told; whoever waits for it all the same is not left waiting.
      return workshop.send(.processEnded(id, run))
    }
    service.isStopping = true
    service.probe?.cancel()
    service.successor = successor(of: service)
    workshop.processes.stop(
      process.id, signal: Signal(rawValue: policy.signal), grace: policy.grace)
  }

  func signal(_ id: ServiceID, run: RunNumber, _ number: Int32) {
    guard let process = live[Key(service: id, run: run)]?.process else { return }
    workshop.processes.supervisor.signal(process.id, Signal(rawValue: number))
  }

  /// Writes to the run's terminal; what it has no room for waits, up to a MiB.
  func write(_ bytes: [UInt8], to id: ServiceID, run: RunNumber) {
    guard let process = live[Key(service: id, run: run)]?.process else { return }
    _ = workshop.processes.supervisor.write(bytes, to: process.id)
  }

  func resize(columns: Int, rows: Int) {
    for service in live.values {
      guard let process = service.process, service.spec.usesTerminal else { continue }
      workshop.processes.supervisor.resize(process.id, columns: columns, rows: rows)
    }
  }

  /// A run as the output sink sees it.
  struct Reference: @unchecked Sendable {
    // Sendable: both are only touched inside of what runs on the backend's thread.
    let runner: ServiceRunner
    let service: Service
  }

  private func sink(of service: Service, _ reference: Reference, _ watch: ReadinessWatch) -> OutputSink {
    let (thread, logs, sources, tail) = (workshop.thread, workshop.logs, service.sources, service.tail)
    return { _, stream, part in
      guard let source = sources[stream] else { return }
      switch part {
      case .bytes(let bytes):
        logs.append(bytes, from: source)
        tail.append(bytes)
        watch.printed(bytes)
      case .end:
        logs.finish(source)
        thread.run { reference.runner.streamEnded(reference.service) }
      }
    }
  }

  private func exited(_ service: Service, _ status: DevtopCore.ExitStatus) {
    service.probe?.cancel()
    service.exit = status
    if service.openStreams == 0 || service.isStopping { return tellExit(service) }
    let reference = Reference(runner: self, service: service)
    workshop.thread.run(after: Self.outputPatience) { reference.runner.tellExit(reference.service) }
  }

  private func streamEnded(_ service: Service) {
    service.openStreams -= 1
    if service.openStreams == 0 { tellExit(service) }
  }

  private func tellExit(_ service: Service) {
    guard let status = service.exit else { return }
    service.exit = nil
    let (id, run) = (service.spec.id, service.run)
    workshop.send(.processExited(id, run, status))
    if !service.isStopping { explainExit(service) }
    if service.treeEnded { tellEnd(service) }
  }

  private func treeEnded(_ service: Service) {
    service.treeEnded = true
    if service.exit == nil { tellEnd(service) }
  }

  private func tellEnd(_ service: Service) {
    service.probe?.cancel()
    service.listenerProbe = nil
    gateway.ended(service.spec.id, service.run)
    if live[service.key] === service { live[service.key] = nil }
    tellLostPaths(service)
    workshop.send(.processEnded(service.spec.id, service.run))
  }

  /// Reads the last words of a process that ended by itself: a port that is taken, or a crash report.
  private func explainExit(_ service: Service) {
    let output = service.tail.contents
    let (id, run) = (service.spec.id, service.run)
    lastWords[id] = LastWords(output, of: run)
    if tellPortInUse(service, output) { return }
    var parser = DiagnosticParser(directory: service.spec.directory, source: .output)
    var found = parser.feed(output)
    found += parser.finish()
    if let crash = found.last { workshop.send(.crashed(id, run, crash)) }
  }

  /// Tells who holds the port that the output says is taken: the one that it names, else the last one that the
  /// service had, else the configured one.
  ///
  /// - Returns: whether the output says so and there is such a port.
  func tellPortInUse(_ service: Service, _ output: [UInt8]) -> Bool {
    let problem = PortProblem.find(in: output)
    guard problem.isPresent else { return false }
    let id = service.spec.id
    let known = problem.port ?? ports[id] ?? service.expectedPort
    if !service.saidPortInUse {
      service.saidPortInUse = true
      if let known {
        workshop.send(.portInUse(id, service.run, HolderLookup.find(port: known)))
      } else {
        let text = "its port is in use, and it does not say which; set ready = { port = 8000 } (its port)"
        workshop.send(
          .warned(ConfigurationNotice("\(id): \(text) under [service.\(id)] to see who holds it")))
      }
    }
    return known != nil
  }
}

extension ServiceSpec {
  /// The port that its readiness or, else, its environment (`NAME=value`) names.
  fileprivate func expectedPort(_ environment: [String]) -> UInt16? {
    switch readiness {
    case .port(let port), .http(_, let port?): return port
    case .http, .listener, .log, .started: return Gateway.port("PORT", in: environment)
    }
  }
}
