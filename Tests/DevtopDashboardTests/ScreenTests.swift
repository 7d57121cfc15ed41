import DevtopCore
import DevtopDashboard
import Testing

/// Whole screens, as text.
@Suite struct ScreenTests {
  private static let sizes = [(80, 24), (120, 40), (200, 60)]

  private func grid(_ state: AppState) -> Grid { draw(state, SampleSession.logs, .sample) }

  @Test(arguments: sizes)
  func `a green session`(_ columns: Int, _ rows: Int) {
    expectScreen(grid(SampleSession.green(columns, rows)), is: "green-\(columns)x\(rows)")
  }

  @Test(arguments: sizes)
  func `a failed build`(_ columns: Int, _ rows: Int) {
    expectScreen(grid(SampleSession.red(columns, rows)), is: "red-\(columns)x\(rows)")
  }

  @Test(arguments: sizes)
  func `a crash and a port that is held`(_ columns: Int, _ rows: Int) {
    expectScreen(grid(SampleSession.crashed(columns, rows)), is: "crashed-\(columns)x\(rows)")
  }

  @Test(arguments: [(79, 24), (60, 15), (40, 8), (39, 8), (12, 2), (11, 2), (3, 1)])
  func `a small terminal gets a smaller dashboard`(_ columns: Int, _ rows: Int) {
    expectScreen(grid(SampleSession.red(columns, rows)), is: "small-\(columns)x\(rows)")
  }

  @Test(arguments: [Pane.files, .build, .requests, .services])
  func `the focused pane gets room`(_ pane: Pane) {
    var state = SampleSession.red(80, 24)
    state.screen.focus = pane
    expectScreen(grid(state), is: "focus-\(pane.title)-80x24")
  }

  @Test(arguments: sizes)
  func `requests through the proxy`(_ columns: Int, _ rows: Int) {
    expectScreen(grid(SampleSession.proxied(columns, rows)), is: "proxied-\(columns)x\(rows)")
  }

  @Test(arguments: [(80, 24), (120, 40)])
  func `the routes have the keys`(_ columns: Int, _ rows: Int) {
    var state = SampleSession.proxied(columns, rows)
    state.screen.requests.half = .routes
    state.screen.requests.sort = .change
    state.requests.sortRoutes(by: .change)
    expectScreen(grid(state), is: "routes-\(columns)x\(rows)")
  }

  @Test func `the detail of a request masks its secrets`() {
    var state = SampleSession.proxied(80, 24)
    state.screen.requests.cursor.selected = 5
    _ = update(&state, .key(.enter))
    let grid = grid(state)
    expectScreen(grid, is: "request-80x24")
    #expect(!grid.text.contains("s3cret") && !grid.text.contains("abc"))
  }

  @Test func `requests are filtered while the filter is typed`() {
    var state = SampleSession.proxied(80, 24)
    state.screen.requests.filter = RequestFilter(text: "status:5xx") { sample, _ in sample.status >= 500 }
    state.screen.prompt = Prompt(.requestFilter, text: "status:5xx", history: [])
    expectScreen(grid(state), is: "request-filter-80x24")
  }

  @Test func `a zoomed pane has the screen`() {
    var state = SampleSession.red(80, 24)
    state.screen.focus = .build
    state.screen.isZoomed = true
    expectScreen(grid(state), is: "zoomed-80x24")
  }

  @Test func `a filter that hides everything says so`() {
    var state = SampleSession.green(80, 24)
    state.screen.logs.filter = "nothing-like-this"
    state.screen.logs.counts = LogCounts(matched: 0, total: 40)
    expectScreen(draw(state, LogWindow(), .sample), is: "filtered-away-80x24")
  }

  @Test func `a filter with an error points at its column`() {
    var state = SampleSession.red(80, 24)
    var prompt = Prompt(.filter, text: "level:>=warn lvl:x", history: [])
    prompt.error = ("there is no field lvl; level is one", 14)
    state.screen.prompt = prompt
    let grid = grid(state)
    expectScreen(grid, is: "filter-error-80x24")
    #expect(grid.cursor == Grid.Position(column: 27, row: 22))
  }

  @Test func `a search marks what it finds`() {
    var state = SampleSession.red(120, 40)
    state.screen.prompt = Prompt(.search, text: "orders", history: [])
    let grid = grid(state)
    expectScreen(grid, is: "search-120x40")
    let match = PackedStyle(Theme.sample[.match])
    let marked = (0..<40).filter { row in
      (0..<120).contains {
        grid[$0, row]?.style.attributes.contains(match.attributes) == true
          && grid[$0, row]?.style.foreground == match.foreground
      }
    }
    #expect(marked.count == 2)
  }

  @Test func `scrolling back shows the cursor and how much is new`() {
    var state = SampleSession.green(80, 24)
    state.screen.logs.follows = false
    state.screen.logs.bottom = 6
    state.screen.logs.cursor = 4
    state.screen.logs.newLines = 3
    state.screen.logs.counts.dropped = 120
    state.screen.logs.wraps = true
    expectScreen(grid(state), is: "scrolled-80x24")
  }

  @Test(arguments: sizes)
  func `help lists every key`(_ columns: Int, _ rows: Int) {
    var state = SampleSession.green(columns, rows)
    state.screen.overlay = .help(scroll: 4)
    expectScreen(grid(state), is: "help-\(columns)x\(rows)")
  }

  @Test func `the palette finds by letters`() {
    var state = SampleSession.green(80, 24)
    state.screen.overlay = .palette(LineEditor(text: "rest"), selected: 1)
    expectScreen(grid(state), is: "palette-80x24")
  }

  @Test func `a question names what it ends`() {
    var state = SampleSession.crashed(80, 24)
    state.screen.overlay = .confirm(
      .endHolder(state.services[2].portHolder ?? PortHolder(port: 1), service: "web"))
    expectScreen(grid(state), is: "confirm-80x24")
  }

  @Test func `a detail wraps its lines`() {
    var state = SampleSession.green(80, 24)
    let line = String(repeating: "0123456789 ", count: 12)
    state.screen.overlay = .detail(title: "api 14:02:31", lines: ["first", line, "last"], scroll: 0)
    expectScreen(grid(state), is: "detail-80x24")
    state.screen.overlay = .detail(
      title: "error", lines: ["Nothing to run was found.\nA Procfile names it."], scroll: 0)
    #expect(grid(state).text.contains("│ Nothing to run was found. "))
    #expect(grid(state).text.contains("│ A Procfile names it. "))
  }

  @Test func `paused, building and leaving are in the header`() {
    var state = SampleSession.red(80, 24)
    state.watch.isPaused = true
    state.watch.changedWhilePaused = 3
    state.services[0].build = .running(19, since: SampleSession.moment(4))
    expectScreen(grid(state), is: "building-80x24")
    state.phase = .ending(status: 0, isForced: false)
    expectScreen(grid(state), is: "leaving-80x24")
  }

  @Test func `a first start has words for what is not there yet`() {
    var state = AppState(configuration: SampleSession.green(80, 24).configuration)
    state.screen.size = Size(columns: 120, rows: 40)
    expectScreen(draw(state, LogWindow(), .sample), is: "first-120x40")
  }

  @Test func `ASCII borders have no other characters`() {
    let state = SampleSession.red(200, 60)
    let grid = draw(state, LogWindow(), .sample, options: DrawOptions(usesASCII: true))
    expectScreen(grid, is: "ascii-200x60")
    #expect(grid.text.unicodeScalars.allSatisfy { $0.isASCII })
  }

  @Test func `times are local`() {
    let state = SampleSession.green(80, 24)
    let grid = draw(state, SampleSession.logs, .sample, options: DrawOptions(utcOffsetInSeconds: -5 * 3_600))
    #expect(grid.text.contains("09:02:31"))
  }
}
