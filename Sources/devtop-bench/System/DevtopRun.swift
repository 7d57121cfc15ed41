import DevtopCore
import DevtopLogs
import Glibc

/// A devtop under measurement, on a terminal or with JSON lines.
struct DevtopRun {
  let launcher: Child
  let startedAt: Instant
  private let bench: Workbench
  /// Standard input in JSON mode.
  private var commands: CommandPipe?

  private init(launcher: Child, startedAt: Instant, bench: Workbench, commands: CommandPipe? = nil) {
    self.launcher = launcher
    self.startedAt = startedAt
    self.bench = bench
    self.commands = commands
  }

  /// Starts devtop as a person does, in the project's directory on a terminal.
  ///
  /// - Throws: `BenchError`.
  static func onTerminal(
    _ bench: Workbench, directory: String, adding variables: [String: String] = [:],
    size: Size = Size(columns: 80, rows: 24)
  ) throws(BenchError) -> (DevtopRun, Viewer) {
    let terminal = try PseudoTerminal(columns: UInt16(size.columns), rows: UInt16(size.rows))
    let viewer = Viewer(terminal, columns: size.columns, rows: size.rows)
    viewer.expect(isComplete)
    let start = Clock.now
    let child = try bench.start(
      [bench.devtop], directory: directory, adding: variables, streams: .terminal(terminal))
    return (DevtopRun(launcher: child, startedAt: start, bench: bench), viewer)
  }

  /// Starts `devtop --json`; lines of the events in `ignored` are not kept.
  ///
  /// - Throws: `BenchError`.
  static func withJSON(
    _ bench: Workbench, directory: String, adding variables: [String: String] = [:],
    ignoring ignored: [String] = []
  ) throws(BenchError) -> (DevtopRun, EventLines) {
    let output = try makePipe()
    let lines = EventLines(descriptor: output.reading, ignoring: ignored)
    defer { close(output.writing) }
    let input = try makePipe()
    let commands = CommandPipe(descriptor: input.writing)
    defer { close(input.reading) }
    let start = Clock.now
    let child = try bench.start(
      [bench.devtop, "--json"], directory: directory, adding: variables,
      streams: .pipes(input: input.reading, output: output.writing))
    return (DevtopRun(launcher: child, startedAt: start, bench: bench, commands: commands), lines)
  }

  private static func makePipe() throws(BenchError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(what: "a pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Gives a command such as `restart app` to a devtop in JSON mode.
  ///
  /// - Throws: `BenchError.system` when devtop does not read any more.
  func command(_ line: String) throws(BenchError) { try commands?.send(line) }

  /// The first row, the four panes' titles and the keys are all there.
  static func isComplete(_ screen: TerminalScreen) -> Bool {
    let all = (0..<screen.rows).map { screen.text(row: $0) }
    return all[screen.rows - 1].contains("? help") && !all[0].allSatisfy { $0 == " " }
      && ["1 Files", "2 Build", "3 Logs", "4 Requests"].allSatisfy { title in
        all.contains { $0.contains(title) }
      }
  }

  /// Asks devtop to end, and makes sure of it.
  func end() { bench.end(launcher, isDevtop: true) }

  /// devtop proper, which has the threads.
  ///
  /// - Throws: `BenchError.unexpected` when it is not there.
  func proper() throws(BenchError) -> Int32 {
    guard let proper = ownProcesses.first(where: { $0.name == "devtop" })?.pid else {
      throw .unexpected("devtop proper was not found")
    }
    return proper
  }

  /// devtop's own three processes: launcher, devtop proper, guard; without the services.
  var ownProcesses: [(name: String, pid: Int32)] {
    let others = ProcessTable.descendants(of: launcher.pid).filter {
      ProcessTable.isSameProgram($0.pid, launcher.pid)
    }
    // devtop proper has threads, the guard has one.
    let named = others.map { process in
      (name: ProcessTable.threads(process.pid) > 1 ? "devtop" : "guard", pid: process.pid)
    }
    return [(name: "launcher", pid: launcher.pid)] + named.sorted { $0.name < $1.name }
  }
}
