import Testing

/// Tab in a filter, `+`, marks and selections, on a terminal.
@Suite(.serialized, .enabled(if: Tool.areThere("tmux", "bash"))) struct LogKeysTests {
  private func run(_ body: (TmuxSession) async throws -> Void) async throws {
    let project = try Project([
      "devtop.toml": """
      [service.api]
      run = '''
      echo '{"level":"info","msg":"paid","user":{"name":"Ann Lee"}}'
      echo '{"level":"error","msg":"refused","user":{"name":"Bo"},"status":500}'
      printf '\\033[31mred\\033[0m words\\n'
      echo the last one
      exec sleep 1000
      '''
      ready = "started"
      """
    ])
    try await withTerminal(project, columns: 80, rows: 24) { terminal in
      try await terminal.shows("the last one")
      try await terminal.shows("● api ready")
      try await body(terminal)
    }
  }

  @Test func `a filter is put together with Tab`() async throws {
    try await run { terminal in
      try terminal.press("f")
      try await terminal.shows("filter›")
      try terminal.type("lev")
      try terminal.press("Tab")
      try await terminal.shows("filter› level:")
      try terminal.type("er")
      try terminal.press("Tab")
      try await terminal.shows("filter› level:error")
      try terminal.type(" .us")
      try terminal.press("Tab")
      try await terminal.shows("filter› level:error .user.name:")
      try terminal.press("Tab")
      try await terminal.shows("Tab next  Ann Lee  Bo")
      try terminal.press("Tab", "Tab")
      try await terminal.shows("only what matches") { lines in
        lines.contains { $0.contains(".user.name:Bo") } && lines.contains { $0.contains("refused") }
          && !lines.contains { $0.contains("paid") }
      }
      try terminal.press("Enter")
      try await terminal.shows("━3 Logs [all] level:error .user.name:Bo  1 of 4")
      try await terminal.quitDevtop()
    }
  }

  @Test func `a value of a row is filtered out, and a marked line is found again`() async throws {
    try await run { terminal in
      try terminal.press("/")
      try terminal.type("refused")
      try await terminal.shows("1/1")
      try terminal.press("Enter", "m")
      try await terminal.shows("mark 1/1")
      try terminal.press("-")
      try await terminal.shows("hide› ▸1 level:error  2 \"refused\"  3 .user.name:Bo  4 .status:500")
      try terminal.press("4")
      try await terminal.shows("the row is gone") { lines in
        lines.contains { $0.contains("!.status:500  3 of 4") }
          && !lines.contains { $0.contains("\"refused\"") }
      }
      try terminal.press("f", "C-u", "Enter", "G")
      try await terminal.shows("FOLLOW")
      try terminal.press("'")
      try await terminal.shows("the mark is gone to") { lines in
        lines.contains { $0.contains("mark 1/1") }
          && lines.contains { $0.hasPrefix("◆") && $0.contains("refused") }
      }
      try await terminal.quitDevtop()
    }
  }

  @Test func `lines are selected by keys or mouse and copied as they were printed`() async throws {
    try await run { terminal in
      try terminal.allowCopying()
      // Without lifecycle rows, which may come between the lines.
      try terminal.press("f")
      try await terminal.shows("filter›")
      try terminal.type("src:run")
      try terminal.press("Enter")
      try await terminal.shows("[all] src:run  4 ")
      try terminal.press("v", "k")
      try await terminal.shows("2 rows selected")
      try await terminal.shows("SELECT 2 · paused")
      try terminal.press("y")
      try await terminal.shows("copied 2 lines")
      try await eventually("the copy") { try terminal.copied() == "red words\nthe last one" ? () : nil }

      let rows = try terminal.screen()
      let first = try #require(rows.firstIndex { $0.contains("refused") })
      let last = try #require(rows.firstIndex { $0.contains("red words") })
      try terminal.type("\u{1B}[<0;20;\(first + 1)M\u{1B}[<32;30;\(last + 1)M")
      try await terminal.shows("▌")
      try await terminal.shows("2 rows selected")
      try terminal.type("\u{1B}[<0;30;\(last + 1)m")
      try await eventually("the copy of the mouse") {
        try terminal.copied().hasPrefix("{\"level\":\"error\"") && terminal.copied().hasSuffix("}\nred words")
          ? () : nil
      }
      try await terminal.quitDevtop()
    }
  }
}
