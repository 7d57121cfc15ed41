import Testing

@testable import DevtopCore

/// The lines of plain and JSON mode, which other programs read.
@Suite struct ReportTests {
  private let time = WallTime(milliseconds: 1_777_863_721_007)

  @Test func `each event is one JSON object with stable names`() {
    let api: ServiceID = "api"
    let reports: [(Report, String)] = [
      (
        .sessionStarted(project: "shop", services: ["api"], configuration: ".air.toml"),
        #""event":"session.started","project":"shop","services":["api"],"config":".air.toml"}"#
      ),
      (
        .watchReady(
          WatchSummary(files: 214, directories: 12, backend: "inotify", duration: .microseconds(9_400))),
        #""event":"watch.ready","files":214,"directories":12,"backend":"inotify","ms":9}"#
      ),
      (
        .filesChanged(paths: ["main.go"], result: .ignored, services: [], rule: ".gitignore:3"),
        #""event":"files.changed","paths":["main.go"],"result":"ignored","services":[],"rule":".gitignore:3"}"#
      ),
      (.buildStarted(api, 2), #""event":"build.started","service":"api","run":2}"#),
      (
        .diagnostic(
          api, 2,
          Diagnostic(severity: .error, file: "main.go", line: 9, column: 3, message: "undefined: \"x\"")),
        #""event":"diagnostic","service":"api","run":2,"severity":"error","file":"main.go","line":9,"column":3,"message":"undefined: \"x\""}"#
      ),
      (
        .buildFinished(
          api, 2, BuildOutcome(.failed(status: .code(1), reason: nil), duration: .milliseconds(412))),
        #""event":"build.finished","service":"api","run":2,"ok":false,"result":"failed","ms":412,"errors":0,"warnings":0,"exit":1}"#
      ),
      (
        .buildFinished(
          api, 2, BuildOutcome(.failed(status: .signal(9, name: "SIGKILL"), reason: nil), duration: .zero)),
        #""event":"build.finished","service":"api","run":2,"ok":false,"result":"failed","ms":0,"errors":0,"warnings":0,"signal":"SIGKILL"}"#
      ),
      (
        .serviceState(api, 1, .ready, pid: 4711, port: 8080, status: nil),
        #""event":"service.state","service":"api","run":1,"state":"ready","pid":4711,"port":8080}"#
      ),
      (
        .request(
          RequestSample(
            service: api, run: 1, time: time, method: "GET", path: "/orders/7?x=1", status: 200,
            duration: .microseconds(1_200), sizeInBytes: 18)),
        #""event":"request","service":"api","run":1,"method":"GET","path":"/orders/7?x=1","route":"/orders/:id","status":200,"ms":1.2,"bytes":18}"#
      ),
      (
        .warning(ConfigurationNotice("odd", at: SourcePosition(file: ".air.toml", line: 3))),
        #""event":"warning","message":"odd","file":".air.toml","line":3}"#
      ),
      (
        .listening(api, 2, .fronted),
        #""event":"port.listening","service":"api","run":2,"address":"0.0.0.0:8080","upstream":"127.77.0.1:8080"}"#
      ),
      (
        .portsFellBack(api, .environment(variable: "PORT"), reason: "seccomp is missing"),
        #""event":"port.fallback","service":"api","mode":"env","message":"seccomp is missing"}"#
      ),
      (
        .reload(api, Reload(.swap, from: 6, to: 7), .ready),
        #""event":"reload","service":"api","strategy":"swap","from":6,"to":7,"outcome":"ready"}"#
      ),
      (.drained(api, 6, closed: 2), #""event":"run.drained","service":"api","run":6,"closed":2}"#),
      (.sessionEnded(status: 143), #""event":"session.ended","exit":143}"#),
    ]
    for (report, expected) in reports {
      #expect(report.json(at: time) == #"{"time":"2026-05-04T03:02:01.007Z","# + expected)
    }
  }

  @Test func `a log line is an event, too, and control characters are escaped`() {
    #expect(
      logLineJSON(
        service: "api", run: 1, stream: .terminal, level: .info, text: "a\u{1}\u{9b}\n\"é", time: time)
        == #"{"time":"2026-05-04T03:02:01.007Z","event":"log","service":"api","run":1,"stream":"tty","level":"info","text":"a\u0001\u009b\n\"é"}"#
    )
  }

  @Test func `a lifecycle row is a note`() {
    #expect(
      logNoteJSON(service: "api", run: 2, level: .error, text: "exit 2", time: time)
        == #"{"time":"2026-05-04T03:02:01.007Z","event":"note","service":"api","run":2,"level":"error","message":"exit 2"}"#
    )
  }

  @Test func `a build says whether the binary is another one`() {
    let outcome = BuildOutcome(.succeeded, duration: .zero, binaryChanged: false)
    #expect(
      Report.buildFinished("api", 2, outcome).json(at: time).hasSuffix(#""exit":0,"binary":"unchanged"}"#))
  }

  @Test func `a log line that was cut says so`() {
    let line = logLineJSON(
      service: "api", run: 1, stream: .output, level: nil, text: "a", time: time, isTruncated: true)
    #expect(line.hasSuffix(#""text":"a","truncated":true}"#))
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (-1, "1969-12-31T23:59:59.999Z"), (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
  ])
  func `times are RFC 3339`(milliseconds: Int64, expected: String) {
    #expect(WallTime(milliseconds: milliseconds).rfc3339 == expected)
  }

  @Test func `plain mode tells an event in a line`() {
    #expect(
      Report.serviceState("api", 1, .starting, pid: 4711, port: nil, status: nil).plain
        == "[api] #1 starting (pid 4711)")
    // Rows of the log say these.
    #expect(Report.buildStarted("api", 1).plain == nil)
    #expect(Report.serviceState("api", 1, .failed, pid: nil, port: nil, status: .code(2)).plain == nil)
    #expect(
      Report.filesChanged(paths: ["a", "b", "c", "d"], result: .build, services: ["api"], rule: nil).plain
        == "[devtop] a, b, c and 1 more: build api")
  }

  @Test func `what devtop itself asks for is no request of the app`() {
    var spec = ServiceSpec.script("web")
    spec.readiness = .http(path: "/healthz", port: nil)
    var session = Session(spec)
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    func ask(_ path: String) {
      session.on(
        .requests([
          RequestSample(
            service: "web", run: 1, time: session.state.now.wall, method: "GET", path: path, status: 200)
        ]))
    }
    ask("/healthz")
    #expect(session.reports == [])
    session.on(.processReady("web", 1, port: 8080))
    ask("/healthz")
    ask("/")
    #expect(session.reports.count == 1)
    session.advance(.seconds(1))
    // A load balancer or a person.
    ask("/healthz")
    #expect(session.reports.count == 1)
    #expect(session.state.requests.recent.count == 2)
  }
}
