import DevtopCore
import DevtopLogs
import DevtopSupervisor

/// Runs the builds of all services, one at a time each; everything is called on the backend's thread.
final class Builder {
  /// After the exit of a build command its output is awaited for so long: a daemon that it started may keep it open.
  private static let outputPatience: Duration = .milliseconds(50)
  /// A cancelled build gets SIGKILL after this.
  private static let cancelGrace: Duration = .milliseconds(200)
  /// More unparsed output than this is stored in the log but not searched for diagnostics.
  private static let parseLimitInBytes = 16 << 20

  private let workshop: Workshop
  private var running: [ServiceID: Build] = [:]
  private var fingerprints: [ServiceID: BinaryFingerprint] = [:]

  init(_ workshop: Workshop) { self.workshop = workshop }

  /// One build on its way.
  private final class Build {
    let spec: ServiceSpec
    let run: RunNumber
    let steps: [BuildStep]
    let environment: [String]
    let source: LogSource
    let tail = OutputTail(capacityInBytes: 1 << 20)
    let started = WorkThread.now
    var parser: DiagnosticParser
    var diagnostics: [Diagnostic] = []
    var step = 0
    var process: ProcessID?
    var exit: DevtopCore.ExitStatus?
    var outputEnded = false
    var isCancelled = false
    let unparsed = Locked(0)

    init(_ spec: ServiceSpec, run: RunNumber, steps: [BuildStep], environment: [String], source: LogSource) {
      self.spec = spec
      self.run = run
      self.steps = steps
      self.environment = environment
      self.source = source
      parser = DiagnosticParser(directory: spec.directory, compiler: spec.compiler)
    }
  }

  func start(_ spec: ServiceSpec, run: RunNumber, clean: Bool) {
    let source = workshop.logs.source(service: spec.id, run: run, stream: .build)
    var environment = workshop.environment(for: spec)
    var steps = spec.build
    if clean { CleanBuild.prepare(&steps, &environment, for: spec) }
    let build = Build(spec, run: run, steps: steps, environment: environment, source: source)
    running[spec.id] = build
    nextStep(build)
    // The compiler works meanwhile.
    if let path = BinaryFingerprint.path(of: spec) {
      fingerprints[spec.id] = BinaryFingerprint(path: path, known: fingerprints[spec.id])
    }
  }

  /// Ends the whole tree of the build; `buildFinished` follows when it is gone.
  func cancel(_ id: ServiceID, run: RunNumber) {
    guard let build = running[id], build.run == run, !build.isCancelled else { return }
    build.isCancelled = true
    if let process = build.process {
      workshop.processes.supervisor.stop(process, signal: .terminate, grace: Self.cancelGrace)
    } else {
      finish(build, .cancelled)
    }
  }

  private func nextStep(_ build: Build) {
    guard build.step < build.steps.count else { return finish(build, .succeeded) }
    let size = workshop.terminalSize.withLock { $0 }
    let spec = LaunchSpec(
      build.steps[build.step].command.words, environment: build.environment, directory: build.spec.directory,
      terminal: build.spec.usesTerminal ? .pty(columns: size.columns, rows: size.rows) : .pipes,
      label: build.spec.id.name)
    build.exit = nil
    build.outputEnded = false
    do throws(SpawnError) {
      let handle = try workshop.processes.spawn(
        spec, output: sink(of: build), onExit: { [self] in exited(build, $0) },
        onTreeEnd: { [self] in treeEnded(build) })
      build.process = handle.id
    } catch {
      build.process = nil
      finish(build, .failed(status: nil, reason: "\(error)"))
    }
  }

  /// Output goes to the log on the spot and to the parser on the backend's thread.
  private func sink(of build: Build) -> OutputSink {
    let (thread, logs, source, tail, unparsed) = (
      workshop.thread, workshop.logs, build.source, build.tail, build.unparsed
    )
    let parse = Parsing(builder: self, build: build)
    return { _, stream, part in
      switch part {
      case .bytes(let bytes):
        logs.append(bytes, from: source)
        tail.append(bytes)
        let isTooMuch = unparsed.withLock { count in
          guard count + bytes.count <= Self.parseLimitInBytes else { return true }
          count += bytes.count
          return false
        }
        if isTooMuch { return }
        let copy = Array(bytes)
        thread.run {
          unparsed.withLock { $0 -= copy.count }
          parse.take(copy)
        }
      case .end:
        if stream != .error { thread.run { parse.outputEnded() } }
      }
    }
  }

  /// A build as the output sink sees it.
  private struct Parsing: @unchecked Sendable {
    // Sendable: both are only touched inside of what runs on the backend's thread.
    let builder: Builder
    let build: Build

    func take(_ bytes: [UInt8]) { builder.parse(build, bytes) }
    func outputEnded() { builder.outputEnded(build) }
  }

  private func parse(_ build: Build, _ bytes: [UInt8]) {
    guard running[build.spec.id] === build else { return }
    tell(build, build.parser.feed(bytes))
  }

  private func tell(_ build: Build, _ found: [Diagnostic]) {
    for diagnostic in found {
      build.diagnostics.append(diagnostic)
      workshop.send(.diagnosed(build.spec.id, build.run, diagnostic))
    }
  }

  private func exited(_ build: Build, _ status: DevtopCore.ExitStatus) {
    build.exit = status
    if build.isCancelled { return }
    if build.outputEnded { return stepDone(build) }
    let step = build.step
    let later = Parsing(builder: self, build: build)
    workshop.thread.run(after: Self.outputPatience) {
      if later.build.step == step { later.builder.stepDone(later.build) }
    }
  }

  private func outputEnded(_ build: Build) {
    build.outputEnded = true
    if build.exit != nil, !build.isCancelled { stepDone(build) }
  }

  private func treeEnded(_ build: Build) {
    build.process = nil
    if build.isCancelled { finish(build, .cancelled) }
  }

  private func stepDone(_ build: Build) {
    guard running[build.spec.id] === build, !build.isCancelled, let status = build.exit else { return }
    build.exit = nil
    let step = build.steps[build.step]
    build.step += 1
    if !status.isSuccess, step.isRequired {
      return finish(build, .failed(status: status, reason: Self.reason(status, step.command)))
    }
    nextStep(build)
  }

  /// What a shell means by its special statuses (POSIX, 2.8.2 Exit Status for Commands).
  private static func reason(_ status: DevtopCore.ExitStatus, _ command: CommandSpec) -> String? {
    switch status {
    case .code(127):
      "`\(command.description)`: a program was not found (exit 127). Is it installed and in PATH?"
    case .code(126): "`\(command.description)`: a program is not executable (exit 126)"
    case .code, .signal: nil
    }
  }

  private func finish(_ build: Build, _ result: BuildOutcome.Result) {
    let id = build.spec.id
    guard running[id] === build else { return }
    running[id] = nil
    tell(build, build.parser.finish())
    workshop.logs.finish(build.source)
    var outcome = BuildOutcome(
      result, duration: WorkThread.now - build.started, diagnostics: build.diagnostics)
    if result == .succeeded, let path = BinaryFingerprint.path(of: build.spec) {
      let before = fingerprints[id]
      let after = BinaryFingerprint(path: path, known: before)
      fingerprints[id] = after
      if let before, let after {
        outcome.binaryChanged = !after.hasSameBytes(as: before)
      } else {
        outcome.binaryChanged = after == nil ? nil : true
      }
    }
    if case .failed = result { writeLog(build) }
    workshop.send(.buildFinished(id, build.run, outcome))
  }

  private func writeLog(_ build: Build) {
    guard let path = build.spec.buildLog else { return }
    if let problem = writeFile(build.tail.contents, to: path) {
      workshop.send(.warned(ConfigurationNotice("the build log \(path) cannot be written: \(problem)")))
    }
  }
}
