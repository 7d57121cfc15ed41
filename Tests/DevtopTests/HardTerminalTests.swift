import DevtopCore
import Glibc
import Testing

/// The dashboard in terminals that have no room or take nothing.
@Suite(.serialized, .enabled(if: Tool.areThere("tmux", "bash"))) struct HardTerminalTests {
  @Test func `it starts in a terminal of one cell, and is whole when that grows`() async throws {
    let terminal = try TmuxSession(DashboardTests.project(), columns: 80, rows: 24)
    do {
      // The modes are looked at before, at the size that the terminal has again at the end.
      try terminal.startDevtop(behind: "echo waiting; read line")
      try await terminal.shows("the shell waits") { $0.contains("waiting") }
      try terminal.resize(columns: 1, rows: 1)
      try terminal.press("Enter")
      try await eventually("devtop has the screen") { try terminal.ask("#{alternate_on}") == "1" ? () : nil }
      try terminal.press("2", "z", "f", "Escape", "G", "?", "Escape", "Escape", "z")
      try terminal.project.write("source.txt", "two")
      try terminal.resize(columns: 80, rows: 24)
      try await terminal.shows("serving two")
      try await terminal.shows("● api ready")
      try await terminal.quitDevtop()
    } catch {
      try terminal.tearDown()
      throw error
    }
    try terminal.tearDown()
  }

  @Test func `a terminal that takes nothing stalls neither devtop nor a flood, and is right afterwards`()
    async throws
  {
    let project = try Project([
      "source.txt": "one",
      "devtop.toml": """
      [service.api]
      run = '''
      word=$(cat source.txt)
      test $word = one || seq 1000000
      echo "$word is done" | tee done.txt
      exec sleep 1000
      '''
      watch = ["source.txt"]
      ready = "started"
      """,
    ])
    try await withTerminal(project, columns: 120, rows: 40) { terminal in
      try await terminal.shows("one is done")
      try await terminal.whileStopped {
        // Far more than a pseudo-terminal holds, twice: devtop restarts, too.
        for word in ["two", "three"] {
          try project.write("source.txt", word)
          try await eventually("\(word): the flood is over") {
            project.text("done.txt") == "\(word) is done\n"
          }
        }
      }
      let screen = try await terminal.shows("the last line of the last run, and of the flood before it") {
        guard let last = $0.lastIndex(where: { $0.contains("three is done") }), last > 0 else { return false }
        return $0[last - 1].contains("1000000")
      }
      #expect(screen.contains { $0.contains("━3 Logs") } && screen.contains { $0.contains("1 Files") })
      // Every cell is as it is when all is drawn anew.
      try terminal.press("?")
      try await terminal.shows("Help")
      try terminal.press("Escape", "C-l")
      try await terminal.shows("the same screen") { $0.dropFirst() == screen.dropFirst() }
      try await terminal.quitDevtop()
    }
  }
}
