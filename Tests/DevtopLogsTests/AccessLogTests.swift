import DevtopCore
import DevtopLogs
import Testing

struct AccessLogTests {
  private static func parse(_ line: String) -> AccessLog? {
    Array(line.utf8).withUnsafeBytes { AccessLog.parse($0) }
  }

  private struct Case: CustomTestStringConvertible, Sendable {
    var line: String
    var request: String?
    var testDescription: String { line }

    init(_ line: String, _ request: String?) {
      self.line = line
      self.request = request
    }
  }

  private static let cases = [
    Case(
      "[GIN] 2024/01/02 - 15:04:05 | 200 |     1.234ms |       127.0.0.1 | GET      \"/ping\"",
      "GET /ping 200 1234000 -"),
    Case(
      "[GIN] 2024/01/02 - 15:04:05 |\u{1B}[97;42m 200 \u{1B}[0m|      52.119µs |       127.0.0.1 |\u{1B}[97;44m GET     \u{1B}[0m \"/a?b=1\"",
      "GET /a?b=1 200 52119 -"),
    Case("[GIN] 2024/01/02 - 15:04:05 | 500 | 1m2.5s | ::1 | POST    \"/x\"", "POST /x 500 62500000000 -"),
    Case("[GIN] 2019/01/02 - 15:04:05 | 404 |     755ns | ::1 | GET      /old", "GET /old 404 755 -"),
    Case("[GIN] 2024/01/02 - nothing", nil),
    Case(
      "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a.gif HTTP/1.0\" 200 2326",
      "GET /a.gif 200 - 2326"),
    Case(
      "1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 12 \"http://r/\" \"Mozilla/5.0 (X11)\"",
      "GET / 200 - 12"),
    Case(
      "1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl/8\" 0.125",
      "GET / 200 125000000 12"),
    Case(
      "1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl/8\" 1500",
      "GET / 200 1500000 12"),
    Case("127.0.0.1 - - [02/Jan/2024 15:04:05] \"GET /x HTTP/1.1\" 304 -", "GET /x 304 - -"),
    Case(
      "127.0.0.1 - - [02/Jan/2024 15:04:05] \"\u{1B}[33mGET /no HTTP/1.1\u{1B}[0m\" 404 -", "GET /no 404 - -"),
    Case("INFO:werkzeug:127.0.0.1 - - [02/Jan/2024 15:04:05] \"POST /x HTTP/1.1\" 201 -", "POST /x 201 - -"),
    Case("::1 - - [02/Jan/2024 15:04:05] \"GET /a b HTTP/1.1\" 200 -", "GET /a 200 - -"),
    Case("[02/Jan/2024 15:04:05] \"GET /admin/ HTTP/1.1\" 302 0", "GET /admin/ 302 - 0"),
    Case("INFO:     127.0.0.1:1234 - \"GET /items?q=1 HTTP/1.1\" 200 OK", "GET /items?q=1 200 - -"),
    Case(
      "2024/01/02 15:04:05 \"GET http://localhost:3000/x HTTP/1.1\" from 127.0.0.1:5 - 200 11B in 12.3µs",
      "GET /x 200 12300 11"),
    Case("GET /x 200 1.234 ms - 12", "GET /x 200 1234000 12"),
    Case("\u{1B}[0mPOST /a \u{1B}[33m404\u{1B}[0m 0.5 ms - -\u{1B}[0m", "POST /a 404 500000 -"),
    Case("GET /x 200 12 - 1.234 ms", "GET /x 200 1234000 12"),
    Case(" GET /api/x 200 in 12ms", "GET /api/x 200 12000000 -"), Case("GET /x - - ms - -", nil),
    Case(#"{"method":"GET","path":"/p","status":200,"duration_ms":1.5,"bytes":10}"#, "GET /p 200 1500000 10"),
    Case(
      #"{"method":"GET","uri":"/p?a=1\u0026b=2","status":200,"latency":12}"#, "GET /p?a=1&b=2 200 12000000 -"),
    Case(
      #"{"method":"GET","url":"http://h/p","status_code":"200","elapsed":"1.2ms"}"#, "GET /p 200 1200000 -"),
    Case(
      #"{"time":"…","level":"INFO","msg":"r","method":"GET","path":"/","status":200,"duration":1500000}"#,
      "GET / 200 1500000 -"),
    Case(
      #"{"level":"info","ts":1.5,"msg":"r","method":"GET","path":"/","status":200,"duration":0.25}"#,
      "GET / 200 250000000 -"),
    Case(
      #"{"level":"info","msg":"r","method":"GET","path":"/","status":200,"duration":0.25}"#,
      "GET / 200 250000 -"),
    Case(
      #"{"method":"GET","uri":"/","status":200,"latency":12345,"latency_human":"12.345µs","bytes_out":3}"#,
      "GET / 200 12345 3"),
    Case(
      #"{"level":30,"req":{"method":"GET","url":"/"},"res":{"statusCode":204},"responseTime":7}"#,
      "GET / 204 7000000 -"),
    Case(
      #"{"level":"info","ts":1.5,"request":{"remote_ip":"::1","method":"GET","uri":"/c"},"status":200,"size":5,"duration":0.001}"#,
      "GET /c 200 1000000 5"),
    Case(#"{"method":"GET","path":"/p","status":200,"total_s":2,"x":"}"}"#, "GET /p 200 - -"),
    Case(#"{"method":"GET","path":"/p","status":200,"elapsed_s":2}"#, "GET /p 200 2000000000 -"),
    Case(#"{"method":"GET","path":"/p","status":200,"elapsed_ns":2}"#, "GET /p 200 2 -"),
    Case(#"{"method":"GET","path":"/p"}"#, nil), Case(#"{"method":"get it","path":"/p","status":200}"#, nil),
    Case(#"{"method":"GET","path":"/p","status":99}"#, nil),
    Case(#"{"msg":"method"}"#, nil), Case(#"{"method":"GET","path":"/p","status":200"#, "GET /p 200 - -"),
    Case("level=info method=GET path=/p status=200 duration=1.5ms size=3", "GET /p 200 1500000 3"),
    Case("time=1 level=INFO msg=r method=GET path=\"/p q\" status=200 duration=2", "GET /p 200 2 -"),
    Case("a \"GET /x HTTP/1.1\" failed", nil), Case("GET /x", nil), Case("GETTING /x 200 1 ms - 1", nil),
    Case("Getting started 200", nil), Case("", nil),
    Case("\"GET /x HTTP/1.1\" 2000 1", nil), Case("HTTP/1.1 is spoken here", nil),
    Case("GET /x 200 in no time", nil),
    Case("1.2.3.4 - - [x] \"GET /\u{202E}evil\u{200B} HTTP/1.1\" 200 1", "GET /<U+202E>evil<U+200B> 200 - 1"),
  ]

  @Test(arguments: cases)
  private func `a request is read from`(_ example: Case) {
    let request = Self.parse(example.line).map { entry in
      let duration = entry.duration.map { "\($0.inNanoseconds)" } ?? "-"
      return
        "\(entry.method) \(entry.path) \(entry.status) \(duration) \(entry.sizeInBytes.map(String.init) ?? "-")"
    }
    #expect(request == example.request)
  }

  @Test(arguments: 0..<10)
  func `broken lines are refused, not trapped on`(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    for example in Self.cases {
      var bytes = Array(example.line.utf8)
      for _ in 0..<20 where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        if Bool.random(using: &generator) {
          bytes.remove(at: index)
        } else {
          bytes[index] = UInt8.random(in: 0...255, using: &generator)
        }
        let entry = bytes.withUnsafeBytes { AccessLog.parse($0) }
        #expect(entry.map { (100...599).contains($0.status) } ?? true)
      }
    }
  }

  @Test func `requests of a run are handed on in batches, what was missed is counted`() {
    let store = LogStore(1 << 20)
    let samples = Locked<[RequestSample]>([])
    let arrived = Wakeup()
    #expect(
      store.onRequests { batch in
        samples.withLock { $0 += batch }
        arrived.ring()
      })
    let api = store.source("api", run: 7)
    let build = store.source("api", run: 7, .build)
    store.append("GET /in-build 200 1.5 ms - 3\n", from: build)
    for index in 0..<3000 { store.append("GET /\(index) 200 1.5 ms - 3\nnoise\n", from: api) }
    var deadline = 400
    while deadline > 0, samples.withLock({ $0.count }) + store.statistics.linesNotSearchedForRequests < 3000 {
      arrived.wait(atMost: .milliseconds(50))
      deadline -= 1
    }
    #expect(store.statistics.linesNotSearchedForRequests == 0)
    let got = samples.withLock { $0 }
    #expect(got.map(\.path) == (0..<3000).map { "/\($0)" })
    #expect(got.first?.run == 7)
    #expect(got.first?.duration == .microseconds(1500))
  }

  @Test func `the routes that a run prints are handed on before requests to them`() {
    enum Found: Equatable {
      case routes(ServiceID, RunNumber, [RoutePattern])
      case requests([String])
    }
    let store = LogStore(1 << 20)
    let found = Locked<[Found]>([])
    let arrived = Wakeup()
    let lines = [
      "[GIN-debug] GET    /orders/:id  --> main.main.func1 (3 handlers)",
      "[GIN-debug] \u{1B}[97;44mHEAD\u{1B}[0m   /static/*filepath --> gin.(*RouterGroup).createStaticHandler.func1 (3 handlers)",
      "GET /orders/7 200 1.5 ms - 3",
    ]
    store.append(lines.joined(separator: "\n") + "\n", from: store.source("api", run: 7))
    #expect(
      store.onRequests {
        batch in
        found.withLock { $0.append(.requests(batch.map(\.path))) }
        arrived.ring()
      } onRoutes: { service, run, routes in
        found.withLock { $0.append(.routes(service, run, routes)) }
      })
    for _ in 0..<400 where found.withLock({ $0.count }) < 2 { arrived.wait(atMost: .milliseconds(50)) }
    #expect(
      found.withLock { $0 } == [
        .routes(
          "api", 7,
          [
            RoutePattern(method: "GET", path: "/orders/:id"),
            RoutePattern(method: "HEAD", path: "/static/*filepath"),
          ]), .requests(["/orders/7"]),
      ])
  }

  @Test func `Gin's routes are read`() {
    func parse(_ line: String) -> RoutePattern? { Array(line.utf8).withUnsafeBytes { GinRoute.parse($0) } }
    let route = parse("[GIN-debug] GET    /orders/:id               --> main.main.func1 (3 handlers)")
    #expect(route?.method == "GET")
    #expect(route?.path == "/orders/:id")
    #expect(parse("[GIN-debug] Listening and serving HTTP on :8080") == nil)
    #expect(parse("[GIN-debug] GET /x") == nil)
  }
}
