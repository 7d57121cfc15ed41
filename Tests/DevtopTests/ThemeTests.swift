import DevtopCore
import Glibc
import Testing

/// Themes of one's own, in tmux.
@Suite(.serialized, .enabled(if: Tool.areThere("tmux", "bash"))) struct ThemeTests {
  private static let configuration = """
    [service.api]
    run = "exec sleep 1000"
    watch = ["source.txt"]
    ready = "started"

    """

  /// Colours of xterm's cube, which 256 colours show exactly: 196, 46 and 21.
  private static func theme(ready color: String) -> String {
    """
    name = "Mine"
    variant = "dark"
    inherits = "terminal"
    [style]
    "service.ready" = "\(color)"

    """
  }

  private func shows(_ color: Int, _ terminal: TmuxSession) async throws {
    try await eventually("the service in colour \(color)") {
      try terminal.coloredScreen().contains("\u{1B}[38;5;\(color)m\u{1B}[49m●") ? () : nil
    }
  }

  @Test func `a theme that is saved is shown at once, a broken one is told and the last good one stays`()
    async throws
  {
    let project = try Project([
      "devtop.toml": Self.configuration, "mine.theme": Self.theme(ready: "#ff0000"),
    ])
    let arguments = "--color 256 --theme mine.theme"
    try await withTerminal(project, columns: 120, rows: 30, arguments: arguments) { terminal in
      try await terminal.shows("● api ready")
      try await shows(196, terminal)
      try project.write("mine.theme", Self.theme(ready: "#00ff00"))
      try await shows(46, terminal)

      try project.write("mine.theme", Self.theme(ready: "#0000ff") + "\"servic.ready\" = \"#0000ff\"\n")
      try await terminal.shows("mine.theme:6:1")
      try await shows(46, terminal)

      // As editors save: another file takes the name.
      try project.write("mine.new", Self.theme(ready: "#0000ff"))
      #expect(rename(project.path("mine.new"), project.path("mine.theme")) == 0)
      try await shows(21, terminal)
      try await terminal.quitDevtop()
    }
  }

  @Test func `a theme of the person's own directory is found by name and followed`() async throws {
    let home = try Project(["devtop/themes/mine.theme": Self.theme(ready: "#ff0000")])
    let project = try Project(["devtop.toml": "theme = \"mine\"\n" + Self.configuration])
    try await withTerminal(
      project, columns: 120, rows: 30, arguments: "--color 256",
      environment: ["XDG_CONFIG_HOME": home.root]
    ) { terminal in
      try await terminal.shows("● api ready")
      try await shows(196, terminal)
      try home.write("devtop/themes/mine.theme", Self.theme(ready: "#00ff00"))
      try await shows(46, terminal)
      // The configuration's choice is followed, too.
      try project.write("devtop.toml", "theme = \"nord\"\n" + Self.configuration)
      try await eventually("another theme") {
        try terminal.coloredScreen().contains("\u{1B}[38;5;46m") ? nil : ()
      }
      try await terminal.quitDevtop()
    }
    home.remove()
  }
}
