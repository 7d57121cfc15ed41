import Glibc
import Testing

@testable import DevtopCore

/// What a person does with a request.
@Suite struct RequestKeyTests {
  private func sample(
    _ method: String = "GET", _ path: String = "/orders/7", fields: [HeaderField] = [], body: [UInt8]? = nil,
    bytesIn: Int? = nil, answer: String? = nil, status: Int = 200
  ) -> RequestSample {
    var sample = RequestSample(
      service: "api", run: 1, time: WallTime(milliseconds: 5_000), method: method, path: path, status: status,
      duration: .milliseconds(143), sizeInBytes: answer?.utf8.count)
    sample.source = .proxy
    var exchange = RequestSample.Exchange(requestID: "9f3a", client: "127.0.0.1")
    exchange.requestFields = [HeaderField("Host", "localhost:8080")] + fields
    exchange.requestBody = body
    exchange.bytesIn = bytesIn ?? body?.count ?? 0
    exchange.answerBody = answer.map { Array($0.utf8) }
    exchange.answerFields = [HeaderField("Content-Type", "application/json")]
    sample.exchange = exchange
    return sample
  }

  private func session(_ samples: RequestSample...) -> Session {
    var session = Session(.go())
    session.bringUp()
    session.on(.requests(samples))
    session.on(.key(.character("4")))
    return session
  }

  private func curl(_ sample: RequestSample, masksSecrets: Bool = true) -> String {
    CurlCommand(sample, address: "localhost:8080", masksSecrets: masksSecrets).description
  }

  // MARK: Secrets

  @Test(arguments: [
    ("Authorization", "Bearer abc.def", "Bearer ***"), ("authorization", "abc", "***"),
    ("Proxy-Authorization", "Basic eDp5", "Basic ***"),
    ("Cookie", "sid=abc; theme=dark", "sid=***; theme=***"),
    ("Set-Cookie", "sid=abc; Path=/; HttpOnly", "sid=***; Path=/; HttpOnly"), ("Cookie", "abc", "***"),
    ("X-CSRF-Token", "abc", "***"), ("X-Api-Key", "abc", "***"), ("x_api_key", "abc", "***"),
    ("X-Client-Secret", "abc", "***"), ("X-Password", "abc", "***"),
    ("Referer", "http://x/?token=a&b=1", "http://x/?token=***&b=1"),
    ("Accept", "text/html", "text/html"), ("X-Request-Id", "9f3a", "9f3a"),
  ])
  func `secrets of fields are masked, everything else is not`(name: String, value: String, masked: String) {
    #expect(SecretFields.masked(HeaderField(name, value)).value == masked)
  }

  @Test(arguments: [
    ("/a?access_token=x&page=2", "/a?access_token=***&page=2"), ("/a?password=", "/a?password=***"),
    ("/a?b=token", "/a?b=token"), ("/token/x", "/token/x"), ("/a?API-KEY=1&&x", "/a?API-KEY=***&&x"),
  ])
  func `secrets of a query are masked`(path: String, masked: String) {
    #expect(SecretFields.masked(path: path) == masked)
  }

  // MARK: curl

  @Test func `a request is one command without what belongs to its connection or to devtop`() {
    let fields = [
      HeaderField("Accept", "*/*"), HeaderField("Connection", "keep-alive, X-Hop"), HeaderField("X-Hop", "1"),
      HeaderField("X-Forwarded-For", "127.0.0.1"), HeaderField("X-Request-Id", "9f3a"),
      HeaderField("Content-Length", "7"), HeaderField("Cookie", "sid=abc"), HeaderField("X-Empty", ""),
      HeaderField("Content-Type", "application/json"), HeaderField("Transfer-Encoding", "chunked"),
    ]
    #expect(
      curl(sample("POST", "/orders?q=a b", fields: fields, body: Array("{\"a\":1}".utf8)))
        == "curl -X POST -H 'Accept: */*' -H 'Cookie: sid=***' -H 'X-Empty;' -H 'Content-Type: application/json' 'http://localhost:8080/orders?q=a b' --data-raw '{\"a\":1}'"
    )
    #expect(curl(sample(fields: [HeaderField("Cookie", "sid=abc")]), masksSecrets: false).contains("sid=abc"))
  }

  @Test func `what curl would read more into is sent as it was`() {
    #expect(curl(sample("HEAD")) == "curl --head http://localhost:8080/orders/7")
    #expect(curl(sample("GET", "/a[1]")) == "curl --globoff 'http://localhost:8080/a[1]'")
    #expect(curl(sample("GET", "/a/../b")) == "curl --path-as-is http://localhost:8080/a/../b")
    #expect(curl(sample("OPTIONS", "*")) == "curl -X OPTIONS --request-target '*' http://localhost:8080")
    #expect(
      curl(sample("POST", body: Array("@x".utf8))).hasSuffix(
        "-H 'Content-Type:' http://localhost:8080/orders/7 --data-raw @x"))
    #expect(curl(sample(fields: [HeaderField("Accept-Encoding", "gzip")])).contains(" --compressed "))
  }

  @Test func `a body that is not known whole is said to be missing`() {
    let missing = curl(sample("POST", bytesIn: 12))
    #expect(missing.hasPrefix("# its body of 12 bytes was not kept"))
    #expect(missing.hasSuffix("\ncurl -X POST http://localhost:8080/orders/7"))
    #expect(curl(sample("POST", body: [65], bytesIn: 2)).hasPrefix("# its body of 2 bytes was not kept"))
    var logged = RequestSample(
      service: "api", run: 1, time: WallTime(milliseconds: 0), method: "GET", path: "/", status: 200)
    logged.source = .log
    #expect(curl(logged).hasPrefix("# from a log line"))
  }

  /// Every byte comes out of a real shell as it went in.
  @Test func `a shell passes on every byte`() throws {
    let bytes = (0...255).map { UInt8($0) } + Array("%d \\n '\"$x`ls`!1 9".utf8)
    #expect(try output(of: "printf \(ShellWord.format(bytes))") == bytes)
    let texts = [
      "", "a b", "it's", "$HOME `id` \"x\" \\ ! # ~ *", "line\nbreak", "tab\tescape\u{1B}[31m", "日本語", "-n",
      "a'\u{7}'b",
    ]
    for text in texts {
      #expect(try output(of: "printf %s \(ShellWord.quoted(text))") == Array(text.utf8), "\(text)")
    }
  }

  private func output(of command: String) throws -> [UInt8] {
    let pipe = try #require(popen(command, "r"))
    defer { pclose(pipe) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    return Array(bytes[..<fread(&bytes, 1, bytes.count, pipe)])
  }

  @Test func `a body with a NUL goes through a pipe`() {
    let command = curl(sample("PUT", body: [0, 0x31, 0xFF]))
    #expect(command.hasPrefix("printf '\\0001\\377' | curl -X PUT "))
    #expect(command.hasSuffix(" --data-binary @-"))
  }

  // MARK: Keys

  @Test func `y copies it masked, Y asks before it copies what is secret`() {
    var session = session(sample(fields: [HeaderField("Authorization", "Bearer abc")]))
    let copied = session.on(.key(.character("y")))
    #expect(copied == [.copy("curl -H 'Authorization: Bearer ***' http://localhost:8080/orders/7")])
    #expect(session.state.screen.message?.text.contains("Y copies them") == true)
    #expect(session.on(.key(.character("Y"))) == [])
    #expect(session.on(.key(.escape)) == [])
    session.on(.key(.character("Y")))
    #expect(
      session.on(.key(.character("y")))
        == [.copy("curl -H 'Authorization: Bearer abc' http://localhost:8080/orders/7")])
  }

  @Test func `Y asks nothing where nothing is secret`() {
    var session = session(sample())
    #expect(session.on(.key(.character("Y"))) == [.copy("curl http://localhost:8080/orders/7")])
  }

  @Test func `a replays what is wholly known, and says why not otherwise`() {
    var session = session(sample("POST", bytesIn: 12), sample("POST", body: [65]))
    var replayed = sample("POST", body: [65])
    replayed.route = "/orders/:id"
    #expect(session.on(.key(.character("a"))) == [.replay(replayed)])
    session.on(.key(.down))
    #expect(session.on(.key(.character("a"))) == [])
    #expect(session.state.screen.message?.text.contains("body of 12 bytes was not kept") == true)
  }

  @Test(arguments: [
    (RequestSample.Kind.webSocket, "WebSocket"), (.tunnel, "not HTTP/1"),
  ])
  func `a connection is not replayed`(kind: RequestSample.Kind, why: String) {
    var socket = sample()
    socket.kind = kind
    #expect(socket.replayObstacle?.contains(why) == true)
    socket.exchange = nil
    #expect(socket.replayObstacle?.contains("proxy") == true)
  }

  @Test func `K asks for its lines by id and time, and shows them in Logs`() {
    var session = session(sample())
    #expect(
      session.on(.key(.character("K")))
        == [
          .logs(
            .showRequest(
              RequestLines(
                requestID: "9f3a", service: "api", run: 1,
                time: WallTime(milliseconds: 5_000)...WallTime(milliseconds: 5_193))))
        ])
    #expect(
      session.on(.logs(.requestLines(filter: "run:1 t:x", isByTime: true))) == [
        .logs(.setFilter("run:1 t:x"))
      ])
    #expect(session.state.screen.focus == .logs)
    #expect(session.state.screen.logs.filter == "run:1 t:x")
    #expect(session.state.screen.message?.text.hasPrefix("by time") == true)
  }

  @Test func `K of a request from the log looks at the time before its line`() {
    var logged = sample()
    logged.source = .log
    logged.exchange = nil
    var session = session(logged)
    guard case .logs(.showRequest(let lines)) = session.on(.key(.character("K"))).first else {
      Issue.record("nothing was asked for")
      return
    }
    #expect(lines.requestID == nil)
    #expect(lines.time == WallTime(milliseconds: 4_857)...WallTime(milliseconds: 5_050))
  }

  @Test func `D compares with the newest answer that is not the same`() {
    var session = session(
      sample(answer: "{\"id\":7,\"items\":[1]}"), sample("GET", "/other", answer: "{}"),
      sample(answer: "{\"id\":7,\"items\":[1,2]}"), sample(answer: "{\"id\":7,\"items\":[1,2]}", status: 200))
    session.on(.key(.character("D")))
    guard case .detail(_, let lines, _)? = session.state.screen.overlay else {
      Issue.record("nothing is shown")
      return
    }
    #expect(lines[1].contains("1 in between is the same"))
    #expect(lines.contains("-     1") && lines.contains("+     1,") && lines.contains("+     2"))
    #expect(lines.contains("    \"id\": 7,"))
  }

  @Test func `D says why there is no difference`() {
    func said(_ session: Session) -> String {
      var session = session
      session.on(.key(.character("D")))
      return session.state.screen.message?.text ?? ""
    }
    #expect(said(session(sample())).contains("not kept"))
    #expect(said(session(sample(answer: "{}"))).contains("no answer before it"))
    #expect(
      said(session(sample(answer: "{}"), sample(answer: "{}"))).contains("the same as the answer before it"))
    var zipped = sample(answer: "x")
    zipped.exchange?.answerFields = [HeaderField("Content-Encoding", "gzip")]
    #expect(said(session(sample(answer: "{}"), zipped)).contains("compressed (gzip)"))
  }

  @Test func `the difference of long texts is bounded and complete`() {
    let old = (0..<2_000).map { "line \($0)" }
    var new = old
    new[1_000] = "other"
    #expect(
      LineDifference.lines(old, new) == [
        "  …", "  line 997", "  line 998", "  line 999", "- line 1000", "+ other", "  line 1001",
        "  line 1002",
        "  line 1003", "  …",
      ])
    #expect(LineDifference.lines(old, old) == nil)
    #expect(LineDifference.lines(old, old.map { $0 + "x" })?.count == 4_000)
    new = old
    new[10] = "a"
    new[100] = "b"
    #expect(LineDifference.lines(old, new)?.count == 4 + 6 * 2 + 3)
  }

  @Test(arguments: ["{\"a\":[],\"b\":{\"c\":\"x:{,\\\"\"}}", "[1,{}]", "{\"cut\":[1,2", "", "plain"])
  func `laid out JSON has all that it had`(text: String) {
    let lines = BodyText.indentedJSON(text)
    #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    if text.hasPrefix("{\"a") {
      #expect(lines == ["{", "  \"a\": [],", "  \"b\": {", "    \"c\": \"x:{,\\\"\"", "  }", "}"])
    }
  }

  // MARK: The two halves

  @Test func `right goes to the routes, whose selection stays while they are sorted`() {
    var session = session(sample(), sample("GET", "/b"), sample("GET", "/b"), sample("POST", "/c"))
    session.on(.key(.right))
    session.on(.key(.down))
    let selected = session.state.selectedRoute?.key.route
    #expect(selected == "/c" || selected == "/orders/:id")
    for _ in 0..<9 { session.on(.requests([sample("GET", "/d")])) }
    session.on(.timer(.requestRate))
    #expect(session.state.selectedRoute?.key.route == selected)
    #expect(
      session.state.shownRoutes.map { session.state.requests.routes[$0].current.count } == [9, 2, 1, 1])
    session.on(.key(.character("<")))
    #expect(session.state.screen.requests.sort == .route)
    #expect(
      session.state.shownRoutes.map { session.state.requests.routes[$0].key.route } == [
        "/b", "/c", "/d", "/orders/:id",
      ])
    session.on(.key(.enter))
    guard case .detail(let title, _, _)? = session.state.screen.overlay else {
      Issue.record("nothing is shown")
      return
    }
    #expect(title == "GET /b")
    session.on(.key(.escape))
    // Keys are for the newest request of the route, while it is among the latest.
    #expect(session.on(.key(.character("y"))) == [.copy("curl http://localhost:8080/b")])
    for _ in 0..<500 { session.on(.requests([sample("GET", "/d")])) }
    #expect(session.on(.key(.character("a"))) == [])
    #expect(session.state.screen.message?.text == "no such request is among the latest 500")
    session.on(.key(.left))
    session.on(.key(.character("j")))
    #expect(session.state.screen.requests.cursor.selected == 1)
  }

  @Test func `health checks are listed only where a filter asks`() {
    var session = session(sample("GET", "/healthz"), sample())
    #expect(session.state.shownRequests == [0])
    #expect(session.state.requests.routes[0].isHealthCheck)
    session.on(
      .logs(.requestFilter(RequestFilter(text: "healthz") { sample, _ in sample.path == "/healthz" })))
    #expect(session.state.shownRequests == [1])
    session.on(.key(.control("f")))
    #expect(session.state.shownRequests == [0])
  }

  @Test func `f in Requests filters requests, with a preview, and leaves the log's filter alone`() {
    var session = session(sample())
    session.on(.key(.character("f")))
    #expect(session.on(.key(.character("w"))) == [.logs(.setRequestFilter("w"))])
    session.on(.logs(.filterRejected("w", message: "no", column: 1)))
    #expect(session.on(.key(.enter)) == [])
    #expect(session.state.screen.prompt?.error?.message == "no")
    let filter = RequestFilter(text: "ws") { _, _ in false }
    #expect(session.on(.key(.character("s"))) == [.logs(.setRequestFilter("ws"))])
    session.on(.logs(.requestFilter(filter)))
    #expect(session.on(.key(.enter)) == [.logs(.setRequestFilter("ws"))])
    #expect(session.state.screen.requests.filter == filter)
    #expect(session.state.screen.logs.filter == "")
    session.on(.key(.character("f")))
    session.on(.key(.character("x")))
    #expect(session.on(.key(.escape)) == [.logs(.setRequestFilter("ws"))])
    session.on(.key(.character("f")))
    session.on(.key(.control("u")))
    #expect(session.on(.key(.up)) == [.logs(.setRequestFilter("ws"))])
  }

  @Test func `the selected request stays selected while others come`() {
    var session = session(sample("GET", "/a"), sample("GET", "/b"))
    session.on(.key(.down))
    session.on(.requests([sample("GET", "/c"), sample("GET", "/healthz")]))
    #expect(session.state.selectedRequest?.path == "/a")
  }

  @Test func `the log lines with its id join its detail while that is shown`() {
    var session = session(sample())
    #expect(session.on(.key(.enter)) == [.logs(.linesWithID("9f3a"))])
    let found = Event.logs(.linesWithID("9f3a", ["panic: nil map req=9f3a"], hasMore: false))
    session.on(found)
    guard case .detail(_, let lines, _)? = session.state.screen.overlay else {
      Issue.record("nothing is shown")
      return
    }
    #expect(lines.suffix(2) == ["log lines with its id; K shows them in Logs", "  panic: nil map req=9f3a"])
    session.on(.key(.escape))
    session.on(found)
    #expect(session.state.screen.overlay == nil)
  }

  @Test func `a detail has both heads, the timing and the body`() {
    var one = sample(
      "POST", fields: [HeaderField("Cookie", "sid=abc")], body: Array("a=1".utf8), answer: "{\"id\":7}")
    one.exchange?.held = .milliseconds(2)
    one.exchange?.firstByte = .milliseconds(140)
    let lines = one.explanation
    #expect(lines.contains("timing    held 2 ms, connect 0 ns, first byte 140 ms, body 0 ns"))
    for line in [
      "  Cookie: sid=***", "  a=1", "  Content-Type: application/json", "    \"id\": 7", "id        9f3a",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(sample(bytesIn: 5).explanation.contains("  (not kept: capture in devtop.toml keeps bodies)"))
  }
}
