import Testing

@testable import DevtopCore

/// What is counted of requests, and how.
@Suite struct RequestTests {
  private func session() -> Session {
    var session = Session(.go())
    session.bringUp()
    return session
  }

  private static let port = TakenPort(
    address: SocketAddress(host: "127.0.0.1", port: 8080),
    upstream: SocketAddress(host: "127.77.0.1", port: 8080))

  // MARK: Proxy or log

  @Test func `a run that the proxy is in front of is counted once, from its first listener on`() {
    var session = session()
    session.on(.requests([sample("/early", from: .log)]))
    session.on(.listening("api", 1, Self.port))
    session.on(.requests([sample("/a", from: .log)]))
    session.on(.requests([sample("/a", from: .proxy)]))
    #expect(session.state.requests.total == 2)
    #expect(session.state.requests.recent.map(\.path) == ["/a", "/early"])
    #expect(session.state.requests.recent[0].source == .proxy)
  }

  @Test func `a proxied request alone tells that the proxy is in front of its run`() {
    var session = session()
    session.on(.requests([sample("/a", from: .proxy), sample("/a", from: .log)]))
    #expect(session.state.requests.total == 1)
  }

  @Test func `the next run without the proxy is counted from its log again, and so is another service`() {
    var session = Session(.go(), .script())
    session.bringUp()
    session.on(.listening("api", 1, Self.port))
    session.on(
      .requests([
        sample(run: 1, from: .log), sample(run: 2, from: .log), sample(run: 1, from: .log, service: "web"),
      ]))
    #expect(session.state.requests.total == 2)
  }

  @Test
  func `probes are not counted, also where they go through the proxy or to a run that is not in charge`() {
    var spec = ServiceSpec.script("web")
    spec.readiness = .http(path: "/healthz", port: nil)
    var session = Session(spec)
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    session.on(.requests([sample("/healthz", service: "web")]))
    session.on(.processReady("web", 1, port: 8080))
    session.on(.requests([sample("/healthz", run: 2, service: "web")]))
    #expect(session.state.requests.total == 0)
  }

  // MARK: Routes

  @Test(arguments: [
    ("/orders/7?page=2", "/orders/:id"), ("/u/9f8b3c1e-1111-4222-8333-444455556666/x", "/u/:id/x"),
    ("/blob/0123456789abcdef", "/blob/:id"), ("/days/2026-11-22", "/days/:id"),
    ("/static/app.js", "/static/app.js"),
    ("/", "/"), ("/face/a1b2c3", "/face/a1b2c3"),
  ])
  func `a path without a known pattern is normalised`(path: String, route: String) {
    #expect(RouteName.normalised(path) == route)
  }

  private static let patterns = [
    ("GET", "/orders/:id"), ("GET", "/orders/new"), ("GET", "/orders/:id/items"), ("POST", "/orders"),
    ("GET", "/static/*filepath"), ("GET", "/u/v:version/me"), ("GET", "/"), ("GET", "/u/:name/me"),
    ("GET", "/a/b/:x/d"), ("GET", "/a/:y/c/e"),
  ].map { RoutePattern(method: $0.0, path: $0.1) }

  @Test(arguments: [
    ("GET", "/orders/7", "/orders/:id"), ("GET", "/orders/new", "/orders/new"),
    ("GET", "/orders/new/items", "/orders/:id/items"), ("POST", "/orders", "/orders"),
    ("GET", "/static/css/a.css", "/static/*filepath"), ("GET", "/static/", "/static/*filepath"),
    ("GET", "/u/v2/me", "/u/v:version/me"), ("GET", "/u/ada/me", "/u/:name/me"),
    ("GET", "/u/v/me", "/u/:name/me"),
    ("GET", "/", "/"), ("GET", "/a/b/c/e", "/a/:y/c/e"), ("GET", "/a/b/c/d", "/a/b/:x/d"),
    ("HEAD", "/orders/7", "/orders/:id"), ("OPTIONS", "/orders", "/orders"),
    ("GET", "/orders/a%20b", "/orders/:id"), ("GET", "/orders/a%2Fitems", "/orders/:id/items"),
  ])
  func `a path belongs to the pattern that Gin takes for it`(method: String, path: String, route: String) {
    var tree = RouteTree()
    for pattern in Self.patterns { tree.add(pattern) }
    #expect(tree.route(method: method, path: path[...]) == route)
  }

  @Test(arguments: [
    ("GET", "/orders"), ("DELETE", "/orders/7"), ("GET", "/orders/"), ("GET", "nonsense"), ("GET", "/static"),
  ])
  func `a path that no pattern has is nobody's`(method: String, path: String) {
    var tree = RouteTree()
    for pattern in Self.patterns { tree.add(pattern) }
    #expect(tree.route(method: method, path: path[...]) == nil)
  }

  @Test func `requests count for the routes that their run told of; a new run tells anew`() {
    var session = session()
    session.on(.routes("api", 1, [RoutePattern(method: "GET", path: "/users/:name")]))
    session.on(.routes("api", 1, [RoutePattern(method: "GET", path: "/teams/:team")]))
    session.on(.requests([sample("/users/ada"), sample("/users/grace?x=1"), sample("/teams/a")]))
    #expect(session.state.requests.routes.map(\.key.route) == ["/users/:name", "/teams/:team"])
    #expect(session.state.requests.routes[0].current.count == 2)
    session.on(.routes("api", 2, [RoutePattern(method: "GET", path: "/teams/:team")]))
    session.on(.routes("api", 1, [RoutePattern(method: "GET", path: "/late/:x")]))
    session.on(.requests([sample("/users/ada", run: 2), sample("/late/x", run: 2)]))
    #expect(session.state.requests.recent.prefix(2).map(\.route) == ["/late/x", "/users/ada"])
  }

  @Test func `whatever the paths are, memory is bounded`() {
    var stats = RequestStats()
    for number in 0..<10_050 {
      stats.add(sample("/p\(number)x" + String(repeating: "y", count: 300)), isHealthCheck: false)
    }
    #expect(stats.routes.count == RequestStats.routeLimit + 1)
    #expect(stats.routes.last?.key == RouteKey(service: "api", method: "", route: "other"))
    #expect(stats.routes.last?.current.count == 50)
    #expect(stats.routes.allSatisfy { $0.key.route.utf8.count <= 210 })
    #expect(stats.recent.count == 500)
    #expect(stats.recent[0].path.hasPrefix("/p10049x"))
    #expect(stats.recent[499].path.hasPrefix("/p9550x"))
  }

  @Test func `bodies beyond the cap are let go, the oldest first, and it is said`() {
    var recent = RecentRequests()
    func add(_ size: Int) {
      var sample = sample("/big")
      sample.exchange?.answerBody = [UInt8](repeating: 65, count: size)
      recent.add(sample)
    }
    for _ in 0..<20 { add(1 << 20) }
    #expect(recent.capturedBytes <= RecentRequests.captureLimitInBytes)
    #expect(recent.filter { $0.exchange?.answerBody != nil }.count == 16)
    #expect(recent[15].exchange?.isAbridged == false)
    #expect(recent[16].exchange?.isAbridged == true)
    #expect(recent[16].explanation.contains { $0.contains("let go to save memory") })
    for _ in 0..<600 { add(1) }
    #expect(recent.capturedBytes == 500)
    add(17 << 20)
    #expect(recent.capturedBytes == 0)
    add(3)
    #expect(recent.capturedBytes == 3)
  }

  // MARK: Runs

  @Test func `a run is compared with the last one before it that had 20 requests`() {
    var session = session()
    func ask(_ count: Int, run: RunNumber, milliseconds: Int) {
      session.on(.requests((0..<count).map { _ in sample("/a", run: run, milliseconds: milliseconds) }))
    }
    ask(20, run: 1, milliseconds: 10)
    #expect(session.state.requests.routes[0].p95Change == nil)
    ask(19, run: 2, milliseconds: 500)
    ask(1, run: 3, milliseconds: 30)
    let route = session.state.requests.routes[0]
    #expect(route.previous?.run == 1)
    #expect(route.current.run == 3)
    #expect(route.p95Change == .milliseconds(20))
    // An answer of a run that drains counts for that run.
    ask(5, run: 1, milliseconds: 10)
    #expect(session.state.requests.routes[0].previous?.count == 25)
    ask(5, run: 2, milliseconds: 10)
    #expect(session.state.requests.routes[0].current.count == 1)
    #expect(session.state.requests.services["api"]?.totals.count == 1)
    #expect(session.state.requests.total == 50)
  }

  @Test func `what no run answered counts for the newest one`() {
    var session = session()
    session.on(.requests([sample(run: 4), sample(run: 0, status: 503)]))
    #expect(session.state.requests.services["api"]?.totals.classes == [0, 1, 0, 0, 1])
    #expect(session.state.requests.routes[0].current.failures == 1)
  }

  @Test func `a connection that stays open has no part in the percentiles`() {
    var session = session()
    var socket = sample("/live", status: 101, milliseconds: 60_000)
    socket.kind = .webSocket
    var stream = sample("/events", milliseconds: 60_000)
    stream.kind = .eventStream
    var tunnel = sample("", status: 0)
    tunnel.kind = .tunnel
    session.on(.requests([socket, stream, tunnel]))
    #expect(session.state.requests.totals(of: ["api"]).durations.count == 0)
    #expect(session.state.requests.routes.map(\.key.method) == ["WS", "SSE", "TCP"])
    #expect(session.state.requests.routes.allSatisfy { $0.current.failures == 0 })
  }

  @Test func `what the proxy does at the moment is known`() {
    var session = session()
    #expect(session.state.proxyLoad == ProxyLoad())
    var load = ProxyLoad()
    load.inFlight = 3
    load.held = 2
    session.on(.proxyLoad("api", load))
    #expect(session.state.proxyLoad == load)
  }

  // MARK: Histogram

  @Test func `a percentile is off by 6 % at most, over the whole range`() {
    var histogram = Histogram()
    var microseconds = 1
    while microseconds < 2_000_000_000 {
      histogram = Histogram()
      histogram.record(.microseconds(microseconds))
      histogram.record(.microseconds(microseconds * 2))
      let half = Double(histogram.percentile(0.5)?.inNanoseconds ?? 0) / 1_000
      #expect(half >= Double(microseconds) && half <= Double(microseconds) * 1.0625)
      microseconds = microseconds * 13 / 10 + 1
    }
  }

  @Test func `a histogram never takes more than it says`() {
    var histogram = Histogram()
    for duration in [Duration.milliseconds(5), .zero, .seconds(-1), .seconds(1 << 40), .nanoseconds(1)] {
      histogram.record(duration)
      #expect(histogram.sizeInBytes <= 1_856)
    }
    #expect(histogram.count == 5)
    #expect(histogram.percentile(1) == .seconds(1_000_000_000))
    #expect(histogram.percentile(0.2) == .zero)
    var narrow = Histogram()
    narrow.record(.milliseconds(3))
    #expect(narrow.sizeInBytes == 64)
    narrow.merge(histogram)
    #expect(narrow.count == 6)
    #expect(narrow.percentile(0.6) == .microseconds(3_071))
  }
}

/// A service that keeps its port is reached past the proxy, too.
@Suite struct RequestsBesideTests {
  @Test func `each request counts once, whoever tells of it first`() {
    var told = ToldRequests()
    // Past the proxy are the second telling of /a, and the last; the log was quicker with /b.
    let order: [(RequestSample.Source, String, Int64, isKnown: Bool)] = [
      (.proxy, "/a", 1_000, false), (.log, "/a", 1_100, true), (.log, "/a", 1_200, false),
      (.log, "/b", 1_300, false), (.proxy, "/b", 1_350, true), (.proxy, "/a", 9_000, false),
    ]
    for (source, path, time, isKnown) in order {
      var request = sample(path, from: source)
      request.time = WallTime(milliseconds: time)
      let answer = told.isKnown(request)
      #expect(answer == isKnown, "\(path) at \(time)")
    }
  }
}
