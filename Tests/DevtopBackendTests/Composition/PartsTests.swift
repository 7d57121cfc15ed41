import DevtopCore
import Testing

@testable import DevtopBackend

/// What the backend reads from programs and files.
@Suite struct PartsTests {
  @Test(arguments: [
    ("[GIN-debug] [ERROR] listen tcp :8080: bind: address already in use\n", UInt16?(8080)),
    (
      "Error: listen EADDRINUSE: address already in use :::3000\n    at Server.setup {\n  port: 3000\n}\n",
      3000
    ),
    (
      """
      Error: listen EADDRINUSE: address already in use 127.0.0.1:3000\r
      \u{1B}[90m    at doListen (node:net:2139:7)\u{1B}[39m {\r
        code: \u{1B}[32m'EADDRINUSE'\u{1B}[39m,\r
        errno: \u{1B}[33m-98\u{1B}[39m,\r
        port: \u{1B}[33m3000\u{1B}[39m\r
      """, 3000
    ),
    ("  code: \u{1B}[32m'EADDRINUSE'\u{1B}[39m,\r\n  port: \u{1B}[33m3000\u{1B}[39m\r\n", 3000),
    ("OSError: [Errno 98] Address already in use\n", nil),
    ("Address already in use\nPort 5000 is in use by another program. Either identify it\n", 5000),
    ("listen tcp [::1]:9000: bind: address already in use\r\n", 9000),
  ])
  func `a port that is taken is read from what programs say`(output: String, port: UInt16?) {
    let problem = PortProblem.find(in: Array(output.utf8))
    #expect(problem.isPresent)
    #expect(problem.port == port)
  }

  @Test func `a time of day is no port`() {
    let problem = PortProblem.find(in: Array("17:03:05,123 ERROR [Errno 98] Address already in use\n".utf8))
    #expect(problem.isPresent && problem.port == nil)
  }

  @Test func `other words about ports are no problem`() {
    #expect(!PortProblem.find(in: Array("the cache lock is in use by another process\n".utf8)).isPresent)
    #expect(!PortProblem.find(in: Array("Listening on port 8080\n".utf8)).isPresent)
  }

  @Test(arguments: [
    (CommandSpec.shell("./tmp/api --verbose"), String?("/shop/./tmp/api")),
    (.shell("GIN_MODE=debug exec tmp/api"), "/shop/tmp/api"),
    (.shell("go run ."), nil),
    (.shell("$BIN/api"), nil),
    (.arguments(["/usr/local/bin/api", "x"]), "/usr/local/bin/api"),
    (.arguments(["python3", "app.py"]), nil),
  ])
  func `the binary is the first word of the run command where it names a file`(
    run: CommandSpec, path: String?
  ) {
    var spec = ServiceSpec(id: "api", directory: "/shop")
    spec.build = [BuildStep(.shell("make"))]
    spec.run = run
    #expect(BinaryFingerprint.path(of: spec) == path)
  }

  @Test func `env files win over the real environment, and env over both`() {
    var spec = ServiceSpec(id: "api", directory: "/shop")
    spec.envFiles = ["/shop/.env"]
    spec.environment = ["C": "spec"]
    let environment = ServiceEnvironment.make(for: spec, base: ["A": "real", "C": "real"]) { _ in
      [("A", "file"), ("B", "file"), ("C", "file")]
    }
    #expect(Set(environment).isSuperset(of: ["A=file", "B=file", "C=spec"]))
    spec.envFilesOverride = false
    let airs = ServiceEnvironment.make(for: spec, base: ["A": "real"]) { _ in [("A", "file"), ("B", "file")] }
    #expect(Set(airs).isSuperset(of: ["A=real", "B=file"]))
  }

  @Test func `a service without a terminal is told so`() {
    var spec = ServiceSpec(id: "api", directory: "/shop")
    spec.usesTerminal = false
    let environment = ServiceEnvironment.make(for: spec, base: ["TERM": "xterm", "COLUMNS": "7"]) { _ in [] }
    #expect(environment == ["TERM=dumb"])
  }

  @Test func `the end of the output is kept`() {
    let tail = OutputTail(capacityInBytes: 8)
    for piece in ["abcdefgh", "ij", "k"] { Array(piece.utf8).withUnsafeBytes { tail.append($0) } }
    #expect(tail.contents == Array("defghijk".utf8))
    Array("0123456789".utf8).withUnsafeBytes { tail.append($0) }
    #expect(tail.contents == Array("23456789".utf8))
  }

  @Test func `a clean build is made for each compiler`() {
    var spec = ServiceSpec(id: "api", directory: "/shop")
    spec.build = [BuildStep(.shell("go build -o tmp/api ."))]
    spec.compiler = .go
    var steps = spec.build
    var environment = ["GOFLAGS=-mod=mod"]
    CleanBuild.prepare(&steps, &environment, for: spec)
    #expect(environment == ["GOFLAGS=-mod=mod -a"])
    spec.compiler = .rust
    CleanBuild.prepare(&steps, &environment, for: spec)
    #expect(steps.first?.command == .shell("cargo clean"))
  }
}

@Suite struct LastWordsTests {
  @Test func `a page shows the last lines of a process, without escapes`() {
    let output = (1...40).map { "line \($0)\n" }.joined() + "\u{1B}[31mboom\u{1B}[0m\r\n\n"
    let words = LastWords(Array(output.utf8), of: 3)
    #expect(words.lines.last == "boom")
    #expect(words.lines.count <= 30)
    #expect(LastWords([], of: 1).lines == [])
    let problem = BrowserProblem(title: "run 3 exit 1", run: 3)
    var shown = problem
    shown.output = words.lines
    #expect(BrowserNews.problem(problem).completed(by: words) == .problem(shown))
  }

  @Test func `it shows them for their run alone, and only where nothing better is known`() {
    let words = LastWords(Array("boom".utf8), of: 3)
    let found = Diagnostic(severity: .error, file: "a.go", line: 1, message: "x")
    for news: BrowserNews in [
      .problem(BrowserProblem(title: "build #4 failed")),
      .problem(BrowserProblem(title: "run 2 exit 1", run: 2)),
      .problem(BrowserProblem(title: "run 3 exit 1", diagnostics: [found], run: 3)), .reload, .mended,
    ] {
      #expect(news.completed(by: words) == news)
    }
  }
}
