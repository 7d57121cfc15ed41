import DevtopCore
@testable import DevtopDashboard
@testable import DevtopLogs
import Testing

/// No state and no size is too odd to be drawn.
@Suite struct RandomStateTests {
  @Test(arguments: 0..<12)
  func `any state at any size is drawn, safely`(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<60 {
      var state = random.state()
      state.screen.size = random.size()
      state.screen.logs.isPretty = random.isTrue()
      state.screen.logs.wraps = random.isTrue()
      let grid = draw(
        state, random.logs(), .sample,
        options: DrawOptions(utcOffsetInSeconds: random.number(-50_000...50_000), usesASCII: random.isTrue()))
      #expect(grid.size.columns == max(0, state.screen.size.columns))
      #expect(grid.size.rows == max(0, state.screen.size.rows))
      #expect(unsafe(in: grid) == nil, "seed \(seed), \(state.screen.size)")
      if let cursor = grid.cursor { #expect(grid[cursor.column, cursor.row] != nil) }
      expectSoundLayout(state)
    }
  }

  /// The first scalar that must never be in a cell, or half of a wide character without the other.
  private func unsafe(in grid: Grid) -> String? {
    for row in 0..<grid.size.rows {
      for column in 0..<grid.size.columns {
        guard let cell = grid[column, row] else { return "no cell" }
        if cell.isRightHalf {
          guard column > 0, let left = grid[column - 1, row], !left.isRightHalf else {
            return "a right half alone"
          }
          continue
        }
        let scalars = grid.scalars(of: cell)
        guard !scalars.isEmpty, scalars.count <= Glyph.longest else { return "\(scalars.count) scalars" }
        for scalar in scalars {
          switch scalar {
          case 0..<0x20, 0x7F..<0xA0, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xE0000...0xE0FFF:
            return String(scalar, radix: 16)
          default: break
          }
        }
      }
    }
    return nil
  }

  /// Panes are inside of the screen, do not overlap, and lists point at rows that exist.
  private func expectSoundLayout(_ state: AppState) {
    let layout = Layout(state)
    let size = state.screen.size
    var taken: Set<[Int]> = []
    for (pane, frame) in layout.panes {
      #expect(frame.column >= 0 && frame.row >= 0 && frame.columns >= 0 && frame.rows >= 0)
      #expect(frame.column + frame.columns <= size.columns && frame.row + frame.rows <= size.rows)
      #expect(layout.contentHeight(of: pane) < max(1, frame.rows))
      for row in frame.row..<frame.row + frame.rows {
        #expect(taken.insert([frame.column, row]).inserted)
        let found = layout.pane(atColumn: frame.column, row: row)
        #expect(found?.pane == pane)
        #expect((found?.contentRow ?? -2) >= -1)
      }
    }
  }
}

/// A generator that gives the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var word: UInt64

  init(seed: UInt64) { word = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    word &+= 0x9E37_79B9_7F4A_7C15
    var value = word
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }
  mutating func isTrue() -> Bool { .random(using: &self) }
  mutating func one<Value>(of values: [Value]) -> Value { values[number(0...values.count - 1)] }

  mutating func size() -> Size {
    let limit = one(of: [3, 15, 90, 300])
    return Size(columns: number(0...limit), rows: number(0...limit))
  }

  mutating func text() -> String {
    let pieces = [
      "a", "word ", "\u{1B}[2J", "\u{9B}31m", "\u{202E}", "\u{200B}", "\u{7F}", "\t", "\n", "\r\n", "\u{0}",
      "日本語",
      "👨‍👩‍👧", "❤️", "🇩🇪", "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}", "\u{301}", "\u{FEFF}", "🇩", "ا",
      "\u{E0041}", "ﷺ",
    ]
    return (0..<number(0...12)).map { _ in one(of: pieces) }.joined()
  }

  mutating func duration() -> Duration {
    one(of: [.zero, .nanoseconds(1), .milliseconds(999), .seconds(59), .seconds(1 << 40), .seconds(-1)])
  }

  mutating func moment() -> Moment {
    let wall = one(of: [0, -1, Int64.min, Int64.max, 1_700_000_000_000])
    return Moment(instant: .zero, wall: WallTime(milliseconds: wall))
  }

  /// A line whose escapes stand for what a terminal must not get.
  mutating func json() -> String {
    var pieces: [String] = []
    for key in ["msg", "a", "b"] {
      let escaped = text().unicodeScalars.map { scalar -> String in
        let digits = String(scalar.value, radix: 16)
        return digits.count > 4
          ? String(scalar) : "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
      pieces.append("\"\(key)\":\"\(escaped.joined())\"")
    }
    return "{\(pieces.joined(separator: ","))}"
  }

  mutating func logs() -> LogWindow {
    let levels: [LogLevel?] = [nil] + LogLevel.allCases
    let rows = (0..<number(0...40)).map { index in
      var row = LogRow(
        sequence: index, service: one(of: ["api", "gone"]), run: 1, stream: one(of: LogStream.allCases),
        level: one(of: levels), time: moment().wall, bytes: Array((isTrue() ? text() : json()).utf8),
        isTruncated: isTrue(), isPartial: isTrue())
      row.isContext = isTrue()
      if number(0...5) == 0 {
        row.fold = RecordSummary([text(), text(), "at \(text()) (/app.js:3)"], root: "/")
      }
      if isTrue() { row.repetition = Repetition(count: number(0...1_000_000), duration: duration()) }
      row.isNew = isTrue()
      return row
    }
    return LogWindow(rows: rows, buildOutput: rows)
  }

  mutating func state() -> AppState {
    var state = SampleSession.green(80, 24)
    let failure = ProcessPhase.Failure(
      status: one(of: [nil, .code(2), .signal(11, name: "SIGSEGV")]), reason: isTrue() ? text() : nil,
      restart: isTrue() ? .init(attempt: 3, delay: duration(), due: .zero) : nil)
    for index in state.services.indices {
      state.services[index].process = one(of: [
        .none, .waiting(1, on: ["x"]), .starting(1, pid: nil, since: moment()),
        .ready(1, pid: 1, port: 1, since: moment()), .running(1, pid: 1, since: moment()),
        .stopping(1, pid: 1, since: moment(), then: .start(2)), .stopped(1), .exited(1, .code(0)),
        .failed(1, failure),
      ])
      state.services[index].build = one(of: [
        .idle, .settling, .running(2, since: moment()),
        .cancelling(2, since: moment(), rebuilds: true),
      ])
      if isTrue() {
        let duties: [OlderRun.Duty] = [.serving, .draining, .ending]
        state.services[index].older = [
          OlderRun(run: 1, pid: 1, port: 1, since: moment(), ports: [], duty: one(of: duties))
        ]
      }
      state.services[index].cpuPercent = one(of: [nil, 0, .nan, .infinity, -1, 3_200])
      if isTrue() {
        state.services[index].portHolder = PortHolder(port: 1, pid: isTrue() ? 1 : nil, command: text())
      }
      if isTrue() { state.services[index].history = [] }
      state.services[index].diagnostics = (0..<number(0...30)).map { line in
        Diagnostic(
          severity: one(of: [.error, .warning, .note]), file: text(), line: line, message: text(),
          detail: (0..<number(0...6)).map { _ in text() })
      }
    }
    if isTrue() { state.files = [] }
    if isTrue() { state.requests = RequestStats() }
    for _ in 0..<number(0...20) {
      let sample = sample()
      state.requests.add(sample, isHealthCheck: isTrue())
    }
    state.requests.sortRoutes(by: one(of: RouteColumn.allCases))
    state.notices = (0..<number(0...4)).map { _ in
      Notice(isError: isTrue(), time: moment().wall, text: ConfigurationNotice(text()))
    }
    change(&state.screen)
    return state
  }

  private mutating func sample() -> RequestSample {
    var sample = RequestSample(
      service: one(of: ["api", "gone"]), run: number(0...4), time: moment().wall, method: text(),
      path: text(),
      status: number(-5...1_000), duration: duration(), sizeInBytes: one(of: [nil, 0, Int.max, Int.min]))
    sample.kind = one(of: [.http, .webSocket, .eventStream, .tunnel])
    if isTrue() {
      sample.source = .proxy
      var exchange = RequestSample.Exchange(requestID: text(), client: text())
      exchange.firstByte = isTrue() ? duration() : nil
      exchange.held = duration()
      exchange.retries = number(0...3)
      sample.exchange = exchange
    }
    return sample
  }

  private mutating func change(_ screen: inout ScreenState) {
    screen.focus = one(of: Pane.allCases)
    screen.isZoomed = isTrue()
    screen.service = one(of: [nil, "api", "gone"])
    screen.build.showsRawOutput = number(0...3) == 0
    screen.requests.half = one(of: [.latest, .routes])
    screen.requests.sort = one(of: RouteColumn.allCases)
    if isTrue() {
      let answer = isTrue()
      screen.requests.filter = RequestFilter(text: text()) { _, _ in answer }
    }
    for path in [
      \ScreenState.files, \.requests.cursor, \.requests.routes, \.services, \.build.cursor,
    ] {
      screen[keyPath: path].selected = number(-3...700)
      screen[keyPath: path].top = number(-3...700)
    }
    screen.logs.wraps = isTrue()
    screen.logs.column = number(0...90)
    screen.logs.timestamps = one(of: LogPane.Timestamps.allCases)
    screen.logs.cursor = one(of: [nil, 0, 17])
    screen.logs.follows = isTrue()
    screen.logs.anchor = one(of: [nil, nil, 3, 99])
    screen.logs.marks = isTrue() ? [0, 2, 17, 99] : []
    screen.logs.counts.selected = number(-1...9)
    screen.logs.search = isTrue() ? text() : ""
    screen.message = isTrue() ? .init(text()) : nil
    let editor = LineEditor(text: text())
    screen.overlay = one(of: [
      nil, nil, .help(scroll: number(-5...500)), .palette(editor, selected: number(-3...99)), .confirm(.quit),
      .confirm(.kill(["api"])), .confirm(.stop(["api", "web"])),
      .detail(title: text(), lines: [text(), text()], scroll: number(-5...50)),
      .terms(TermChoice((0...number(0...12)).map { _ in text() }, excludes: isTrue())),
    ])
    if number(0...2) == 0 {
      screen.prompt = Prompt(
        one(of: [.filter, .requestFilter, .search]), text: text() + text() + text(), history: [])
      if isTrue() { screen.prompt?.error = (text(), number(-3...90)) }
      if isTrue() {
        var completion = FilterCompletion(start: 0)
        completion.candidates = (0..<number(0...20)).map { _ in .init(text() + text(), text: text()) }
        completion.selected = one(of: [nil, 0, 7, 99])
        screen.prompt?.completion = completion
      }
    }
  }
}
