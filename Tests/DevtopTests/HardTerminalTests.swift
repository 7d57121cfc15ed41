import DevtopCore
import Glibc
import Testing

/// The dashboard in terminals that have no room or take nothing.
@Suite(.serialized, .enabled(if: Tool.areThere("tmux", "bash"))) struct HardTerminalTests {
  /// Waits until the box is gone: a key right behind Escape would be taken for a sequence.
  private func closeBox(_ title: String, in terminal: TmuxSession) async throws {
    try terminal.press("Escape")
    try await terminal.shows("\(title) is gone") { !$0.contains { $0.contains(title) } }
  }

  @Test func `it starts in a terminal of one cell, and is whole when that grows`() async throws {
    let terminal = try TmuxSession(DashboardTests.project(), columns: 80, rows: 24)
    do {
      // The modes are looked at before, at the size that the terminal has again at the end.
      try terminal.startDevtop(behind: "echo waiting; read line")
      try await terminal.shows("the shell waits") { $0.contains("waiting") }
      try terminal.resize(columns: 1, rows: 1)
      try terminal.press("Enter")
      try await eventually("devtop has the screen") { try terminal.ask("#{alternate_on}") == "1" ? () : nil }
      try terminal.press("2", "z", "k", "z", "3", "G", "?")
      try terminal.project.write("source.txt", "two")
      try terminal.resize(columns: 80, rows: 24)
      try await terminal.shows("Help")
      try await closeBox("Help", in: terminal)
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
      try await closeBox("Help", in: terminal)
      try terminal.press("C-l")
      try await terminal.shows("the same screen") { $0.dropFirst() == screen.dropFirst() }
      try await terminal.quitDevtop()
    }
  }

  @Test func `during a line without end keys are answered, and the line says that it is cut`() async throws {
    let project = try Project([
      "devtop.toml": """
      [service.api]
      run = '''
      while ! test -e stop.txt; do head -c 16777216 /dev/zero | tr '\\0' x; done
      echo; echo the end; exec sleep 1000
      '''
      watch = ["source.txt"]
      tty = false
      ready = "started"
      """
    ])
    try await withTerminal(project, columns: 80, rows: 24) { terminal in
      try await terminal.shows("xxxxxxxxxxxxxxxxxxxx")
      try terminal.press("?")
      try await terminal.shows("Help")
      try await closeBox("Help", in: terminal)
      try project.write("stop.txt", "")
      try await terminal.shows("the end")
      try terminal.press("3", "f")
      try await terminal.shows("filter›")
      try terminal.type("xxxx")
      try await terminal.shows("the line alone") { !$0.contains { $0.contains("the end") } }
      try terminal.press("Enter")
      try terminal.press("G", "Enter")
      try await terminal.shows("#1 · out")
      try terminal.press("End")
      try await terminal.shows("… the line was longer than 64 KiB")
      try await closeBox("#1 · out", in: terminal)
      try await terminal.quitDevtop()
    }
  }
}
