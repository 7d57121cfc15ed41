import DevtopCore
import DevtopDashboard
import Testing

/// What Tab, `+`, marks and selections look like.
@Suite struct FilterScreenTests {
  private func grid(_ state: AppState, ascii: Bool = false) -> Grid {
    draw(state, SampleSession.logs, .sample, options: DrawOptions(usesASCII: ascii))
  }

  private func rows(_ state: AppState, ascii: Bool = false) -> [String] {
    grid(state, ascii: ascii).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private func completing(_ labels: [String], selected: Int?) -> AppState {
    var state = SampleSession.green(80, 24)
    var prompt = Prompt(.filter, text: "level:", history: [])
    // A field without a value is an error; what may follow says more.
    prompt.error = ("Write a value, for example level:>=warn. level: has none.", 7)
    var completion = FilterCompletion(
      start: 6, candidates: labels.map { FilterCompletion.Candidate($0, text: $0) })
    completion.selected = selected
    prompt.completion = completion
    state.screen.prompt = prompt
    return state
  }

  @Test func `what may follow stands below the prompt`() {
    let levels = ["trace", "debug", "info", "warn", "error", "fatal"]
    expectScreen(grid(completing(levels, selected: 3)), is: "completion-80x24")
    #expect(rows(completing([], selected: nil)).last?.contains("nothing to complete here") == true)
  }

  @Test func `why lines may be missing is said with the prompt and without`() {
    var state = SampleSession.green(80, 24)
    state.screen.logs.counts.problem = "The expression is too slow and was stopped."
    #expect(rows(state)[22].contains("The expression is too slow and was stopped."))
    state.screen.prompt = Prompt(.filter, text: "/(a|aa)+$/", history: [])
    #expect(rows(state)[23].contains("The expression is too slow and was stopped."))
  }

  @Test func `what is missing at the end is a hint, what is wrong before it is a mistake`() {
    var state = completing(["warn"], selected: nil)
    state.screen.prompt?.completion = nil
    #expect(rows(state).last?.contains("^ Write a value, for example level:>=warn.") == true)
    #expect(!rows(state).contains { $0.contains("✗ column") })
    let hint = grid(state)[20, 23]
    state.screen.prompt?.error = ("Write a value, for example level:>=warn. level: has none.", 6)
    #expect(rows(state).contains { $0.contains("✗ column 6") })
    #expect(grid(state)[20, 23]?.style != hint?.style)
  }

  @Test func `more candidates than fit go by in pages, and the chosen one is seen`() {
    let names = (1...40).map { ".field.number\($0):" }
    let first = rows(completing(names, selected: nil)).last ?? ""
    #expect(first.contains(" .field.number1:") && first.contains("+37"))
    for selected in [0, 20, 39] {
      let row = rows(completing(names, selected: selected)).last ?? ""
      #expect(row.contains("▸.field.number\(selected + 1):"), "\(row)")
    }
    #expect(rows(completing(names, selected: 39)).last?.contains("+") == false)
    let long = rows(completing([String(repeating: "long", count: 40), "b"], selected: 1)).last ?? ""
    #expect(long.contains("longlong") && long.contains("▸b"))
  }

  @Test func `the values of a row are offered in one line`() {
    var state = SampleSession.red(80, 24)
    let terms = [
      "svc:api", "level:error", "\"assignment to entry in nil map\"", ".status:500", ".path:/orders/7",
    ]
    state.screen.overlay = .terms(TermChoice(terms, excludes: false))
    expectScreen(grid(state), is: "terms-80x24")
    state.screen.overlay = .terms(TermChoice(terms, excludes: true))
    #expect(rows(state).contains { $0.hasPrefix(" hide› ▸1 svc:api") })
    #expect(rows(state).last?.contains("+ only these instead") == true)
    state.screen.size = Size(columns: 40, rows: 8)
    #expect(rows(state).contains { $0.contains("▸1 svc:api") })
  }

  @Test func `marked lines have a sign, and the title counts them`() {
    var state = SampleSession.green(80, 24)
    state.screen.logs.marks = [1, 4]
    state.screen.logs.follows = false
    state.screen.logs.cursor = 4
    state.screen.logs.bottom = 6
    expectScreen(grid(state), is: "marks-80x24")
    #expect(rows(state, ascii: true).contains { $0.hasPrefix("*14:02:33 api") })
    state.screen.logs.cursor = 5
    #expect(rows(state).contains { $0.contains("· 2 marks") })
  }

  @Test func `a selection has its rows, its size and its keys`() {
    var state = SampleSession.green(80, 24)
    state.screen.logs.follows = false
    state.screen.logs.anchor = 6
    state.screen.logs.cursor = 4
    state.screen.logs.bottom = 6
    state.screen.logs.counts.selected = 3
    state.screen.logs.newLines = 5
    expectScreen(grid(state), is: "selection-80x24")
    state.screen.logs.newLines = 0
    #expect(rows(state).contains { $0.contains("SELECT 3 · paused") })
    #expect(rows(state, ascii: true).filter { $0.hasPrefix(">14:0") }.count == 3)
  }
}
