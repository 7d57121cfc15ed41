import DevtopCore
import DevtopLogs
import Testing

struct LogViewTests {
  @Test func `a filter shows the lines that match, and new ones as they come`() throws {
    let store = LogStore()
    let api = store.source()
    store.append("one\ntwo\nthree\n", from: api)
    let watched = WatchedView(store)
    try watched.show("t !three")
    #expect(watched.wait { $0.matched == 1 && $0.isComplete })
    #expect(watched.texts == ["two"])
    store.append("twelve\nnine\n", from: api)
    #expect(watched.wait { $0.matched == 2 && $0.isComplete })
    #expect(watched.texts == ["two", "twelve"])
    #expect(watched.view.counts.total == 5)
    try watched.show(nil)
    #expect(watched.view.counts.matched == 5)
    #expect(watched.waitUntilComplete() && watched.texts.count == 5)
  }

  @Test func `markers are hidden by no text or level, and count as no match`() throws {
    let store = LogStore()
    store.append("hello\n", from: store.source("api"))
    store.mark("exit 1", level: .error, service: "api", run: 1)
    store.mark("ready", level: nil, service: "web", run: 1)
    let watched = WatchedView(store)
    try watched.show("nothing")
    #expect(watched.wait { $0.isComplete && $0.matched == 0 && $0.total == 1 })
    #expect(watched.texts == ["exit 1", "ready"])
    watched.view.setServices("api")
    #expect(watched.wait { $0.isComplete && $0.matched == 0 && watched.texts == ["exit 1"] })
    try watched.show(nil)
    #expect(watched.wait { $0.isComplete && $0.matched == 1 && $0.total == 1 })
    #expect(watched.texts == ["hello", "exit 1"])
    watched.view.setServices(nil)
    #expect(watched.wait { $0.isComplete && $0.matched == 1 && $0.total == 1 })
    #expect(watched.texts == ["hello", "exit 1", "ready"])
  }

  @Test(arguments: [
    ("svc:web", 1, ["web up", "web down"]), ("svc:nope", 0, []), ("!svc:web", 2, ["api up", "db up"]),
    ("svc:/^(api|db)$/ missing", 0, ["api up", "db up"]),
    ("level:fatal svc:api,web", 0, ["api up", "web up", "web down"]),
    ("run:2", 1, ["web down"]), ("run:last", 3, ["api up", "db up", "web down"]),
    ("!run:2 -svc:db", 1, ["api up", "web up"]),
    ("src:run", 3, []), ("src:watch", 0, ["api up", "web up", "db up", "web down"]), ("!src:watch", 3, []),
    ("stream:tty|build", 3, []), ("svc:web | missing", 1, ["api up", "web up", "db up", "web down"]),
    ("svc:web | svc:api level:error", 1, ["api up", "web up", "web down"]),
    ("!(svc:web | svc:api)", 1, ["db up"]),
    ("!(svc:web missing)", 3, ["api up", "web up", "db up", "web down"]),
    ("!up", 3, ["api up", "web up", "db up", "web down"]),
    ("svc:web !svc:web", 0, []), ("up", 0, ["api up", "web up", "db up", "web down"]),
  ])
  func `markers obey the service, run and source of a filter`(filter: String, matched: Int, markers: [String])
    throws
  {
    let store = LogStore()
    store.mark("api up", level: nil, service: "api", run: 1)
    store.append("one\n", from: store.source("api", run: 1))
    store.mark("web up", level: nil, service: "web", run: 1)
    store.mark("db up", level: nil, service: "db", run: 1)
    store.append("one\n", from: store.source("db", run: 1))
    store.append("one\n", from: store.source("web", run: 2))
    store.mark("web down", level: .error, service: "web", run: 2)
    let watched = WatchedView(store)
    try watched.show(filter)
    #expect(watched.waitUntilComplete())
    #expect(watched.view.counts.matched == matched)
    #expect(watched.view.counts.total == 3)
    let rows = watched.view.rows(endingAt: nil, count: 100)
    #expect(rows.filter { $0.stream == .marker }.map(\.plainText) == markers)
    #expect(rows.count == matched + markers.count)
    // Moving goes over markers, too.
    #expect(watched.view.sequence(nil, movedBy: -(rows.count - 1)) == rows.first?.sequence)
    #expect(watched.view.countAfter(-1) == rows.count)
  }

  @Test func `markers that were dropped are not missed in the counts`() throws {
    let store = LogStore(1 << 19)
    let watched = WatchedView(store)
    let api = store.source()
    try watched.show("line")
    for turn in 0..<40 {
      store.mark("turn \(turn)", level: nil, service: "api", run: 1)
      store.append(String(repeating: "line of \(turn)\n", count: 2000), from: api)
    }
    #expect(watched.waitUntilComplete())
    let kept = store.lines(after: -1, limit: .max)
    let markers = kept.count { $0.stream == .marker }
    #expect(store.statistics.droppedLines > 0)
    #expect(store.statistics.keptMarkers == markers)
    #expect(markers > 0 && markers < 40)
    #expect(watched.view.counts.matched == kept.count - markers)
    #expect(watched.view.counts.total == kept.count - markers)
    #expect(watched.texts.count == kept.count)
  }

  @Test func `an unfinished line is shown when it matches, until it is finished`() throws {
    let store = LogStore()
    let api = store.source()
    store.append("Name? ", from: api)
    let watched = WatchedView(store)
    try watched.show("name")
    #expect(watched.wait { _ in watched.texts == ["Name? "] })
    store.append("\nother", from: api)
    #expect(watched.wait { $0.matched == 1 && watched.texts == ["Name? "] })
    #expect(watched.view.rows(endingAt: nil, count: 5).map(\.isPartial) == [false])
  }

  @Test func `run:last follows the newest run`() throws {
    let store = LogStore()
    store.append("old\n", from: store.source("api", run: 1))
    let watched = WatchedView(store)
    try watched.show("run:last")
    #expect(watched.wait { $0.isComplete && $0.matched == 1 })
    store.append("new\n", from: store.source("api", run: 2))
    #expect(watched.wait { $0.isComplete && watched.texts == ["new"] })
  }

  @Test func `rows are found from both sides`() throws {
    let store = LogStore()
    store.append(
      (0..<20_000).map { "\($0 % 10 == 3 ? "hit" : "miss") \($0)\n" }.joined(), from: store.source())
    let watched = WatchedView(store)
    let view = watched.view
    for filter in [nil, "hit"] {
      try watched.show(filter)
      #expect(watched.waitUntilComplete())
      let all = filter == nil ? Array(0..<20_000) : (0..<2000).map { $0 * 10 + 3 }
      #expect(view.counts.matched == all.count)
      #expect(view.first == all.first)
      #expect(view.last == all.last)
      #expect(view.rows(endingAt: nil, count: 3).map(\.sequence) == Array(all.suffix(3)))
      #expect(view.rows(endingAt: 10_000, count: 2).map(\.sequence) == all.filter { $0 <= 10_000 }.suffix(2))
      #expect(
        view.rows(startingAt: 10_000, count: 2).map(\.sequence)
          == Array(all.filter { $0 >= 10_000 }.prefix(2)))
      #expect(view.rows(startingAt: 19_999, count: .max).map(\.sequence) == all.filter { $0 >= 19_999 })
      #expect(view.rows(endingAt: -5, count: 9).isEmpty)
      #expect(view.countAfter(9_999) == all.count { $0 > 9_999 })
      #expect(view.countAfter(-1) == all.count)
      #expect(view.sequence(nil, movedBy: 0) == all.last)
      #expect(view.sequence(nil, movedBy: -1) == all[all.count - 2])
      #expect(view.sequence(all[500], movedBy: 700) == all[1200])
      #expect(view.sequence(all[1200], movedBy: -700) == all[500])
      #expect(view.sequence(all[5], movedBy: -100_000) == all.first)
      #expect(view.sequence(all[5], movedBy: 100_000) == all.last)
      #expect(view.sequence(.min, movedBy: .min) == all.first)
      #expect(view.sequence(.max, movedBy: .max) == all.last)
    }
    // A cursor on a line that the filter hides goes to the next one that is shown.
    #expect(view.sequence(5000, movedBy: 0) == 4993)
    #expect(view.sequence(5000, movedBy: 1) == 5003)
    #expect(view.sequence(5000, movedBy: -1) == 4993)
    #expect(view.sequence(0, movedBy: 0) == 3)
  }

  @Test func `searching finds shown lines only, in both directions`() throws {
    let store = LogStore()
    let api = store.source()
    store.append((0..<30_000).map { "\($0 % 2 == 0 ? "INFO" : "ERROR") n=\($0);\n" }.joined(), from: api)
    store.mark("exit 1", level: .error, service: "api", run: 1)
    let watched = WatchedView(store)
    let view = watched.view
    let pattern = try LogFilter.parse("/n=\\d*00[01];/")
    #expect(view.find(pattern, from: nil, forward: false) == 29_001)
    #expect(view.find(pattern, from: 29_001, forward: false) == 29_000)
    #expect(view.find(pattern, from: 1, forward: true) == 1000)
    #expect(view.find(pattern, from: 29_001, forward: true) == nil)
    #expect(view.find(pattern, from: 1000, forward: false) == nil)
    try watched.show("ERROR")
    #expect(view.find(pattern, from: 1001, forward: true) == 2001)
    #expect(view.findLevel(atLeast: .warn, from: 10, forward: true) == 11)
    #expect(view.findLevel(atLeast: .warn, from: nil, forward: false) == 30_000)
    #expect(view.findLevel(atLeast: .fatal, from: nil, forward: false) == nil)
    #expect(view.find(try LogFilter.parse("exit"), from: 0, forward: true) == 30_000)
  }

  @Test(arguments: 0..<12)
  func `what a view gathers as lines come is what a new view finds`(seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    let store = LogStore(1 << 20)
    let sources = [
      store.source("api", run: 1), store.source("web", run: 2, .error), store.source("api", run: 3, .build),
    ]
    let words = [
      "GET", "error", "\u{1B}[31mred\u{1B}[0m", "slow", "level=warn", "日本", "x\ry", "INFO", "a.b", "\u{202E}",
    ]
    let filters = [
      "slow", "!slow", "error | red", "level:>=warn", "svc:api !get", "/s.o|^INFO/",
      "(slow error) | svc:web -y", "run:last",
      "/(?<=l)o/ svc:web", "src:build", "level:info..warn !\"a.b\"",
    ]
    let watched = WatchedView(store)
    for _ in 0..<25 {
      if Int.random(in: 0..<6, using: &generator) == 0 {
        try watched.show(filters.randomElement(using: &generator))
        if Bool.random(using: &generator) {
          watched.view.setServices(Bool.random(using: &generator) ? "api" : nil)
        }
      }
      for _ in 0..<Int.random(in: 1...30, using: &generator) {
        let source = sources[Int.random(in: 0..<3, using: &generator)]
        var text = ""
        for _ in 0..<Int.random(in: 1...120, using: &generator) {
          text +=
            (words.randomElement(using: &generator) ?? "")
            + (Int.random(in: 0..<4, using: &generator) == 0 ? "\n" : " ")
        }
        store.append(text, from: source)
      }
      if Int.random(in: 0..<5, using: &generator) == 0 { store.mark("m", level: nil, service: "api", run: 3) }
    }
    for source in sources { store.finish(source) }
    let filter = try #require(filters.randomElement(using: &generator))
    watched.view.setServices(nil)
    try watched.show(filter)
    store.append(
      (0..<2000).map { _ in (words.randomElement(using: &generator) ?? "") + "\n" }.joined(), from: sources[0]
    )
    let fresh = WatchedView(store)
    try fresh.show(filter)
    #expect(watched.waitUntilComplete())
    #expect(fresh.waitUntilComplete())
    #expect(watched.view.counts == fresh.view.counts)
    let rows = watched.view.rows(endingAt: nil, count: .max)
    #expect(rows == fresh.view.rows(endingAt: nil, count: .max))
    #expect(rows.count { $0.stream != .marker } == watched.view.counts.matched)
    // One line at a time, in a store of its own, gives the same answer.
    let shown = Set(rows.map(\.sequence))
    for row in store.lines(after: -1, limit: .max).suffix(20) where filter != "run:last" {
      let single = LogStore()
      if row.stream == .marker {
        single.mark(row.plainText, level: row.level, service: row.service, run: row.run)
      } else {
        single.append(row.bytes + [0x0A], from: single.source(row.service, run: row.run, row.stream))
      }
      let alone = WatchedView(single)
      try alone.show(filter)
      #expect(alone.waitUntilComplete())
      #expect(alone.texts.count == (shown.contains(row.sequence) ? 1 : 0), "\(filter): \(row.plainText)")
    }
  }

  @Test func `while lines are dropped a view shows only lines of its filter, in order`() throws {
    // What is kept must last for longer than an unoptimised view takes for its newest part.
    let store = LogStore(4 << 20)
    let isDone = Locked(false)
    let finished = Wakeup()
    let writer = Writer(isDone: isDone, finished: finished)
    writer.start(store, lineCount: 300_000)
    let watched = WatchedView(store)
    try watched.show("even")
    var seen = 0
    repeat {
      let rows = watched.view.rows(endingAt: nil, count: 50)
      seen += rows.count
      #expect(rows.allSatisfy { $0.plainText.contains("even") })
      #expect(rows.map(\.sequence) == rows.map(\.sequence).sorted())
      let counts = watched.view.counts
      #expect(counts.matched <= counts.total + 65_536)
      if let cursor = watched.view.sequence(nil, movedBy: -10) {
        #expect(watched.view.rows(startingAt: cursor, count: 5).allSatisfy { $0.sequence >= cursor })
      }
      watched.changes.wait(atMost: .milliseconds(5))
    } while !isDone.withLock { $0 }
    finished.wait()
    #expect(watched.waitUntilComplete())
    let statistics = store.statistics
    #expect(statistics.totalLines == 600_000)
    #expect(statistics.droppedLines > 0)
    #expect(seen > 0)
    let kept = store.lines(after: -1, limit: .max)
    #expect(watched.view.counts.matched == kept.count { $0.plainText.contains("even") })
    #expect(
      watched.view.rows(endingAt: nil, count: .max).map(\.sequence)
        == kept.filter { $0.plainText.contains("even") }.map(\.sequence))
  }

  @Test func `views come and go while lines are written`() throws {
    let store = LogStore(1 << 20)
    let isDone = Locked(false)
    let finished = Wakeup()
    store.onRequests { _ in }
    Writer(isDone: isDone, finished: finished).start(store, lineCount: 12_000)
    let filters = ["even", "odd", "/o+d/", "level:error", "!1", "svc:api 7", "(a | b) /x$/"]
    var turn = 0
    let kept = WatchedView(store)
    repeat {
      let passing = WatchedView(store)
      try passing.show(filters[turn % filters.count])
      try kept.show(filters[(turn + 1) % filters.count])
      kept.view.setServices(turn % 3 == 0 ? "api" : nil)
      _ = passing.view.rows(endingAt: nil, count: 20)
      _ = kept.view.find(try LogFilter.parse("/9$/"), from: nil, forward: false)
      store.acknowledgeGrowth()
      turn += 1
    } while !isDone.withLock { $0 }
    finished.wait()
    #expect(kept.waitUntilComplete())
    #expect(store.statistics.totalLines == 24_000)
  }
}
