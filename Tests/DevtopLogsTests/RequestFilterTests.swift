import DevtopCore
import DevtopLogs
import Testing

@Suite struct RequestFilterTests {
  private static let sample: RequestSample = {
    var sample = RequestSample(
      service: "api", run: 3, time: WallTime(milliseconds: 0), method: "POST", path: "/api/orders/7?page=2",
      status: 503, duration: .milliseconds(143), sizeInBytes: 12_000)
    sample.route = "/api/orders/:id"
    var exchange = RequestSample.Exchange(requestID: "9f3a", client: "127.0.0.1")
    exchange.requestFields = [HeaderField("host", "app.test:8080")]
    sample.exchange = exchange
    return sample
  }()

  @Test(arguments: [
    ("method:POST", true), ("method:get,post", true), ("method:GET", false), ("path:/api/*", true),
    ("path:/api", false), ("path:/api/orders/7", true), ("path:/x,/api/orders/*", true),
    ("path:*orders*", true),
    ("route:/api/orders/:id", true), ("route:/api/*", true), ("route:/api", false), ("status:5xx", true),
    ("status:4xx", false), ("status:4xx,5xx", true), ("status:503", true), ("status:>=400", true),
    ("status:<503", false), ("status:500..503", true), ("status:>5xx", false), ("dur:>100ms", true),
    ("dur:>1s", false), ("dur:100ms..1s", true), ("dur:<=143", true), ("size:>10k", true),
    ("size:<10k", false),
    ("size:12000", true), ("host:app.test", true), ("host:*.test", true), ("host:localhost", false),
    ("run:3", true), ("run:last", true), ("run:1..2", false), ("svc:api,web", true), ("svc:/^w/", false),
    ("req:9f3a", true), ("req:9f3b", false), ("ws", false), ("!ws", true), ("sse", false), ("orders", true),
    ("ORDERS", false), ("/orders\\/\\d/", true), ("\"POST /api\"", true),
    ("method:POST status:5xx", true), ("method:GET | status:5xx", true), ("-(method:POST status:2xx)", true),
    ("!status:5xx", false), ("", true), ("http://x", false),
  ])
  func `a request matches or does not`(text: String, expected: Bool) throws {
    #expect(try RequestFilter.parse(text).matches(Self.sample, 3) == expected)
  }

  @Test func `what a connection became is a word of its own`() throws {
    for (word, kind) in [("ws", RequestSample.Kind.webSocket), ("sse", .eventStream), ("tunnel", .tunnel)] {
      var sample = Self.sample
      sample.kind = kind
      #expect(try RequestFilter.parse(word).matches(sample, 3))
      #expect(try !RequestFilter.parse("\"\(word)\"").matches(Self.sample, 3))
    }
  }

  @Test(arguments: [
    ("status:abc", 8, "Write a status"), ("status:", 8, "status:5xx"), ("dur:>fast", 5, "Write a duration"),
    ("size:2..1", 6, "smaller value first"), ("a stauts:5xx", 3, "Write status:5xx"),
    ("path:a,", 8, "missing"),
    ("run:x", 5, "run:last"), ("(ws", 1, "not closed"), ("/[/", 3, "not valid"),
  ])
  func `an error says what to write, and where`(text: String, column: Int, message: String) throws {
    let error = try #require(throws: FilterError.self) { try RequestFilter.parse(text) }
    #expect(error.column == column)
    #expect(error.message.contains(message), "\(error.message)")
  }

  // MARK: Lines of a request

  /// 14:02:33.120 UTC on some day.
  private static let noon = Int64(20_000) * 86_400_000 + 50_553_120

  private func texts(_ filter: String, now: Int64 = noon + 60_000, offset: Int = 0) throws -> [String] {
    let time = Locked(Self.noon)
    let store = LogStore(capacityInBytes: 1 << 20, now: { WallTime(milliseconds: time.withLock { $0 }) })
    let watched = WatchedView(store)
    let view = watched.view
    for text in ["first 9f3a", "second", "third"] {
      store.append("\(text)\n", from: store.source())
      time.withLock { $0 += 1_000 }
    }
    #expect(watched.waitUntilComplete())
    let clock = FilterClock(now: WallTime(milliseconds: now), utcOffsetInSeconds: offset)
    let filter = try LogFilter.parse(filter, clock: clock)
    var found: [String] = []
    var from = -1
    while let next = view.find(filter, from: from, forward: true) {
      found += view.rows(startingAt: next, count: 1).map(\.plainText)
      from = next
    }
    return found
  }

  @Test(arguments: [
    ("req:9f3a", ["first 9f3a"]), ("req:x", []), ("req:\"9f3a\"", ["first 9f3a"]),
    ("t:14:02:33.120..14:02:34.120", ["first 9f3a", "second"]),
    ("t:14:02", ["first 9f3a", "second", "third"]),
    ("t:14:02:34", ["second"]), ("t:14:02:35..", ["third"]), ("t:..14:02:33", ["first 9f3a"]),
    ("t:14:03", []),
    ("t:-60s..-59s", ["first 9f3a", "second"]), ("t:-59s", ["second", "third"]),
    ("!t:14:02:34", ["first 9f3a", "third"]),
    ("t:23:00..14:02:33", ["first 9f3a"]), ("req:9f3a | t:14:02:35", ["first 9f3a", "third"]),
  ])
  func `lines are found by a request's id and by time`(filter: String, expected: [String]) throws {
    #expect(try texts(filter) == expected)
  }

  @Test func `times of day are the person's, and the newest ones`() throws {
    #expect(try texts("t:16:02:34", offset: 7_200) == ["second"])
    #expect(try texts("t:14:02:34", offset: 7_200) == [])
    // Shortly after midnight of the next day.
    #expect(try texts("t:14:02:34", now: Self.noon + 12 * 3_600_000) == ["second"])
    let clock = FilterClock(now: WallTime(milliseconds: Self.noon), utcOffsetInSeconds: -3_600)
    #expect(clock.timeOfDay(WallTime(milliseconds: Self.noon)) == "13:02:33.120")
  }

  @Test(arguments: [
    "t:", "t:now", "t:25:00", "t:14:60", "t:-5x", "t:14:05:00..14:02:99", "t:-1m..-5m", "req:",
  ])
  func `a time that is none is an error`(text: String) {
    #expect(throws: FilterError.self) { try LogFilter.parse(text) }
  }

  @Test func `the lines of a request are found whatever the view shows, the newest ones first of all`() throws
  {
    let store = LogStore()
    let view = LogView(store: store) {}
    store.append("one 9f3a\n", from: store.source())
    view.setFilter(try LogFilter.parse("nothing"))
    store.append("other\ntwo 9f3a\nthree 9f3a\n", from: store.source())
    let filter = try LogFilter.parse("req:9f3a")
    #expect(view.linesOfLog(filter, limit: 2).map(\.plainText) == ["two 9f3a", "three 9f3a"])
    #expect(view.linesOfLog(filter, limit: 9).map(\.plainText) == ["one 9f3a", "two 9f3a", "three 9f3a"])
    #expect(view.linesOfLog(try LogFilter.parse("req:none"), limit: 9).isEmpty)
  }
}
