import Testing

/// `i` gives a service's terminal the keyboard.
@Suite(.serialized, .enabled(if: Tool.areThere("tmux", "bash", "python3"))) struct TypingTests {
  private static let program = """
    import sys
    print("up", flush=True)
    while True:
        name = input("name? ")
        if name == "full":
            sys.stdout.write("\\x1b[?1049h\\x1b[2J\\x1b[5;10Hin full\\x1b[2;3H")
            sys.stdout.flush()
            input()
            sys.stdout.write("\\x1b[?1049l")
        elif name == "bars":
            sys.stdout.write("a 0\\nb 0\\n")
            for step in range(1, 50):
                sys.stdout.write(f"\\x1b[2A\\x1b[2Ka {step}\\n\\x1b[2Kb {step}\\n")
            print("bars are done", flush=True)
        else:
            print(f"hello {name}", flush=True)
    """

  @Test func `a program is talked to, seen in full, and stays in the log`() async throws {
    let project = try Project([
      "app.py": Self.program,
      "devtop.toml":
        "[service.app]\nrun = \"exec python3 -u app.py\"\nready = \"started\"\nwatch = [\"none\"]\n",
    ])
    try await withTerminal(project, columns: 80, rows: 24) { terminal in
      try await terminal.shows("name?")
      try terminal.press("i")
      try await terminal.shows("^] leaves")
      try terminal.type("Ann q")
      try await terminal.shows("name? Ann q")
      try terminal.press("Enter")
      try await terminal.shows("hello Ann q")
      try terminal.type("bars")
      try terminal.press("Enter")
      try await terminal.shows("only the last bars") { lines in
        lines.contains { $0.hasPrefix("a 49") } && lines.contains { $0.hasPrefix("b 49") }
          && lines.contains { $0.hasPrefix("bars are done") } && !lines.contains { $0.hasPrefix("a 0") }
      }
      try terminal.type("full")
      try terminal.press("Enter")
      try await terminal.shows("the alternate screen") { lines in
        lines.contains { $0.hasPrefix("         in full") } && !lines.contains { $0.contains("hello Ann q") }
      }
      try terminal.press("Enter")
      try await terminal.shows("hello Ann q")
      try terminal.press("C-]")
      try await terminal.shows("all of it in the log") { lines in
        lines.contains { $0.contains("━3 Logs [all]") } && lines.contains { $0.contains("hello Ann q") }
          && lines.contains { $0.contains("a 49") } && !lines.contains { $0.contains("in full") }
          && !lines.contains { $0.contains("a 48") }
      }
      try await terminal.quitDevtop()
    }
  }
}
