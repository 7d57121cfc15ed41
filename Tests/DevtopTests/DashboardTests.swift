import DevtopCore
import Glibc
import Testing

/// The dashboard in tmux: keys sent, the screen read back.
@Suite(.serialized, .enabled(if: Tool.areThere("tmux", "bash"))) struct DashboardTests {
  static func project() throws -> Project {
    try Project([
      "source.txt": "one",
      "devtop.toml": """
      [service.api]
      run = '''
      echo "serving $(cat source.txt)"
      echo needle in the hay
      printf '\\033[31mred\\033[0m \\033]0;title\\007\\033[2Jrest\\n'
      exec sleep 1000
      '''
      watch = ["source.txt"]
      ready = "started"
      """,
    ])
  }

  private func run(
    columns: Int = 80, rows: Int = 24, _ body: (TmuxSession) async throws -> Void
  ) async throws {
    try await withTerminal(Self.project(), columns: columns, rows: rows) { terminal in
      try await terminal.shows("● api ready")
      try await body(terminal)
    }
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60)])
  func `it shows the service, filters its log, and leaves the terminal as it was`(
    columns: Int, rows: Int
  ) async throws {
    try await run(columns: columns, rows: rows) { terminal in
      let screen = try await terminal.shows("needle in the hay")
      for pane in ["1 Files", "2 Build", "3 Logs", "4 Requests"] {
        #expect(screen.contains { $0.contains(pane) }, "\(pane)")
      }
      #expect(screen.contains { $0.contains("red") && $0.contains("rest") })
      #expect(try terminal.ask("#{alternate_on}") == "1")

      try terminal.press("2")
      try await terminal.shows("━2 Build")
      try terminal.press("3")
      try await terminal.shows("━3 Logs")
      try terminal.press("f")
      try await terminal.shows("filter›")
      try terminal.type("needle")
      try await terminal.shows("only what matches, live") { lines in
        lines.contains { $0.contains("needle in the hay") } && !lines.contains { $0.contains("serving one") }
      }
      try terminal.press("Escape")
      try await terminal.shows("serving one")
      try terminal.press("?")
      try await terminal.shows("Help")
      try terminal.press("Escape")
      try await terminal.shows("the help is gone") { !$0.contains { $0.contains("Help") } }

      try terminal.project.write("source.txt", "two")
      try await terminal.shows("serving two")
      try await terminal.quitDevtop()
    }
  }

  @Test func `it survives every size`() async throws {
    try await run { terminal in
      for (columns, rows) in [(1, 1), (30, 5), (3, 40), (500, 200), (12, 2), (60, 15)] {
        try terminal.resize(columns: columns, rows: rows)
      }
      try await terminal.shows("the service in a small terminal") { $0.contains { $0.contains("api") } }
      try terminal.resize(columns: 1, rows: 1)
      try terminal.project.write("source.txt", "two")
      try terminal.resize(columns: 80, rows: 24)
      try await terminal.shows("serving two")
      try await terminal.shows("3 Logs")
      try await terminal.quitDevtop()
    }
  }

  @Test func `control Z gives the terminal to the shell, and fg gives it back`() async throws {
    try await run { terminal in
      try terminal.press("C-z")
      try await terminal.shows("Stopped")
      #expect(try terminal.ask("#{alternate_on} #{cursor_flag}") == "0 1")
      // What runs goes on: a save is answered while the shell has the terminal.
      try terminal.project.write("source.txt", "two")
      try terminal.type("echo in the shell; fg")
      try terminal.press("Enter")
      try await terminal.shows("serving two")
      try await terminal.shows("● api ready")
      try terminal.press("Q")
      try await eventually("devtop left the screen") { try terminal.ask("#{alternate_on}") == "0" ? () : nil }
      // The line of the shell that started devtop went on at the suspension.
      try terminal.askAgain()
      try await terminal.expectEnd(status: 0, behind: "over again")
    }
  }

  @Test func `control C stops everything and says so`() async throws {
    try await run { terminal in
      try terminal.press("C-c")
      try await terminal.expectEnd(status: 130)
    }
  }

  @Test(arguments: [Int32(SIGKILL), SIGSEGV, SIGABRT])
  func `a violent end restores the terminal and leaves nobody`(signal: Int32) async throws {
    try await run { terminal in
      let processes = Processes.marked(terminal.project.mark)
      let shell = Int32(try terminal.ask("#{pane_pid}")) ?? 0
      let launcher = try #require(processes.first { $0.parent == shell }, "\(processes)")
      let proper = try #require(processes.first { $0.parent == launcher.pid }, "\(processes)")
      kill(proper.pid, signal)
      try await terminal.expectEnd(status: 128 + signal)
      try await terminal.shows("services were stopped")
    }
  }

  @Test func `SIGKILL of the launcher restores the terminal and leaves nobody`() async throws {
    try await run { terminal in
      let processes = Processes.marked(terminal.project.mark)
      let shell = Int32(try terminal.ask("#{pane_pid}")) ?? 0
      let launcher = try #require(processes.first { $0.parent == shell }, "\(processes)")
      kill(launcher.pid, SIGKILL)
      // The shell went on at once; its look at the modes may have come too early.
      try await eventually("devtop left the screen") { try terminal.ask("#{alternate_on}") == "0" ? () : nil }
      try await eventually("devtop's processes are gone") {
        Processes.marked(terminal.project.mark).allSatisfy { !$0.command.contains("/devtop") }
      }
      try terminal.askAgain()
      try await terminal.expectEnd(status: 0, behind: "over again")
    }
  }

  @Test func `an unknown terminal gets plain lines`() async throws {
    let project = try Self.project()
    let terminal = try TmuxSession(project, columns: 80, rows: 24)
    try terminal.type("export TERM=dumb")
    try terminal.press("Enter")
    try terminal.startDevtop()
    do {
      try await terminal.shows("[api] serving one")
      #expect(try terminal.ask("#{alternate_on}") == "0")
      try terminal.type("quit")
      try terminal.press("Enter")
      try await terminal.expectEnd(status: 0)
    } catch {
      try terminal.tearDown()
      throw error
    }
    try terminal.tearDown()
  }
}
