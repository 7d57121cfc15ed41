import DevtopCore
import DevtopDashboard
@testable import DevtopLogs

/// The session that the drawings of the design show, to be changed by tests.
enum SampleSession {
  /// 14:02:31.377 UTC.
  static let saved = WallTime(milliseconds: 1_700_056_951_377 / 86_400_000 * 86_400_000 + 50_551_377)

  static func time(_ secondsAfterSave: Double) -> WallTime {
    WallTime(milliseconds: saved.milliseconds + Int64(secondsAfterSave * 1_000))
  }

  static func moment(_ secondsAfterSave: Double) -> Moment {
    Moment(instant: .zero, wall: time(secondsAfterSave))
  }

  /// Three services, everything built and up.
  static func green(_ columns: Int, _ rows: Int) -> AppState {
    var state = AppState(configuration: configuration)
    state.screen.size = Size(columns: columns, rows: rows)
    state.watch.summary = WatchSummary(
      files: 214, directories: 31, backend: "inotify", duration: .milliseconds(9))
    let run = record(17, .succeeded, seconds: 2.1)
    state.services[0].history = [run, record(16, .succeeded, seconds: 2), record(15, failed, seconds: 0.9)]
    state.services[0].newestRun = 17
    state.services[0].builtRun = 17
    state.services[0].process = .ready(17, pid: 4_711, port: 8_080, since: moment(-132))
    state.services[0].sample = ProcessSample(
      processes: 3, residentBytes: 64_200_000, cpuTime: .seconds(2), openFiles: 14, closeWaitSockets: 0)
    state.services[0].cpuPercent = 2.1
    state.services[1].process = .running(3, pid: 4_712, since: moment(-132))
    state.services[2].process = .ready(4, pid: 4_713, port: 5_173, since: moment(-60))
    state.files = files
    state.requests = requests
    state.screen.logs.counts = LogCounts(matched: 12_402, total: 12_402)
    return state
  }

  /// A save of `api` that does not compile; the run before still serves.
  static func red(_ columns: Int, _ rows: Int) -> AppState {
    var state = green(columns, rows)
    var run = record(18, failed, seconds: 1.4)
    run.errors = 2
    run.warnings = 1
    run.newDiagnostics = 2
    run.fixedDiagnostics = 1
    run.start = nil
    run.readiness = nil
    state.services[0].history.insert(run, at: 0)
    state.services[0].newestRun = 18
    state.services[0].diagnostics = diagnostics
    state.screen.logs.filter = "level:>=warn !svc:db"
    state.screen.logs.counts = LogCounts(matched: 38, total: 12_402)
    return state
  }

  /// `web` crashed and waits for its restart, and its port is taken.
  static func crashed(_ columns: Int, _ rows: Int) -> AppState {
    var state = green(columns, rows)
    let due = ProcessPhase.PendingRestart(attempt: 3, delay: .milliseconds(400), due: .zero)
    state.services[2].process = .failed(4, ProcessPhase.Failure(status: .code(1), restart: due))
    state.services[2].backoff.attempts = 3
    state.services[2].portHolder = PortHolder(
      port: 5_173, pid: 812, command: "node server.js", since: time(-1_800))
    state.services[0].crash = Diagnostic(
      severity: .error, file: "api/order.go", line: 88, message: "panic: assignment to entry in nil map",
      tool: "panic")
    return state
  }

  static let logs = LogWindow(rows: [
    log(0, -3.2, "api", .warn, "slow query 412ms SELECT * FROM orders WHERE user_id=$1"),
    log(
      1, -2.4, "web", .error, "\u{1B}[31mCannot find module\u{1B}[0m \"./cart\" imported from src/app.ts:9:1"),
    marker(2, -2.3, "web", "exit 1 \u{B7} restart 3 in 2 s"),
    marker(3, 0, "api", "#18 api/order.go saved \u{B7} failed, #17 kept"),
    log(4, 1.7, "api", .error, "panic: assignment to entry in nil map GET /orders/7 \u{2192} 500"),
    log(5, 3.5, "worker", .warn, "retry 2/5 job=mail to=\u{65E5}\u{672C}\u{8A9E} id=77"),
    log(6, 4.6, "api", nil, "{\"msg\":\"cache miss\",\"key\":\"u:7\",\"ms\":31}"),
  ])

  static func log(
    _ sequence: Int, _ seconds: Double, _ service: ServiceID, _ level: LogLevel?, _ text: String,
    stream: LogStream = .terminal
  ) -> LogRow {
    LogRow(
      sequence: sequence, service: service, run: 17, stream: stream, level: level, time: time(seconds),
      bytes: Array(text.utf8), isTruncated: false, isPartial: false)
  }

  static func marker(_ sequence: Int, _ seconds: Double, _ service: ServiceID, _ text: String) -> LogRow {
    log(sequence, seconds, service, nil, text, stream: .marker)
  }

  /// A session whose `api` is behind the proxy, in its second run.
  static func proxied(_ columns: Int, _ rows: Int) -> AppState {
    var state = green(columns, rows)
    state.requests = RequestStats()
    let port = SocketAddress(host: "127.0.0.1", port: 8_080)
    state.requests.learn(from: .listening("api", 17, TakenPort(address: port, upstream: port)))
    var load = ProxyLoad()
    load.inFlight = 3
    load.held = 2
    state.services[0].proxyLoad = load
    for number in 0..<30 {
      add("GET", "/orders/7", 200, 47, run: 16, id: "8e\(number)", to: &state)
      if number % 9 == 8 { _ = state.requests.secondPassed() }
    }
    for number in 0..<40 {
      add("GET", "/orders/7", 200, 9, run: 17, id: "9e\(number)", to: &state)
      if [3, 9, 12, 20, 38].contains(number) { _ = state.requests.secondPassed() }
    }
    add("GET", "/healthz", 200, 1, run: 17, id: "9f35", to: &state)
    add("WS", "/live", 101, 64_000, run: 17, id: "9f36", to: &state) { $0.kind = .webSocket }
    add("WS", "/live", 101, 0, run: 17, id: "9f37", to: &state) {
      $0.kind = .webSocket
      $0.isOpen = true
      $0.duration = nil
      $0.sizeInBytes = nil
    }
    add("GET", "/static/app.js", 304, 1, run: 17, id: "9f38", to: &state)
    add("POST", "/login?token=s3cret", 200, 12, run: 17, id: "9f39", to: &state) {
      $0.exchange?.requestFields.append(HeaderField("Authorization", "Bearer s3cret"))
    }
    for number in 0..<5 { add("GET", "/orders/\(number)", 500, 143, run: 17, id: "9f3\(number)", to: &state) }
    _ = state.requests.secondPassed()
    state.requests.sortRoutes(by: .count)
    state.screen.focus = .requests
    return state
  }

  private static func add(
    _ method: String, _ path: String, _ status: Int, _ milliseconds: Int, run: RunNumber, id: String,
    to state: inout AppState, change: (inout RequestSample) -> Void = { _ in }
  ) {
    var sample = RequestSample(
      service: "api", run: run, time: time(0), method: method, path: path, status: status,
      duration: .milliseconds(milliseconds), sizeInBytes: 1_200)
    sample.source = .proxy
    var exchange = RequestSample.Exchange(requestID: id, client: "127.0.0.1")
    exchange.firstByte = .milliseconds(max(1, milliseconds - 3))
    exchange.requestFields = [
      HeaderField("Host", "localhost:8080"), HeaderField("Cookie", "sid=abc; theme=dark"),
    ]
    exchange.answerFields = [HeaderField("Content-Type", "application/json")]
    exchange.answerBody = Array("{\"id\":7,\"items\":[1,2]}".utf8)
    sample.exchange = exchange
    change(&sample)
    sample.route = state.requests.route(of: sample)
    state.requests.add(sample, isHealthCheck: path == "/healthz")
  }

  // MARK: Parts

  private static let failed = BuildOutcome.Result.failed(status: .code(1), reason: nil)

  private static let configuration: Configuration = {
    var api = ServiceSpec(id: "api", directory: "/home/ada/shop")
    api.build = [BuildStep(.shell("go build ./cmd/api"))]
    api.run = .shell("./api")
    var worker = ServiceSpec(id: "worker", directory: "/home/ada/shop")
    worker.run = .shell("./worker")
    var web = ServiceSpec(id: "web", directory: "/home/ada/shop/web")
    web.run = .shell("npm run dev")
    return Configuration(
      projectName: "shop", root: "/home/ada/shop", source: .file("devtop.toml"), services: [api, worker, web])
  }()

  private static func record(_ run: RunNumber, _ result: BuildOutcome.Result, seconds: Double) -> BuildRecord
  {
    var record = BuildRecord(
      run: run, result: result, started: time(Double(run - 18) * 60),
      duration: .milliseconds(Int(seconds * 1_000)), causes: ["api/order.go"])
    record.detection = .milliseconds(41)
    record.start = .milliseconds(90)
    record.readiness = .milliseconds(310)
    return record
  }

  private static let diagnostics = [
    Diagnostic(
      severity: .error, file: "api/order.go", line: 42, column: 17, message: "undefined: ordr",
      detail: ["\ttotal += ordr.Qty", "\t         ^^^^"]),
    Diagnostic(severity: .error, file: "api/order.go", line: 57, column: 2, message: "missing return"),
    Diagnostic(
      severity: .warning, file: "api/db.go", line: 12, column: 6, message: "declared and not used: err",
      tool: "vet"),
  ]

  private static let files = [
    FileEntry(time: time(0), path: "api/order.go", kind: .modified, outcome: .build(["api": 18])),
    FileEntry(time: time(-84), path: "api/db.go", kind: .modified, outcome: .build(["api": 17])),
    FileEntry(time: time(-93), path: "web/src/app.ts", kind: .modified, outcome: .restart(["web"])),
    FileEntry(
      time: time(-93), path: "web/src/app.ts~", kind: .created, outcome: .ignored(rule: ".gitignore:3")),
    FileEntry(
      time: time(-100), path: "tmp/", kind: .modified, count: 312, outcome: .ignored(rule: ".gitignore:1")),
    FileEntry(time: time(-111), path: "go.sum", kind: .modified, outcome: .unchanged),
  ]

  private static let requests: RequestStats = {
    var stats = RequestStats()
    let samples: [(Double, String, String, Int, Int, Int)] = [
      (2, "GET", "/orders/7", 500, 143, 1_200), (2, "POST", "/login", 200, 12, 310),
      (1, "GET", "/static/app.js", 304, 1, 0), (0, "GET", "/orders?page=2", 200, 9, 4_100),
      (-1, "GET", "/healthz", 200, 1, 2), (-3, "DELETE", "/orders/7", 404, 421, 1_200),
    ]
    for (seconds, method, path, status, milliseconds, bytes) in samples.reversed() {
      stats.add(
        RequestSample(
          service: "api", run: 17, time: time(seconds), method: method, path: path, status: status,
          duration: .milliseconds(milliseconds), sizeInBytes: bytes), isHealthCheck: path == "/healthz")
      _ = stats.secondPassed()
    }
    stats.sortRoutes(by: .count)
    return stats
  }()
}
