import DevtopCore
import Glibc
import Testing

/// The built `devtop` with `--json` in a project, over pipes: its events come in, commands go out.
final class DevtopSession: Sendable {
  struct Record: Sendable {
    var lines: [JSONLine] = []
    var malformed: [String] = []
    var hasEnded = false
    var isReading = true
  }

  let project: Project
  /// The process that was started: devtop's launcher.
  let pid: Int32
  private let input: Locked<Int32>
  private let output: Int32
  private let record = Locked(Record())
  private let exit = Locked<Int32?>(nil)

  /// Starts `devtop COMMAND --json ARGUMENTS`, by another program where one is given.
  ///
  /// - Throws: `Project.Failure` when devtop cannot be started.
  init(
    _ project: Project, command: [String] = [], arguments: [String] = [], by starter: [String] = [],
    environment: [String: String] = [:], reads: Bool = true
  ) throws {
    self.project = project
    project.letFilesAge()
    let program = try #require(Tool.built("devtop"), "the devtop executable is not beside the tests")
    let (incoming, outgoing) = (try makePipe(near: project.root), try makePipe(near: project.root))
    // Outside of the watched tree.
    let errors = open(project.root + ".stderr", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard errors >= 0 else { throw Project.Failure("open") }
    pid = try spawn(
      starter + [program] + command + ["--json"] + arguments, directory: project.root,
      environment: Self.environment(project, environment), input: outgoing[0], output: incoming[1],
      error: errors)
    for descriptor in [outgoing[0], incoming[1], errors] { close(descriptor) }
    input = Locked(outgoing[1])
    output = incoming[0]
    if reads { startReading() }
  }

  static func environment(_ project: Project, _ more: [String: String]) -> [String] {
    var variables = [
      "PATH": Tool.path, "HOME": Tool.variable("HOME") ?? "/tmp", "TERM": "xterm-256color",
      "LC_ALL": "C.UTF-8",
    ]
    variables.merge(more) { $1 }
    return variables.map { "\($0.key)=\($0.value)" } + [project.mark]
  }

  // MARK: What comes

  /// Begins to read the events, where the test had it wait.
  func startReading() {
    startThread { [self] in
      var rest: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(output, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        rest += buffer[..<count]
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
        take(rest[...end].split(separator: UInt8(ascii: "\n")).map(Array.init))
        rest.removeSubrange(...end)
      }
      close(output)
      record.withLock { $0.hasEnded = true }
    }
  }

  private func take(_ lines: [[UInt8]]) {
    for bytes in lines {
      let line = Result { () throws(JSONLine.Malformed) in try JSONLine(bytes) }
      record.withLock {
        switch line {
        case .success(let line): $0.lines.append(line)
        case .failure(let error): $0.malformed.append(error.description)
        }
      }
    }
  }

  var lines: [JSONLine] { record.withLock { $0.lines } }

  /// How many lines have come; what is awaited `after` it came later.
  var count: Int { record.withLock { $0.lines.count } }

  func lines(after start: Int = 0, _ event: String) -> [JSONLine] {
    lines.dropFirst(start).filter { $0.event == event }
  }

  /// Waits for the first event of a kind behind the first `start` lines.
  ///
  /// - Throws: `DeadlinePassed` with what came instead.
  @discardableResult
  func event(
    _ name: String, after start: Int = 0, within limit: Duration = .seconds(60),
    where matches: @escaping @Sendable (JSONLine) -> Bool = { _ in true }
  ) async throws -> JSONLine {
    do {
      return try await eventually(name, within: limit) { [self] in
        // Ended before the lines are looked at, so that none is missed.
        let hasEnded = record.withLock { $0.hasEnded }
        if let line = lines(after: start, name).first(where: matches) { return line }
        if hasEnded { throw DeadlinePassed(description: "devtop ended") }
        return nil
      }
    } catch {
      throw DeadlinePassed(description: "\(error); awaited: \(name), behind line \(start)\n\(transcript)")
    }
  }

  /// Waits until a service is in a state.
  @discardableResult
  func state(_ state: String, of service: String? = nil, after start: Int = 0) async throws -> JSONLine {
    try await event("service.state", after: start) {
      $0.state == state && (service == nil || $0.service == service)
    }
  }

  /// The last lines, and what devtop wrote to standard error.
  var transcript: String {
    let shown = record.withLock { $0.lines.suffix(60).map { String($0.text.prefix(400)) } + $0.malformed }
    return (shown + ["stderr: \(errorOutput)"]).joined(separator: "\n")
  }

  var errorOutput: String {
    contents(of: project.root + ".stderr").map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  // MARK: What goes

  /// Writes a line to devtop's standard input.
  func send(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    input.withLock { _ = write($0, bytes, bytes.count) }
  }

  /// Waits until all commands before are done: they are answered in their order.
  func settle() async throws {
    let start = count
    send("no-such-command")
    try await event("error", after: start) { $0.string("message")?.contains("no-such-command") == true }
  }

  func closeInput() {
    input.withLock {
      close($0)
      $0 = -1
    }
  }

  // MARK: Processes

  /// Everything of this session that runs.
  var processes: [Processes.Entry] { Processes.marked(project.mark) }

  /// devtop proper, the launcher's child, and the guard, its child with a session of its own.
  func members() throws -> (proper: Int32, guardian: Int32) {
    let all = processes
    let proper = try #require(all.first { $0.parent == pid }, "\(all)").pid
    let program = all.first { $0.pid == pid }?.command
    let guardian = all.first { $0.parent == proper && $0.command == program && getsid($0.pid) == $0.pid }
    return (proper, try #require(guardian, "\(all)").pid)
  }

  /// Waits for devtop's end; its exit status, or 128 + the signal that ended it.
  ///
  /// - Throws: `DeadlinePassed` when it goes on.
  @discardableResult
  func status(within limit: Duration = .seconds(60)) async throws -> Int32 {
    try await eventually("the end of devtop\n\(transcript)", within: limit) { [self] in reap(WNOHANG) }
  }

  private func reap(_ options: Int32) -> Int32? {
    exit.withLock { known in
      if let known { return known }
      var status: Int32 = 0
      guard waitpid(pid, &status, options) == pid else { return nil }
      // wait(2): a status whose low seven bits are zero is an exit.
      known = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
      return known
    }
  }

  /// Quits and checks that this was orderly: status 0, the last line says so, nobody is left.
  func quit() async throws {
    send("quit")
    let status = try await status()
    #expect(status == 0, "\(transcript)")
    try await expectEnd(status: 0)
  }

  /// Checks the last line and that every line was JSON.
  func expectEnd(status: Int32) async throws {
    try await eventually("the end of the output") { [self] in record.withLock { $0.hasEnded } }
    let last = lines.last
    #expect(last?.event == "session.ended" && last?.int("exit") == Int(status), "\(transcript)")
    #expect(record.withLock { $0.malformed } == [])
    try await expectNobody()
  }

  func expectNobody() async throws {
    do {
      try await eventually("no process is left", within: .seconds(10)) { [self] in processes.isEmpty }
    } catch {
      Issue.record("left: \(processes)\n\(transcript)")
    }
  }

  /// Ends whatever still runs and removes the project; what is left after devtop's own end fails the test.
  func tearDown() async throws {
    closeInput()
    if reap(WNOHANG) == nil {
      kill(pid, SIGKILL)
      _ = try await status()
    }
    try await expectNobody()
    for entry in processes { kill(entry.pid, SIGKILL) }
    unlink(project.root + ".stderr")
    project.remove()
  }
}

/// Runs a test on devtop in a project, and takes all down behind it.
func withDevtop(
  _ project: Project, command: [String] = [], arguments: [String] = [], by starter: [String] = [],
  environment: [String: String] = [:], reads: Bool = true, _ body: (DevtopSession) async throws -> Void
) async throws {
  let session = try DevtopSession(
    project, command: command, arguments: arguments, by: starter, environment: environment, reads: reads)
  do {
    try await body(session)
  } catch {
    try await session.tearDown()
    throw error
  }
  try await session.tearDown()
}
