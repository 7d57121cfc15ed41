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
  private let binaries: Binaries

  init(_ workshop: Workshop, _ binaries: Binaries) {
    self.workshop = workshop
    self.binaries = binaries
  }

  /// One command of a build on its way.
  private final class Step {
    let command: CommandSpec
    let isRequired: Bool
    var exit: DevtopCore.ExitStatus?
    var outputEnded = false

    init(_ step: BuildStep) {
      command = step.command
      isRequired = step.isRequired
    }
  }

  /// One build on its way.
  private final class Build {
    let spec: ServiceSpec
    let run: RunNumber
    let steps: [BuildStep]
    let environment: [String]
    let source: LogSource
    let tail = OutputTail(capacityInBytes: 1 << 20)
    let started = SystemClock.instant
    var parser: DiagnosticParser
    var diagnostics: [Diagnostic] = []
    /// How many steps were begun.
    var begun = 0
    /// What is told of another step than this comes too late to matter.
    var step: Step?
    /// The steps' process trees of which a process is left.
    var trees: Set<ProcessID> = []
    var isCancelled = false
    let parsing = Locked(ParsingState())

    init(_ spec: ServiceSpec, run: RunNumber, steps: [BuildStep], environment: [String], source: LogSource) {
      self.spec = spec
      self.run = run
      self.steps = steps
      self.environment = environment
      self.source = source
      parser = DiagnosticParser(directory: spec.directory, compiler: spec.compiler)
    }
  }

  private struct ParsingState {
    /// Read but not searched yet.
    var waitingInBytes = 0
    /// Never searched, because too much was waiting.
    var skippedInBytes = 0
  }

  func start(_ spec: ServiceSpec, run: RunNumber, clean: Bool) {
    let source = workshop.logs.source(service: spec.id, run: run, stream: .build)
    var environment = workshop.environment(for: spec)
    var steps = spec.build
    if clean { CleanBuild.prepare(&steps, &environment, for: spec) }
    let build = Build(spec, run: run, steps: steps, environment: environment, source: source)
    running[spec.id] = build
    binaries.buildBegins(spec)
    nextStep(build)
  }

  /// Ends all process trees of the build; `buildFinished` follows when they are gone.
  func cancel(_ id: ServiceID, run: RunNumber) {
    guard let build = running[id], build.run == run else {
      // It has ended, which was told; whoever waits for it all the same is not left waiting.
      return workshop.send(.buildFinished(id, run, BuildOutcome(.cancelled)))
    }
    guard !build.isCancelled else { return }
    build.isCancelled = true
    if build.trees.isEmpty { return finish(build, .cancelled) }
    for tree in build.trees {
      workshop.processes.stop(tree, signal: .terminate, grace: Self.cancelGrace)
    }
  }

  private func nextStep(_ build: Build) {
    guard build.begun < build.steps.count else { return finish(build, .succeeded) }
    let step = Step(build.steps[build.begun])
    build.begun += 1
    build.step = step
    let size = workshop.terminalSize.withLock { $0 }
    let launch = LaunchSpec(
      step.command.words, environment: build.environment, directory: build.spec.directory,
      terminal: build.spec.usesTerminal ? .pty(columns: size.columns, rows: size.rows) : .pipes,
      label: build.spec.id.name)
    let process = workshop.processes.makeID()
    build.trees.insert(process)
    do throws(SpawnError) {
      _ = try workshop.processes.spawn(
        launch, as: process, output: sink(of: build, step), onExit: { [self] in exited(build, step, $0) },
        onTreeEnd: { [self] in treeEnded(build, process) })
    } catch {
      build.trees.remove(process)
      finish(build, .failed(status: nil, reason: "\(error)"))
    }
  }

  /// Output goes to the log on the spot and to the parser on the backend's thread.
  private func sink(of build: Build, _ step: Step) -> OutputSink {
    let (thread, logs, source, tail, parsing) = (
      workshop.thread, workshop.logs, build.source, build.tail, build.parsing
    )
    let parse = Parsing(builder: self, build: build, step: step)
    return { _, stream, part in
      switch part {
      case .bytes(let bytes):
        logs.append(bytes, from: source)
        tail.append(bytes)
        let isTooMuch = parsing.withLock { parsing in
          guard parsing.waitingInBytes + bytes.count <= Self.parseLimitInBytes else {
            parsing.skippedInBytes += bytes.count
            return true
          }
          parsing.waitingInBytes += bytes.count
          return false
        }
        if isTooMuch { return }
        let copy = Array(bytes)
        thread.run {
          parsing.withLock { $0.waitingInBytes -= copy.count }
          parse.take(copy)
        }
      case .end:
        if stream != .error { thread.run { parse.outputEnded() } }
      }
    }
  }

  /// A build as the output sink sees it.
  private struct Parsing: @unchecked Sendable {
    // Sendable: all are only touched inside of what runs on the backend's thread.
    let builder: Builder
    let build: Build
    let step: Step

    func take(_ bytes: [UInt8]) { builder.parse(build, bytes) }
    func outputEnded() { builder.outputEnded(build, step) }
    func stepDone() { builder.stepDone(build, step) }
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

  private func exited(_ build: Build, _ step: Step, _ status: DevtopCore.ExitStatus) {
    step.exit = status
    if step.outputEnded { return stepDone(build, step) }
    let later = Parsing(builder: self, build: build, step: step)
    workshop.thread.run(after: Self.outputPatience) { later.stepDone() }
  }

  private func outputEnded(_ build: Build, _ step: Step) {
    step.outputEnded = true
    if step.exit != nil { stepDone(build, step) }
  }

  private func treeEnded(_ build: Build, _ process: ProcessID) {
    build.trees.remove(process)
    if build.isCancelled, build.trees.isEmpty { finish(build, .cancelled) }
  }

  private func stepDone(_ build: Build, _ step: Step) {
    guard running[build.spec.id] === build, build.step === step, !build.isCancelled, let status = step.exit
    else { return }
    build.step = nil
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
      result, duration: SystemClock.instant - build.started, diagnostics: build.diagnostics)
    let binaryChanged = binaries.buildEnded(id)
    if result == .succeeded { outcome.binaryChanged = binaryChanged }
    warnOfSkippedOutput(build)
    if case .failed = result { writeLog(build) }
    workshop.send(.buildFinished(id, build.run, outcome))
  }

  private func warnOfSkippedOutput(_ build: Build) {
    let skipped = build.parsing.withLock { $0.skippedInBytes }
    guard skipped > 0 else { return }
    let text =
      "\(build.spec.id): build #\(build.run) printed faster than it could be searched for diagnostics; "
      + "\(skipped >> 10) KiB were not searched (the log has them)"
    workshop.send(.warned(ConfigurationNotice(text)))
  }

  private func writeLog(_ build: Build) {
    guard let path = build.spec.buildLog else { return }
    if let problem = writeFile(build.tail.contents, to: path) {
      workshop.send(.warned(ConfigurationNotice("the build log \(path) cannot be written: \(problem)")))
    }
  }
}
