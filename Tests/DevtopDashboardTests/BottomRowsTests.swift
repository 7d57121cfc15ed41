import DevtopCore
import DevtopDashboard
import Testing

/// What the rows below the panes say, and where there is room for little else.
@Suite struct BottomRowsTests {
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

  @Test(arguments: Pane.allCases)
  func `the bottom line shows keys of the focused pane, and fits`(pane: Pane) {
    var state = single()
    state.services[0].diagnostics = [
      Diagnostic(severity: .warning, file: "a.go", line: 1, message: "unused")
    ]
    state.screen.focus = pane
    let last = rows(state).last ?? ""
    let own: [Pane: String] = [
      .files: "p pause", .build: "O raw", .logs: "f filter", .requests: "Enter details", .services: "x stop",
    ]
    #expect(last.contains(own[pane] ?? "?"))
    #expect(last.contains("q quit"))
  }

  @Test func `keys with nothing to do are not offered`() {
    var state = single()
    #expect(rows(state).last?.contains("b build") == true)
    state.screen.focus = .build
    #expect(rows(state).last?.contains("O raw") == true)
    #expect(rows(state).last?.contains("d dismiss") == false)
    state.services[0].spec.build = []
    state.services[0].history = []
    #expect(rows(state).last?.contains("b build") == false)
    #expect(rows(state).last?.contains("O raw") == false)
    state.screen.focus = .files
    #expect(rows(state).last?.contains("Enter details") == true)
    state.files = []
    #expect(rows(state).last?.contains("Enter details") == false)
  }

  @Test(arguments: [(80, 24), (60, 15), (30, 6), (12, 2)])
  func `while something is typed, no key is offered that would be typed`(columns: Int, rows: Int) {
    var state = single(columns, rows)
    for purpose in [Prompt.Purpose.filter, .search] {
      state.screen.prompt = Prompt(purpose, text: "a", history: [])
      let text = self.rows(state).joined(separator: "\n")
      for key in ["q quit", "z zoom", "b build", "? help"] { #expect(!text.contains(key)) }
      #expect(text.contains(purpose == .filter ? "filter› a" : "search› a"))
      guard columns >= 60 else { continue }
      #expect(text.contains(purpose == .filter ? "Enter keep" : "Enter find"))
      guard columns >= 80 else { continue }
      #expect(text.contains(purpose == .filter ? "Esc revert" : "Esc back"))
      #expect(text.contains("↑ history"))
      #expect(text.contains("^U clear"))
    }
    state.screen.prompt = nil
    state.screen.overlay = .palette(LineEditor(text: "a"), selected: 0)
    #expect(self.rows(state).last?.contains("q quit") == false)
  }

  @Test func `follow is offered where the log does not follow`() {
    var state = single()
    #expect(rows(state).last?.contains("F follow") == false)
    state.screen.logs.follows = false
    #expect(rows(state).last?.contains("F follow") == true)
  }

  @Test(arguments: [(80, 7), (80, 6), (30, 6), (80, 4), (80, 3), (39, 60), (12, 2)])
  func `a screen too small for tabs has one pane, and keys from four rows on`(columns: Int, rows: Int) {
    var state = single(columns, rows)
    let lines = self.rows(state)
    #expect(lines[1].hasPrefix("━3 Logs"))
    #expect((lines.last?.hasPrefix(" ? help") == true) == (rows >= 4))
    if rows > 2 { #expect(Layout(state).contentHeight(of: .logs) == rows - (rows >= 4 ? 3 : 2)) }
    state.screen.focus = .build
    #expect(self.rows(state)[1].hasPrefix("━2 Build"))
  }

  @Test func `a question has its answers on the bottom line`() {
    var state = SampleSession.green(80, 24)
    state.screen.overlay = .confirm(.stop(["api", "worker", "web"]))
    expectScreen(draw(state, SampleSession.logs, .sample), is: "stop-80x24")
    #expect(rows(state).contains { $0.contains(" y Enter yes  any other key no") })
  }
}
