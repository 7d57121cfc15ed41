import DevtopCore
import DevtopDashboard
import DevtopLogs
import Testing

/// What single rows of the screen say.
@Suite struct PaneTests {
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

  // MARK: Services

  @Test func `one service at 80 by 24 has its headings`() {
    var state = single()
    state.screen.focus = .services
    expectScreen(draw(state, SampleSession.logs, .sample), is: "services-one-80x24")
    #expect(row("name", of: state).contains("fds"))
  }

  @Test func `a service that is stopped uses nothing`() {
    var state = single(200, 60)
    #expect(row("api  ● ready", of: state).contains("64M"))
    state.services[0].process = .stopped(17)
    let stopped = row("api  ‖ stopped", of: state)
    for value in ["64M", "2%", " 14 "] { #expect(!stopped.contains(value)) }
  }

  @Test(arguments: [Pane.logs, .services], [nil, "api"] as [ServiceID?])
  func `the Services pane has one mark at most`(focus: Pane, shown: ServiceID?) {
    var state = SampleSession.green(200, 60)
    state.screen.focus = focus
    state.screen.service = shown
    state.screen.services.selected = 1
    let marked = rows(state).filter { $0.hasPrefix("▸") }
    #expect(marked.count == (focus == .services || shown != nil ? 1 : 0))
    if focus == .services { #expect(marked.first?.contains("worker") == true) }
  }

  @Test func `restarts in a row are in the header, also of a service that is up again`() {
    var state = single()
    state.services[0].backoff.attempts = 3
    #expect(rows(state)[0].contains("● api :8080 ready ↻3"))
    state.services[0].process = .stopped(17)
    #expect(!rows(state)[0].contains("↻"))
  }

  @Test func `the run that serves while the newest starts or has failed is in the header`() {
    var state = single()
    state.services[0].older = [
      OlderRun(run: 17, pid: 4_711, port: 8_080, since: SampleSession.moment(-132), ports: [])
    ]
    state.services[0].process = .starting(18, pid: nil, since: SampleSession.moment(0))
    #expect(rows(state)[0].contains("● api :8080 #17 serving · #18 starting"))
    state.services[0].process = .failed(18, ProcessPhase.Failure(status: .code(1)))
    #expect(rows(state)[0].contains("✗ api :8080 #17 serving · #18 exit 1"))
  }

  @Test func `a breaker that is not closed is in the header`() {
    var state = single()
    state.services[0].proxyLoad.breaker = .halfOpen
    #expect(rows(state)[0].contains("● api :8080 ready breaker half-open"))
  }

  // MARK: Logs

  @Test func `rows of devtop itself are named in full`() {
    let logs = LogWindow(rows: [SampleSession.marker(0, 0, "devtop", "a project")])
    #expect(row("a project", of: single(), logs).contains(" devtop ── a project ──"))
  }

  @Test func `what is new and what is repeated says so before its text`() {
    var (new, repeated, both) = (
      SampleSession.log(0, 0, "api", nil, "cache is cold"), SampleSession.log(1, 1, "api", .warn, "retrying"),
      SampleSession.log(2, 2, "api", nil, "tick")
    )
    new.isNew = true
    repeated.repetition = Repetition(count: 7, duration: .milliseconds(2_400))
    both.isNew = true
    both.repetition = Repetition(count: 2, duration: .zero)
    let lines = rows(single(), LogWindow(rows: [new, repeated, both]))
    #expect(lines.contains { $0.contains(" NEW cache is cold ") })
    #expect(lines.contains { $0.contains(" W ×7 2.5/s retrying ") })
    #expect(lines.contains { $0.contains(" NEW ×2 tick ") })
  }

  @Test func `long lines are shown from the column that was moved to`() {
    var state = single()
    let numbers = (0..<20).map { String(repeating: "\($0 % 10)", count: 8) }.joined()
    let logs = LogWindow(rows: [
      SampleSession.log(0, 0, "api", .error, numbers), SampleSession.log(1, 1, "api", nil, "short"),
      SampleSession.marker(2, 2, "api", "a marker of a few words"),
    ])
    state.screen.logs.column = 16
    let lines = rows(state, logs)
    let first = lines.first { $0.contains("22222222") } ?? ""
    #expect(first.contains(" E 2222222233333333"))
    #expect(first.hasSuffix("…"))
    #expect(lines.contains { $0.contains("from column 17") })
    #expect(lines.contains { $0.contains("── a marker of a few words ──") })
    #expect(!lines.contains { $0.contains("short") })
  }

  @Test func `a match is marked where the line was moved to`() {
    var state = single()
    state.screen.logs.search = "needle"
    state.screen.logs.column = 4
    let logs = LogWindow(rows: [SampleSession.log(0, 0, "api", nil, "a bc needle")])
    let grid = draw(state, logs, .sample)
    let match = PackedStyle(Theme.sample[.match])
    let row = rows(state, logs).firstIndex { $0.contains("needle") } ?? 0
    let marked = (0..<80).filter {
      guard let style = grid[$0, row]?.style else { return false }
      return style.attributes.contains(match.attributes) && style.foreground == match.foreground
    }
    let text = Array(rows(state, logs)[row])
    let start = text.indices.first { String(text[$0...]).hasPrefix("needle") } ?? 0
    #expect(marked == Array(start..<start + 6))
  }

  @Test func `an emptied view says how to get its lines back`() {
    var state = single()
    state.screen.logs.isCleared = true
    let lines = rows(state, LogWindow())
    #expect(lines.contains { $0.contains("u brings them back") })
    #expect(lines.contains { $0.contains("cleared ━") })
  }

  // MARK: Files

  @Test(arguments: [(80, 24), (120, 40)])
  func `a rule is seen whole, or at least its end`(columns: Int, rows: Int) {
    var state = single(columns, rows)
    state.screen.focus = .files
    state.files = [
      FileEntry(
        time: SampleSession.time(0), path: "app.py", kind: .modified,
        outcome: .ignored(rule: "not included by default")),
      FileEntry(
        time: SampleSession.time(0), path: "app.css", kind: .modified,
        outcome: .ignored(rule: "web/frontend/packages/interface/styles/.gitignore:31")),
    ]
    let lines = self.rows(state)
    if columns == 80 { #expect(lines.contains { $0.contains("ignored: not included by default") }) }
    #expect(lines.contains { $0.contains(".gitignore:31") })
  }

  @Test func `the title of closed Files counts what changed with the file that it names`() {
    var state = single()
    #expect(!row("1 Files", of: state).contains(" +"))
    state.files = (0..<22).map {
      FileEntry(
        time: SampleSession.time(0), path: "api/f\($0).go", kind: .modified, outcome: .build(["api": 18]))
    }
    #expect(row("1 Files", of: state).contains("api/f0.go +21 → api #18"))
    for index in state.files.indices { state.files[index].outcome = .restart(["api"]) }
    for index in 2..<22 { state.files[index].time = SampleSession.time(-60) }
    #expect(row("1 Files", of: state).contains("api/f0.go +1 → restart api"))
  }

  @Test func `the selected file keeps its sign beside the mark`() {
    var state = single()
    state.screen.focus = .files
    for (kind, sign) in [(FileChange.Kind.created, "+"), (.modified, "Δ"), (.removed, "-")] {
      state.files[0].kind = kind
      #expect(row("api/order.go", of: state).hasPrefix("▸\(sign) 14:02:31 api/order.go"))
    }
    #expect(row("api/db.go", of: state).hasPrefix(" Δ 14:01:07 api/db.go"))
  }

  // MARK: Requests

  @Test func `a request faster than a tenth of a millisecond did not take nothing`() {
    var state = single()
    state.requests.add(
      RequestSample(
        service: "api", run: 17, time: SampleSession.time(3), method: "GET", path: "/", status: 500,
        duration: .nanoseconds(991)), isHealthCheck: false)
    #expect(row("<0.1ms", of: state).contains("500  <0.1ms"))
  }
}
