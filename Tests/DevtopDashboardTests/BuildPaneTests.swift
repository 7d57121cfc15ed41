import DevtopCore
import DevtopDashboard
import Testing

/// What the Build pane says.
@Suite struct BuildPaneTests {
  private func rows(_ state: AppState, _ logs: LogWindow = SampleSession.logs) -> [String] {
    draw(state, logs, .sample).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private func row(_ text: String, of state: AppState, _ logs: LogWindow = SampleSession.logs) -> String {
    rows(state, logs).first { $0.contains(text) } ?? ""
  }

  /// One service, as most projects have.
  private func single(_ columns: Int = 80, _ rows: Int = 24) -> AppState {
    var state = SampleSession.green(columns, rows)
    state.services = [state.services[0]]
    return state
  }

  @Test func `an empty Build pane says why`() {
    var state = single(120, 40)
    state.services[0].history = []
    #expect(row("not built yet", of: state).contains("│ not built yet"))
    state.services[0].spec.build = []
    #expect(rows(state).contains { $0.contains("2 Build nothing to build") })
    #expect(rows(state).contains { $0.contains("what is only run has no build") })
  }

  @Test func `a place is seen whole where the messages are short`() {
    var state = SampleSession.red(80, 24)
    state.services[0].diagnostics = [
      Diagnostic(
        severity: .error, file: "Sources/shop/Shop.swift", line: 19, column: 28,
        message: "cannot find 'greting' in scope")
    ]
    #expect(
      row("greting", of: state).contains("Sources/shop/Shop.swift:19:28  cannot find 'greting' in scope"))
  }

  @Test(arguments: ["     |       `- error: no such name", "      |   ^~~~~", "\t\t^"])
  func `where a code frame is cut, the line with the error stays`(mark: String) {
    var state = SampleSession.red(80, 24)
    var error = Diagnostic(severity: .error, file: "a.c", line: 3, message: "no such name")
    error.detail = ["   1 | before", "   2 | this ^ is no mark", "   3 | the line", mark, "   4 | behind"]
    state.services[0].diagnostics = [error]
    let lines = rows(state)
    #expect(lines.contains { $0.contains("the line") })
    #expect(!lines.contains { $0.contains("before") })
  }

  @Test func `a crash has no empty row below it`() {
    let state = SampleSession.crashed(80, 24)
    let lines = rows(state)
    let waterfall = lines.firstIndex { $0.contains("save→detect") } ?? 0
    #expect(lines[waterfall + 1].contains("3 Logs"))
  }

  /// A message of 40 numbered words, about 280 columns.
  private static let long = (1...40).map { "word\($0)" }.joined(separator: " ")

  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 15)])
  func `the message of the selected row is read to its end, between words`(columns: Int, rows: Int) {
    var state = single(columns, rows)
    state.screen.focus = .build
    state.services[0].diagnostics = ["first", "second"].map {
      Diagnostic(
        severity: .error, file: "main.go", line: 12, column: 69, message: "\($0) \(Self.long)",
        detail: ["the code frame"])
    }
    let words = { (lines: [String]) in lines.flatMap { $0.split(separator: " ").map(String.init) } }
    let lines = self.rows(state)
    for number in 1...40 { #expect(words(lines).contains("word\(number)")) }
    let second = lines.firstIndex { $0.contains("second") } ?? 0
    #expect(lines[second].contains("…"), "a row that is not selected has one line")
    let frame = lines.firstIndex { $0.contains("the code frame") } ?? rows
    let last = lines.firstIndex { words([$0]).contains("word40") } ?? rows
    #expect(last < frame && frame <= second || frame == rows)
  }

  @Test func `a warning of the configuration is read to its end, also without the focus`() {
    var state = single()
    let advice =
      "the key cpu is not known in a service and is left out; did you mean run, which is a command?"
    state.notices = [
      Notice(isError: false, time: WallTime(milliseconds: 0), text: ConfigurationNotice(advice))
    ]
    #expect(row("warning the key", of: state).contains("warning the key cpu is not known"))
    #expect(row("command?", of: state).hasPrefix("     "))
  }

  @Test func `newlines of a message are lines, and spaces where there is one line`() {
    var state = single()
    state.services[0].diagnostics = [
      Diagnostic(severity: .error, file: "a.go", line: 1, message: "one\nmore"),
      Diagnostic(severity: .error, file: "a.go", line: 2, message: "two\nmore"),
    ]
    let lines = rows(state)
    #expect(lines.contains { $0.contains("a.go:1  one   ") })
    #expect(lines.contains { $0.hasPrefix("     more") })
    #expect(lines.contains { $0.contains("a.go:2  two more") })
  }

  @Test func `rows of several services name theirs, and paths are the project's`() {
    var state = SampleSession.crashed(80, 24)
    state.services[2].diagnostics = [
      Diagnostic(severity: .warning, file: "/home/ada/shop/web/a.ts", line: 3, message: "unused"),
      Diagnostic(severity: .note, file: "/usr/include/a.h", line: 4, message: "declared here"),
    ]
    state.screen.focus = .build
    let lines = rows(state)
    #expect(lines.contains { $0.contains("crash api: api/order.go:88") })
    #expect(lines.contains { $0.contains("W web: web/a.ts:3 ") })
    #expect(lines.contains { $0.contains("N web: /usr/include/a.h:4 ") })
    state.screen.service = "web"
    #expect(rows(state).contains { $0.contains("W web/a.ts:3 ") })
  }

  @Test func `the way out of a held port is seen whatever holds it`() {
    var state = single()
    let command = "/root/.pyenv/versions/3.11.7/bin/python -m http.server 8080 --directory /srv/www/pages"
    state.services[0].portHolder = PortHolder(
      port: 8_080, pid: 812, command: command, since: SampleSession.time(-60))
    #expect(row("8080 is held", of: state).contains("(python -m http.server"))
    #expect(rows(state).contains { $0.contains("x ends it") })
    #expect(rows(state).contains { $0.contains("/srv/www/pages)") })
    // With another row selected it has one line.
    state.services[0].diagnostics = [Diagnostic(severity: .error, file: "a.go", line: 1, message: "m")]
    state.screen.build.cursor.selected = 1
    #expect(row("8080 is held", of: state).contains("(python -m"))
    #expect(row("8080 is held", of: state).hasSuffix("x ends it"))
  }

  @Test func `a title does not say that nothing is there above notices`() {
    var state = single()
    state.services[0].spec.build = []
    state.services[0].history = []
    let notice = { Notice(isError: $0, time: WallTime(milliseconds: 0), text: ConfigurationNotice("odd")) }
    state.notices = [notice(true)]
    #expect(row("2 Build", of: state).contains("2 Build 1 error ─"))
    state.notices = [notice(false), notice(false)]
    #expect(row("2 Build", of: state).contains("2 Build 2 warnings ─"))
    state.notices.append(notice(true))
    #expect(row("2 Build", of: state).contains("2 Build 1 error, 2 warnings ─"))
    state.services = []
    #expect(row("2 Build", of: state).contains("2 Build 1 error, 2 warnings ─"))
  }

  @Test func `raw output gets half of the screen`() {
    var state = SampleSession.red(80, 24)
    let before = Dashboard.buildOutputRowsNeeded(state)
    state.screen.build.showsRawOutput = true
    #expect(before == 0)
    #expect(Dashboard.buildOutputRowsNeeded(state) == 10)
  }
}
