import DevtopCore
import Glibc
import Testing

/// A port that a stranger holds, seen and freed in the dashboard.
@Suite(.serialized, .enabled(if: Tool.areThere("tmux", "bash", "python3", "node"))) struct PortTests {
  /// Node's error names the port; Python's does not, its configuration does.
  static let projects: [@Sendable (UInt16) -> [String: String]] = [
    { port in
      [
        "server.js": ServerTests.node(port, answer: "ours"),
        "devtop.toml": "[service.shop]\nrun = \"exec node server.js\"\n",
      ]
    },
    { port in
      [
        "server.py": ServerTests.python(port, answer: "ours"),
        "devtop.toml": """
        [service.shop]
        run = "exec python3 -u server.py"
        ready = { port = \(port) }
        """,
      ]
    },
  ]

  @Test(arguments: projects.indices)
  func `the stranger is named, lives while unasked, and is ended when that is confirmed`(
    index: Int
  ) async throws {
    let port = try HTTP.freePort()
    let stranger = try await Stranger(port: port)
    defer { stranger.remove() }
    let project = try Project(Self.projects[index](port))
    try await withTerminal(project, columns: 160, rows: 40) { terminal in
      let sentence = "port \(port) is held by pid \(stranger.pid) ("
      let screen = try await terminal.shows("the holder in the Build pane") {
        $0.contains { $0.contains(sentence) && $0.contains("stranger.py") && !$0.contains("──") }
      }
      #expect(!screen.contains { $0.contains("● shop ready") })
      try terminal.press("2")
      try await terminal.shows("━2 Build")

      // Asked, and no.
      try terminal.press("x")
      let question = try await terminal.shows("End the other process?")
      #expect(question.contains { $0.contains(sentence) })
      try terminal.press("n")
      try await terminal.shows("the question is gone") {
        !$0.contains { $0.contains("End the other process?") }
      }
      #expect(stranger.isAlive && HTTP.get("/", port: port) == "the stranger's")

      // Asked, and yes.
      try terminal.press("x")
      try await terminal.shows("End the other process?")
      try terminal.press("y")
      try await answer("ours", port: port)
      try await terminal.shows("● shop :\(port) ready")
      #expect(!stranger.isAlive)
      try await terminal.quitDevtop()
    }
  }

  @Test func `a stranger outlives a session in which nobody asked`() async throws {
    let port = try HTTP.freePort()
    let stranger = try await Stranger(port: port)
    defer { stranger.remove() }
    try await withDevtop(try Project(Self.projects[0](port))) { devtop in
      let error = try await devtop.event("error")
      #expect(error.string("message")?.contains("pid \(stranger.pid)") == true, "\(error)")
      for command in ["restart", "stop", "start"] {
        devtop.send(command)
        try await devtop.settle()
      }
      #expect(stranger.isAlive)
      try await devtop.quit()
    }
    #expect(stranger.isAlive && HTTP.get("/", port: port) == "the stranger's")
  }
}
