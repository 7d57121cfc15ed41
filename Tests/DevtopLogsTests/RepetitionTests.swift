import DevtopCore
import DevtopLogs
import Testing

/// Lines that say the same in a row are one row.
struct RepetitionTests {
  private let time = Locked<Int64>(1_700_000_000_000)

  private func store() -> LogStore {
    LogStore(
      capacityInBytes: 1 << 20, now: { [time] in WallTime(milliseconds: time.withLock { $0 }) })
  }

  /// What the view shows: `3× text` for a row that stands for three.
  private func rows(_ view: LogView) -> [String] {
    view.rows(endingAt: nil, count: 1_000).map { row in
      row.repetition.map { "\($0.count)× \(row.plainText)" } ?? row.plainText
    }
  }

  private func shown(_ text: String, filter: String? = nil) throws -> [String] {
    let store = store()
    store.append(text, from: store.source())
    let watched = WatchedView(store, root: "/srv")
    try watched.show(filter)
    #expect(watched.waitUntilComplete())
    return rows(watched.view)
  }

  @Test func `equal lines fold to the first of them`() throws {
    #expect(try shown("a\nb\nb\nb\nc\nc\n") == ["a", "3× b", "2× c"])
    #expect(try shown("b\na\nb\na\n") == ["b", "a", "b", "a"])
    #expect(try shown("retry in 1 s\nretry in 2 s\n") == ["retry in 1 s", "retry in 2 s"])
    #expect(try shown("a\n\n\n  \n  \na\n") == ["a", "", "", "  ", "  ", "a"])
  }

  @Test(arguments: [
    ("2026/11/23 10:42:07 tick", "2026/11/23 10:42:08 tick"),
    ("2026-11-23T10:42:59.999Z INFO tick", "2026-11-23T10:43:00.000Z INFO tick"),
    (#"{"ts":1700000000.123,"msg":"tick"}"#, #"{"ts":1700000001.456,"msg":"tick"}"#),
    (#"{"time":1700000000123,"msg":"tick"}"#, #"{"time":1700000001456,"msg":"tick"}"#),
    ("[10:42:07.123] tick", "[10:42:08.456] tick"),
    ("time=2026-11-23T10:42:07.123+01:00 msg=tick", "time=2026-11-23T10:42:08.123+01:00 msg=tick"),
  ]) func `a time makes no difference`(_ first: String, _ second: String) throws {
    #expect(try shown("\(first)\n\(second)\n") == ["2× \(first)"])
  }

  @Test(arguments: [
    ("paid order 17", "paid order 18"), ("10.0.0.1 up", "10.0.0.2 up"), ("took 12ms", "took 13ms"),
    ("id 1700", "id 1701"), ("v1.2:3 x", "v1.2:4 x"), ("10:42:07 a", "10:42:08 b"), ("ab", "abc"),
    ("2026/11/23 10:42:07 left 3", "2026/11/23 10:42:08 left 2"),
  ]) func `anything else does`(_ first: String, _ second: String) throws {
    #expect(try shown("\(first)\n\(second)\n") == [first, second])
  }

  @Test func `each service has its own row`() throws {
    let store = store()
    let (api, web) = (store.source("api"), store.source("web"))
    for _ in 0..<3 {
      store.append("tick\n", from: api)
      store.append("tock\n", from: web)
    }
    let watched = WatchedView(store, root: "/srv")
    #expect(watched.waitUntilComplete())
    #expect(rows(watched.view) == ["3× tick", "3× tock"])
  }

  @Test func `a row counts what comes and how fast`() throws {
    let store = store()
    let api = store.source()
    let watched = WatchedView(store, root: "/srv")
    for second in 0..<5 {
      store.append("tick\n", from: api)
      #expect(watched.waitUntilComplete())
      #expect(rows(watched.view) == [second == 0 ? "tick" : "\(second + 1)× tick"])
      time.withLock { $0 += 2_000 }
    }
    let repetition = try #require(watched.view.rows(endingAt: nil, count: 1).first?.repetition)
    #expect(repetition == Repetition(count: 5, duration: .seconds(8)))
    #expect(repetition.perSecond == 0.5)
    // What is behind it is another row, and the same again another.
    store.append("other\ntick\n", from: api)
    #expect(watched.waitUntilComplete())
    #expect(rows(watched.view) == ["5× tick", "other", "tick"])
  }

  @Test func `they can be shown one by one, and counted as what they are`() throws {
    let store = store()
    store.append("a\nb\nb\nb\nc\n", from: store.source())
    let watched = WatchedView(store, root: "/srv")
    #expect(watched.waitUntilComplete())
    let view = watched.view
    #expect(view.counts.matched == 5)
    #expect(view.isUnfolded(0) == nil)
    #expect(view.isUnfolded(3) == false)
    #expect(view.setUnfolded(true, line: 3) == 1)
    #expect(rows(view) == ["a", "b", "b", "b", "c"])
    store.append("d\n", from: store.source())
    #expect(watched.waitUntilComplete())
    #expect(rows(view) == ["a", "b", "b", "b", "c", "d"])
    view.setUnfolded(false, line: 1)
    #expect(rows(view) == ["a", "3× b", "c", "d"])
  }

  @Test func `a filter that finds only later ones shows the first of these`() throws {
    let text = (0..<6).map { "10:42:0\($0) tick\n" }.joined()
    #expect(try shown(text, filter: "10:42:04") == ["2× 10:42:04 tick"])
    #expect(try shown(text, filter: "tick") == ["6× 10:42:00 tick"])
    #expect(try shown(text, filter: "!10:42:00") == ["5× 10:42:01 tick"])
    #expect(
      try shown("first\nsecond\nthird\n" + text, filter: "tick | third") == ["third", "6× 10:42:00 tick"])
  }

  @Test func `lines that come one by one fold under a filter, too`() throws {
    let store = store()
    let api = store.source()
    store.append("first\n", from: api)
    let watched = WatchedView(store, root: "/srv")
    try watched.show("tick | first")
    for _ in 0..<5 {
      store.append("tick\n", from: api)
      #expect(watched.waitUntilComplete())
    }
    #expect(rows(watched.view) == ["first", "5× tick"])
  }

  @Test func `a line with more behind it is its own`() throws {
    let text = "boom\nboom\n  at a\n  at b\nboom\n"
    #expect(try shown(text) == ["boom", "boom", "  at a", "  at b", "boom"])
  }

  @Test func `with the end of a record coming later, too`() throws {
    let store = store()
    let api = store.source()
    let watched = WatchedView(store, root: "/srv")
    store.append("boom\nboom\n", from: api)
    #expect(watched.waitUntilComplete())
    #expect(rows(watched.view) == ["2× boom"])
    store.append("  at a\n", from: api)
    #expect(watched.waitUntilComplete())
    #expect(rows(watched.view) == ["boom", "boom", "  at a"])
  }

  @Test func `more than any stretch of lines are one row where nothing is filtered`() throws {
    let store = store()
    store.append("first\n" + String(repeating: "tick\n", count: 20_000), from: store.source())
    let watched = WatchedView(store, root: "/srv")
    #expect(watched.waitUntilComplete())
    #expect(rows(watched.view) == ["first", "20000× tick"])
    #expect(watched.view.counts.matched == 20_001)
  }
}
