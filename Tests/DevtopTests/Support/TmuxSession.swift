import DevtopCore
import Glibc
import Testing

/// `devtop` in a real terminal emulator: a shell in a tmux of its own, keys in, the screen out.
final class TmuxSession: Sendable {
  let project: Project
  private let socket: String

  /// What devtop gets beside the usual variables.
  private let environment: [String: String]

  /// Starts a shell in a terminal of this size.
  ///
  /// - Throws: `Project.Failure` when tmux cannot be started.
  init(_ project: Project, columns: Int, rows: Int, environment: [String: String] = [:]) throws {
    self.project = project
    self.environment = environment
    socket = "devtop-test-\(getpid())-" + project.root.split(separator: ".").suffix(1).joined()
    try tmux(
      "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "bash --norc --noprofile -i", ";", "set",
      "-g",
      "status", "off")
  }

  @discardableResult
  private func tmux(_ arguments: String...) throws -> String {
    let tool = try #require(Tool.find("tmux"))
    let output = try makePipe(near: project.root + "-tmux")
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    let pid = try spawn(
      [tool, "-L", socket, "-f", "/dev/null"] + arguments, directory: project.root,
      environment: DevtopSession.environment(
        project, ["PS1": "$ ", "SHELL": "/bin/bash", "HISTFILE": ""].merging(environment) { $1 }),
      input: null, output: output[1], error: output[1])
    close(null)
    close(output[1])
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while case let count = read(output[0], &buffer, buffer.count), count > 0 { all += buffer[..<count] }
    close(output[0])
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return String(decoding: all, as: UTF8.self)
  }

  /// What the terminal shows, a line a row.
  func screen() throws -> [String] {
    try tmux("capture-pane", "-p").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// What the terminal shows, with the sequences that colour it.
  func coloredScreen() throws -> String { try tmux("capture-pane", "-p", "-e") }

  /// Presses keys by tmux's names (`Escape`, `C-z`, `Enter`), or characters.
  func press(_ keys: String...) throws { for key in keys { try tmux("send-keys", key) } }

  /// Types text as it is.
  func type(_ text: String) throws { try tmux("send-keys", "-l", text) }

  func resize(columns: Int, rows: Int) throws {
    try tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }

  /// A format of tmux, such as `#{cursor_flag}`.
  func ask(_ format: String) throws -> String {
    String(try tmux("display-message", "-p", format).prefix { $0 != "\n" })
  }

  /// Takes what programs copy (OSC 52) into tmux's buffer.
  func allowCopying() throws { try tmux("set", "-s", "set-clipboard", "on") }

  /// What was copied last.
  func copied() throws -> String { try tmux("show-buffer") }

  /// Waits until the screen is as wanted.
  ///
  /// - Throws: `DeadlinePassed` with what it showed instead.
  @discardableResult
  func shows(
    _ what: String, within limit: Duration = .seconds(60),
    where matches: @escaping @Sendable ([String]) -> Bool
  ) async throws -> [String] {
    do {
      return try await eventually(what, within: limit) { [self] in
        let screen = try screen()
        return matches(screen) ? screen : nil
      }
    } catch {
      throw DeadlinePassed(description: "\(error)\n" + ((try? screen())?.joined(separator: "\n") ?? ""))
    }
  }

  /// Waits until a text is on the screen.
  @discardableResult
  func shows(_ text: String, within limit: Duration = .seconds(60)) async throws -> [String] {
    try await shows(text, within: limit) { $0.contains { $0.contains(text) } }
  }

  /// Runs devtop between two looks at the terminal's modes, behind what else the shell should do first.
  ///
  /// A row is left free: leaving an alternate screen that has grown, tmux 3.3 leaves text of that in the row of the
  /// cursor.
  func startDevtop(arguments: String = "", behind first: String = ":") throws {
    let program = try #require(Tool.built("devtop"))
    try type(
      "stty -a > ../\(name).before; \(first); '\(program)' \(arguments); s=$?; echo; echo \"status $s\"; stty -a > ../\(name).after; echo over"
    )
    try press("Enter")
  }

  private var name: String { String(project.root.split(separator: "/").last ?? "") }

  /// Quits as a person does, and checks that all is as before.
  func quitDevtop() async throws {
    try press("q")
    try await shows("Quit?")
    try press("y")
    try await expectEnd(status: 0)
  }

  /// Runs `body` while the terminal is stopped: it takes no byte and answers nothing.
  func whileStopped(_ body: () async throws -> Void) async throws {
    let server = try #require(Int32(try ask("#{pid}")))
    kill(server, SIGSTOP)
    // Whatever happens: a stopped one cannot be asked to leave.
    defer { kill(server, SIGCONT) }
    try await eventually("the terminal is stopped") { Processes.status(server)?.state == "T" }
    try await body()
    #expect(Processes.status(server)?.state == "T")
  }

  /// Tells the status and the terminal's modes again, where the shell went on before devtop's end.
  func askAgain() throws {
    try type("s=$?; clear; echo \"status $s\"; stty -a > ../\(name).after; echo over again")
    try press("Enter")
  }

  /// Waits for devtop's end, told by `word` as the shell's last line; checks the status and that the terminal is as
  /// it was.
  func expectEnd(status: Int32, behind word: String = "over") async throws {
    let screen = try await shows("the shell goes on") { $0.contains(word) }
    #expect(screen.contains("status \(status)"), "\(screen.joined(separator: "\n"))")
    let modes = ["before", "after"].map { contents(of: "\(project.root).\($0)") ?? [] }
    #expect(modes[0] == modes[1] && !modes[0].isEmpty)
    #expect(try ask("#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{keypad_flag}") == "0 1 0 0")
    // The shell and tmux themselves are all that is left.
    let shell = try ask("#{pane_pid}")
    do {
      try await eventually("no process is left", within: .seconds(10)) { [self] in
        Processes.marked(project.mark).allSatisfy { "\($0.pid)" == shell || $0.command.contains("tmux") }
      }
    } catch {
      Issue.record("left: \(Processes.marked(project.mark))")
    }
  }

  func tearDown() throws {
    try tmux("kill-server")
    for entry in Processes.marked(project.mark) { kill(entry.pid, SIGKILL) }
    for suffix in ["before", "after"] { unlink("\(project.root).\(suffix)") }
    project.remove()
  }
}

/// Runs a test with devtop in a terminal, and takes all down behind it.
func withTerminal(
  _ project: Project, columns: Int, rows: Int, arguments: String = "", environment: [String: String] = [:],
  _ body: (TmuxSession) async throws -> Void
) async throws {
  let session = try TmuxSession(project, columns: columns, rows: rows, environment: environment)
  do {
    try session.startDevtop(arguments: arguments)
    try await body(session)
  } catch {
    try session.tearDown()
    throw error
  }
  try session.tearDown()
}
