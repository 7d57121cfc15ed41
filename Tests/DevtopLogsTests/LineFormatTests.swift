import DevtopCore
import DevtopLogs
import Testing

/// Formats that the configuration defines, and filters of their fields.
struct LineFormatTests {
  private static let shop = LineFormatSettings(
    name: "shop",
    pattern: #"^(?<time>\S+) (?<level>\w+) \[(?<thread>[^\]]+)\](?: (?<dur>\S+ms))? (?<message>.*)$"#,
    levels: ["E": .error, "W": .warn, "INFO": .debug], services: ["api"])

  private static let lines = [
    "15:04 E [main] it broke",
    "15:05 W [worker-1] 120ms thread=main is slow",
    "15:06 info [worker-2] 80ms fine",
    "15:07 Q [main] user=7 ERROR",
    #"{"thread":"main","level":"fatal","dur":"200ms"}"#,
    "thread=main level=trace dur=150ms",
    "\u{1B}[31m15:08 E [größe]\u{1B}[0m 1ms é",
    "15:09 INFO [io] x",
    "ERROR:root:plain",
    "15:10 WARN [pool] shop.Orders - low",
  ]

  private func store(_ formats: [LineFormatSettings] = [shop]) -> LogStore {
    let store = LogStore()
    store.setFormats(formats)
    return store
  }

  private func shown(_ filter: String, in store: LogStore) throws -> [Int] {
    let watched = WatchedView(store)
    try watched.show(filter)
    #expect(watched.waitUntilComplete())
    return watched.view.rows(endingAt: nil, count: 100).map(\.sequence)
  }

  private static let cases: [(String, [Int])] = [
    (".thread:main", [0, 3, 4, 5]), (".thread:worker-*", [1, 2]), (".thread:/^w.*2$/", [2]),
    (".thread:größe", [6]), ("has:thread", [0, 1, 2, 3, 4, 5, 6, 7, 9]), ("!has:thread", [8]),
    (".dur:>100ms", [1, 4, 5]), (".dur:80ms..120ms", [1, 2]), ("has:dur", [1, 2, 4, 5, 6]),
    // Within the message there are pairs.
    (".user:7", [3]), (".message:*broke", [0]), (".message:fine | .user:7", [2, 3]),
    ("level:error", [0, 6, 8]), ("level:warn", [1, 9]), ("level:info", [2]), ("level:debug", [7]),
    ("level:fatal", [4]), ("level:trace", [5]), ("!has:level", [3]),
    (".logger:root", [8]), (".level:E", [0, 6]), (".thread:main level:error", [0]), (".thread:pool", [9]),
    // Another format's name for what is in line 9.
    (".logger:shop.Orders", []),
  ]

  @Test(arguments: cases)
  func `named groups are fields, and the group level is the level`(_ filter: String, _ found: [Int]) throws {
    let store = store()
    let api = store.source("api", run: 1)
    for line in Self.lines { store.append(line + "\n", from: api) }
    #expect(try shown(filter, in: store) == found)
  }

  @Test func `a format is for the services that it names, and not for builds`() throws {
    let store = store()
    for source in [
      store.source("web"), store.source("api", run: 1, .build), store.source("api", run: 1, .error),
    ] {
      store.append(Self.lines[0] + "\n", from: source)
    }
    #expect(try shown(".thread:main", in: store) == [2])
    #expect(try shown("level:error", in: store) == [2])
    var forAll = Self.shop
    forAll.services = nil
    store.setFormats([forAll])
    store.append(Self.lines[0] + "\n", from: store.source("web", run: 2))
    #expect(try shown(".thread:main", in: store) == [2, 3])
  }

  @Test func `a change of the formats applies to sources that come after it`() throws {
    let store = store([])
    let first = store.source("api", run: 1)
    store.append(Self.lines[0] + "\n", from: first)
    store.setFormats([Self.shop])
    let second = store.source("api", run: 2)
    store.append(Self.lines[0] + "\n", from: first)
    store.append(Self.lines[0] + "\n", from: second)
    store.setFormats([])
    store.append(Self.lines[0] + "\n", from: second)
    #expect(try shown(".thread:main", in: store) == [2, 3])
    #expect(store.lines(after: -1, limit: 10).map(\.level) == [nil, nil, .error, .error])
  }

  @Test func `the first format that matches decides, before JSON does`() throws {
    let formats = [
      LineFormatSettings(name: "a", pattern: #"^(?<kind>\w+): (?<rest>\{.*)$"#),
      LineFormatSettings(name: "b", pattern: #"^(?<kind>.)(?<level>.*)$"#, levels: ["rr: x": .trace]),
    ]
    let store = store(formats)
    let api = store.source("api")
    for line in [#"api: {"kind":"json","level":"warn"}"#, "Err: x", #"{"kind":"json"}"#, "x"] {
      store.append(line + "\n", from: api)
    }
    #expect(try shown(".kind:api", in: store) == [0])
    #expect(try shown(".kind:json", in: store) == [])
    #expect(try shown(".kind:E", in: store) == [1])
    #expect(try shown("level:warn", in: store) == [0])
    #expect(try shown("level:trace", in: store) == [1])
    #expect(try shown("has:rest", in: store) == [0])
  }

  @Test func `an unfinished line has fields and a level, too`() throws {
    let store = store()
    store.append(Self.lines[0], from: store.source("api"))
    let watched = WatchedView(store)
    try watched.show(".thread:main level:error")
    #expect(watched.wait { _ in watched.texts == [Self.lines[0]] })
    let rows = watched.view.rows(endingAt: nil, count: 10)
    #expect(rows.map(\.isPartial) == [true])
    #expect(rows.first?.formatted?.map(\.name) == ["time", "level", "thread", "message"])
  }

  @Test func `lines of several services and formats are found through each other`() throws {
    let store = store()
    let sources = [store.source("api"), store.source("web"), store.source("job")]
    let printed = [Self.lines[0], "ERROR:main:x", "15:04:05.123 [main] WARN c.e.App - x"]
    for turn in 0..<300 { store.append(printed[turn % 3] + "\n", from: sources[turn % 3]) }
    let watched = WatchedView(store)
    for (filter, rests) in [(".thread:main", [0, 2]), (".logger:main | .logger:c.e.App", [1, 2])] {
      try watched.show(filter)
      #expect(watched.waitUntilComplete())
      let found = watched.view.rows(endingAt: nil, count: 1_000).map(\.sequence)
      #expect(found == (0..<300).filter { rests.contains($0 % 3) })
    }
  }

  // MARK: What is no format

  private static let refused: [(String, LineFormatError)] = [
    ("^(?<a>x", .syntax(message: "missing closing parenthesis", character: 8)),
    ("é(?<a>[x)", .syntax(message: "missing terminating ] for character class", character: 10)),
    (#"^(\w+)$"#, .noNamedGroup), ("(?<a>x)|(?<a>y)", .repeatedName(nil)),
    ("(?J)(?<a>x)|(?<a>y)", .repeatedName("a")), (#"^(?<a>(\w+\s*)+):"#, .tooSlow),
    ("(?<a>(a|aa)+)$", .tooSlow), (#"^(?<a>(?:\S+ ?)*)=$"#, .tooSlow),
  ]

  @Test(arguments: refused)
  func `what is no format is refused, with the reason`(_ pattern: String, _ error: LineFormatError) {
    #expect(throws: error) { try LineFormat(LineFormatSettings(name: "x", pattern: pattern)) }
  }

  private static let taken = [
    #"^(?<a>\S+) (?<b>.*) - (?<c>.*)$"#, "(?|(?<a>x)|(?<a>y))", #"(?<a>\w+)"#,
    #"^(?<a>.*?) (?<b>.*?) (?<c>.*?)$"#,
    #"(?i)^(?<level>[a-z]+)\s*(?<größe>.*)$"#, #"^(?<a>(?:\w+\.)*\w+): "#,
  ]

  @Test(arguments: taken)
  func `what many write is taken`(_ pattern: String) throws {
    _ = try LineFormat(LineFormatSettings(name: "x", pattern: pattern))
  }

  @Test func `a format that is too slow for the lines is told of, and everything else goes on`() throws {
    // Nothing of what it is tried with has a Q.
    let slow = LineFormatSettings(name: "slow", pattern: #"^Q(?<a>(?:\w+ ?)+)!$"#)
    let store = store([slow])
    let api = store.source("api")
    let line = "Q" + String(repeating: "word ", count: 30) + "?!\n"
    for _ in 0..<200 { store.append(line, from: api) }
    store.append("Qfast!\na=fast\n", from: api)
    let watched = WatchedView(store)
    try watched.show(".a:fast")
    #expect(watched.waitUntilComplete())
    #expect(watched.view.counts.problem?.contains("[format.slow] is too slow") == true)
    #expect(watched.texts.last == "a=fast")
  }
}
