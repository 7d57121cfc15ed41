import DevtopCore
import Testing

@testable import DevtopLogs

/// Tab in a filter: what is offered, and that the grammar takes it.
@Suite struct CompletionTests {
  private static let lines = [
    #"{"level":"info","msg":"paid","user":{"id":42,"name":"Ann Lee"},"status":200}"#,
    #"{"level":"info","msg":"paid","user":{"id":42,"name":"Bo"},"status":500}"#,
    #"{"level":"warn","msg":"two\nlines","user":{"id":7},"status":500,"tags":["a"],"odd key":1}"#,
    #"time=12:00 level=info job=mail took=3ms"#,
    #"127.0.0.1 - - [02/Jan/2026:15:04:05 +0000] "GET /orders/7 HTTP/1.1" 404 12 "-" "curl/8""#,
    "plain text",
  ]

  private func row(_ text: String, run: RunNumber = 3, stream: LogStream = .output) -> LogRow {
    LogRow(
      sequence: 0, service: "api", run: run, stream: stream, level: nil, time: WallTime(milliseconds: 0),
      bytes: Array(text.utf8), isTruncated: false, isPartial: false)
  }

  private var logs: FilterCompleter {
    .logs(
      Self.lines.map { row($0) } + [row("old", run: 12), row("job=marker", stream: .marker)],
      services: ["api", "my app", "apa"])
  }

  private func labels(_ text: String) -> [String] { logs.completion(of: text).candidates.map(\.label) }

  /// The text with what Tab puts in.
  private func completed(_ text: String, _ completer: FilterCompleter? = nil) -> String {
    let found = (completer ?? logs).completion(of: text)
    return found.common.map { text.prefix(found.start) + $0 } ?? text
  }

  @Test(arguments: [
    ("lev", "level:"), ("LEV", "level:"), ("a | lev", "a | level:"), ("!(lev", "!(level:"),
    ("-lev", "-level:"),
    ("a|lev", "a|level:"), ("src:build|lev", "src:build|level:"), ("src:build|ru", "src:build|run"),
    ("level:w", "level:warn"), ("level:>=er", "level:>=error"), ("level:info..f", "level:info..fatal"),
    ("level:info,d", "level:info,debug"), ("svc:my", "svc:\"my app\""), ("svc:\"my", "svc:\"my app\""),
    ("svc:a", "svc:ap"), ("svc:api,m", "svc:api,\"my app\""), ("stream:e", "stream:err"),
    ("src:w", "src:watch"), ("run:la", "run:last"), ("run:1", "run:12"), ("st", "stream:"),
    (".us", ".user."), (".user.n", ".user.name:"), ("us", ".user."),
    (".user.name:a", ".user.name:\"Ann Lee\""),
    (".user.name:\"A", ".user.name:\"Ann Lee\""), (".status:>=5", ".status:>=500"),
    (".path:", ".path:/orders/7"),
    ("has:user.n", "has:user.name"), ("\"a level", "\"a level"), ("nothing-has-this", "nothing-has-this"),
    (".user.id:4", ".user.id:42"), ("x .jo", "x .job:"), ("t:-5", "t:-5m"),
  ])
  func `Tab goes on as far as it is clear`(typed: String, expected: String) {
    #expect(completed(typed) == expected)
  }

  @Test func `the likeliest values come first, and no others than can be typed`() {
    #expect(labels("level:") == ["trace", "debug", "info", "warn", "error", "fatal"])
    #expect(labels("run:") == ["last", "12", "3"])
    #expect(labels(".status:") == ["500", "200", "404"])
    #expect(labels(".msg:") == ["paid"])
    #expect(labels(".tags:") == [])
    #expect(labels(".job:") == ["mail"])
    #expect(labels("svc:") == ["api", "my app", "apa"])
    #expect(labels("").prefix(3) == ["level:", "svc:", "src:"])
    #expect(labels("").contains(".user.id:") && !labels("").contains { $0.contains("odd") })
    #expect(labels("level:>=").count == 6)
    #expect(
      labels("src:build|") == ["run", "build", "watch"] + labels("").filter { !$0.hasPrefix(".") }
        + labels(".")
    )
  }

  @Test func `a common beginning that needs quotes leaves them open`() throws {
    let rows = ["job=\"send mail\"", "job=\"send news\""].map { row($0) }
    let completer = FilterCompleter.logs(rows, services: [])
    #expect(completed(".job:s", completer) == ".job:\"send ")
    let open = completer.completion(of: ".job:\"send ")
    #expect(open.common == nil && open.start == 5)
    #expect(open.candidates.map(\.text) == ["\"send mail\"", "\"send news\""])
  }

  @Test(arguments: [
    "plain", "two words", "a,b", "a|b", "a)b", "(a", "say \"hi\"", "back\\slash", "/regex/", "/regex/i",
    "/api/orders", "5xx", ">=500", "<3", "1..5", "a*b", "-1", "!x", "日本", "http://x:1/?a=1&b=2", "=",
  ])
  func `a value that is completed is found as it is`(value: String) throws {
    let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let line = "{\"k\":\"\(escaped)\"}"
    let text = completed(".k:", .logs([row(line)], services: []))
    #expect(try found(by: text, in: [line, "{\"k\":\"other\"}"]) == [line], "\(text)")
  }

  @Test func `requests are completed by those that were seen`() throws {
    func sample(_ method: String, _ path: String, _ status: Int, route: String?) -> RequestSample {
      var sample = RequestSample(
        service: "api", run: 2, time: WallTime(milliseconds: 0), method: method, path: path, status: status)
      sample.route = route
      return sample
    }
    let samples = [
      sample("GET", "/orders/7?x=1", 200, route: "/orders/:id"),
      sample("POST", "/login", 401, route: "/login"),
      sample("GET", "/a b", 200, route: nil),
    ]
    let completer = FilterCompleter.requests(samples, services: ["api"])
    for (typed, expected) in [
      ("me", "method:"), ("method:p", "method:POST"), ("route:/o", "route:/orders/:id"),
      ("status:5", "status:5xx"),
      ("path:/a", "path:\"/a b\""), ("path:/orders", "path:/orders/7"), ("run:2", "run:2"), ("tu", "tunnel"),
      ("dur:>1s", "dur:>1s"), ("svc:", "svc:api"),
    ] {
      #expect(completed(typed, completer) == expected)
      if expected.last != ":" { _ = try RequestFilter.parse(expected) }
    }
    #expect(
      completer.completion(of: "status:").candidates.map(\.label) == [
        "2xx", "3xx", "4xx", "5xx", "200", "401",
      ])
  }

  /// The lines that a view with this filter shows.
  private func found(by filter: String, in lines: [String]) throws -> [String] {
    let store = LogStore()
    for line in lines { store.append(line + "\n", from: store.source("api", run: 1)) }
    let watched = WatchedView(store)
    try watched.show(filter)
    #expect(watched.waitUntilComplete())
    return watched.texts
  }

  // MARK: Terms of a row

  @Test(arguments: [
    (
      #"{"level":"error","msg":"order 42 was not paid in time","status":500,"user":{"id":"a b"},"tags":[1]}"#,
      ["svc:api", "level:error", "\"was not paid in time\"", ".status:500", ".user.id:\"a b\""]
    ),
    ("12:00:01 ERROR cannot reach db:5432 after 3s", ["svc:api", "level:error", "\"cannot reach\""]),
    (
      #"127.0.0.1 - - [02/Jan/2026:15:04:05 +0000] "GET /orders/7 HTTP/1.1" 404 12 "-" "curl/8""#,
      ["svc:api", ".method:GET", ".path:/orders/7", ".status:404", ".size:12"]
    ),
    ("level=warn msg=\"slow job\" job=mail", ["svc:api", "level:warn", ".job:mail"]),
    ("42", ["svc:api"]),
  ])
  func `a row offers what it has, and the filter of each finds it`(line: String, expected: [String]) throws {
    let level = line.lowercased().contains("error") ? LogLevel.error : line.contains("warn") ? .warn : nil
    var row = row(line)
    row.level = level
    #expect(row.filterTerms(withService: true) == expected)
    #expect(row.filterTerms(withService: false) == Array(expected.dropFirst()))
    for term in expected { #expect(try found(by: term, in: [line, "other"]).contains(line), "\(term)") }
  }

  @Test func `rows that no text hides offer their source`() {
    #expect(row("exit 1", stream: .marker).filterTerms(withService: false) == ["src:watch"])
    #expect(row("7", stream: .build).filterTerms(withService: false) == ["src:build"])
    #expect(row("7", stream: .error).filterTerms(withService: false) == ["stream:err"])
  }
}
