import DevtopCore
import DevtopLogs
import Testing

struct LogFilterTests {
  /// Shows which of a few lines a filter leaves.
  private func shown(_ filter: String) throws -> [String] {
    let store = LogStore()
    let api = store.source("api", run: 17)
    let newer = store.source("api", run: 18)
    let web = store.source("web", run: 3, .error)
    let build = store.source("api", run: 18, .build)
    store.append("INFO GET /healthz ok\n", from: api)
    store.append("ERROR Timeout on db\n", from: newer)
    store.append("level=warn msg=\"slow query\" ms=412\n", from: web)
    store.append("plain (text) here\n", from: web)
    store.append("compiling main.go:12\n", from: build)
    store.append("\u{1B}[31mER\u{1B}[0mROR coloured\r\n", from: newer)
    let watched = WatchedView(store)
    try watched.show(filter)
    #expect(watched.waitUntilComplete())
    let names = [
      "GET": "health", "Timeout": "timeout", "slow": "slow", "plain": "plain", "compiling": "compile",
      "coloured": "colour",
    ]
    return watched.texts.compactMap { text in names.first { text.contains($0.key) }?.value }
  }

  private static let cases: [(String, [String])] = [
    ("", ["health", "timeout", "slow", "plain", "compile", "colour"]),
    ("timeout", ["timeout"]), ("Timeout", ["timeout"]), ("TIMEOUT", []), ("error", ["timeout", "colour"]),
    ("\"slow query\"", ["slow"]), ("slow query", ["slow"]), ("query slow", ["slow"]), ("\"query slow\"", []),
    ("slow | plain", ["slow", "plain"]), ("slow|plain", ["slow", "plain"]),
    ("!slow !plain", ["health", "timeout", "compile", "colour"]),
    ("-slow -plain -svc:api", []), ("svc:web -(slow | timeout)", ["plain"]), ("!!slow", ["slow"]),
    ("(slow | plain) text", ["plain"]), ("slow | plain text", ["slow", "plain"]), ("(text)", ["plain"]),
    ("\"(text)\"", ["plain"]),
    ("x(y)", []), ("/tim.*db/i", ["timeout"]), ("/tim.*db/", []), ("/^INFO/", ["health"]),
    ("/coloured$/", ["colour"]),
    ("/^ERROR\\b/", ["timeout", "colour"]), ("/\\d{3}/", ["slow"]), ("/\\/healthz/", ["health"]),
    ("!/[aeiou]{3}/", ["health", "slow", "plain", "compile", "colour"]),
    ("svc:web", ["slow", "plain"]), ("svc:web,api level:warn", ["slow"]), ("svc:/^w/", ["slow", "plain"]),
    ("svc:we", []),
    ("level:error", ["timeout", "colour"]), ("level:>=warn", ["timeout", "slow", "colour"]),
    ("level:<error", ["health", "slow"]),
    ("level:info..warn", ["health", "slow"]), ("level:WARNING", ["slow"]),
    ("level:info,warn", ["health", "slow"]),
    ("level:info|warn", ["health", "slow"]), ("level:info|timeout", ["health", "timeout"]),
    ("level:warn..", ["timeout", "slow", "colour"]),
    ("!level:error", ["health", "slow", "plain", "compile"]), ("level:>error", []),
    ("run:17", ["health"]), ("run:last", ["timeout", "slow", "plain", "compile", "colour"]),
    ("run:3,17", ["health", "slow", "plain"]),
    ("run:>=17", ["health", "timeout", "compile", "colour"]), ("run:<17", ["slow", "plain"]),
    ("run:4..17", ["health"]),
    ("run:17|last", ["health", "timeout", "slow", "plain", "compile", "colour"]),
    ("stream:err", ["slow", "plain"]), ("stream:tty,build", ["health", "timeout", "compile", "colour"]),
    ("src:build", ["compile"]),
    ("src:build|run", ["health", "timeout", "slow", "plain", "compile", "colour"]), ("src:watch", []),
    ("main.go:12", ["compile"]), ("panic:", []),
  ]

  @Test(arguments: cases)
  func `a filter shows`(filter: String, lines: [String]) throws {
    #expect(try shown(filter) == lines)
  }

  private static let errors: [(String, Int, String)] = [
    ("foo )", 5, "closes nothing"), ("a | | b", 5, "missing"), ("| a", 1, "missing"), ("a |", 4, "missing"),
    ("(a", 1, "not closed"), ("a ()", 4, "missing"), ("!", 1, "Nothing follows"),
    ("a - b", 3, "Nothing follows"),
    ("a \"b", 3, "not closed"), ("\"\"", 1, "empty"),
    ("/a(b/", 5, "not valid"), ("x /[z-a]/", 7, "not valid"),
    ("x (/a(b/)", 8, "not valid"), ("!/[/", 4, "not valid"), ("svc:/we", 5, "Close"),
    ("svc:/a/b", 5, "Close"),
    ("a svcs:api", 3, "Write svc:api, or quote the text: \"svcs:api\""), ("steam:err", 1, "stream:err"),
    ("-Lvel:warn", 2, "level:warn"), ("vsc:a", 1, "svc:a"), ("rnu:3", 1, "run:3"),
    ("scr:build", 1, "src:build"),
    ("Level:warn", 1, "level:warn"), ("leevl:warn", 1, "level:warn"),
    ("level:", 7, "level:>=warn"), ("level:wran", 7, "Write warn:"), ("level:info,erro", 12, "Write error:"),
    ("level:>=", 9, "value"),
    ("level:error..info", 7, "level:info..error"), ("run:x", 5, "run:last"), ("run:9..3", 5, "run:3..9"),
    ("stream:stderr", 8, "Write one of tty, out, err"),
    ("src:test", 5, "Write one of build, run, watch"), ("svc:api,", 9, "missing"),
    (".status:", 9, "for example .status:42"), (".a:>x", 5, "a number to compare"),
    (".took:1s..1ms", 7, "the smaller value first"), (".took:1..1s", 7, "one unit"),
    ("has:", 5, "has:user.id"),
    ("has:.", 5, "field's name"),
    (String(repeating: "(", count: 100) + "a", 64, "deeply"),
  ]

  private static let texts = [
    "localhost:8080", "http://x", "https://localhost:8080/api?a=1", "run://x", "svc:http://x", "status:500",
    "at:12", "res:200",
    "bogus:1", "lvl:warn", "127.0.0.1:8080", "/", "//", "/orders", "/panic", "/api/orders", "/api/orders/",
    "/orders/:id", "//cdn.example", "/abc/g", "/tim.*", "/a\\/", "/(a|b)", "main.go:12:3", "f(a|b)",
  ]

  @Test(arguments: texts)
  func `what web developers look for is text, negated or not`(text: String) throws {
    let line = "  <\(text)> 12 ms\n"
    for (filter, isShown) in [
      (text, true), ("!\(text)", false), ("-\(text)", false), ("(\(text))", true), ("ms \(text) 12", true),
      ("nothing | \(text)", true), ("\(text)|nothing", true), ("!(\(text) | nothing)", false),
    ] {
      let store = LogStore()
      store.append("GET\n\n" + line, from: store.source())
      let watched = WatchedView(store)
      try watched.show(filter)
      #expect(watched.waitUntilComplete())
      #expect(watched.texts.contains("  <\(text)> 12 ms") == isShown, "\(filter)")
      #expect(watched.texts.contains("GET") != isShown, "\(filter)")
    }
  }

  @Test func `a slash closes an expression only where the term ends`() throws {
    let cases = [
      ("/GET x/", [0..<5]), ("GET /", [0..<3, 6..<7]), ("/x /i", [4..<6]), ("/x /,", []),
      ("(/T x/)", [2..<5]), ("/zz/|/x/i|/y", [4..<5, 6..<8]),
    ]
    for (filter, places) in cases {
      #expect(try LogFilter.parse(filter).highlights(in: "GET x /y") == places, "\(filter)")
    }
  }

  @Test(arguments: errors)
  func `a message begins with the way out, for narrow screens`(filter: String, column: Int, says: String)
    throws
  {
    let error = try #require(throws: FilterError.self) { try LogFilter.parse(filter) }
    let remedies = ["Write ", "Remove ", "Add ", "Close ", "Quote ", "The expression is not valid: "]
    #expect(remedies.contains { error.message.hasPrefix($0) }, "\(error)")
  }

  @Test(arguments: errors)
  func `an error names the column and the way out`(filter: String, column: Int, says: String) throws {
    let error = try #require(throws: FilterError.self) { try LogFilter.parse(filter) }
    #expect(error.column == column)
    #expect(error.message.contains(says), "\(error)")
    #expect(error.description.hasPrefix("column \(column): "))
  }

  @Test(arguments: 0..<10)
  func `any text is read or refused`(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    let alphabet = Array("ab:|!-()\"/\\, .>=<levelrunsvc1é[*")
    for _ in 0..<300 {
      let count = Int.random(in: 0...20, using: &generator)
      let text = String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
      do throws(FilterError) {
        #expect(try LogFilter.parse(text).text == text)
      } catch {
        #expect(error.column >= 1 && error.column <= text.count + 1, "\(text)")
      }
    }
  }

  @Test func `highlights are the places that matched`() throws {
    let filter = try LogFilter.parse("slow /\\d+/ !fast svc:api")
    #expect(filter.highlights(in: "SLOW query 412 ms slow") == [0..<4, 11..<14, 18..<22])
    #expect(try LogFilter.parse("!a").highlights(in: "aaa").isEmpty)
    #expect(try LogFilter.parse("ab | bc").highlights(in: "abc") == [0..<3])
    #expect(try LogFilter.parse("/x*/").highlights(in: "axxb") == [1..<3])
  }
}
