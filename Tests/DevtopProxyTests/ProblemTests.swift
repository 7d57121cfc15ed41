import DevtopCore
import DevtopProxy
import Testing

@Suite struct ProblemTests {
  private let problem = BrowserProblem(
    title: "build #7 failed",
    diagnostics: [
      Diagnostic(severity: .error, file: "main.go", line: 3, column: 1, message: "undefined: <x>")
    ])

  @Test func `before the first run a problem is answered at once, and waiting goes on when it is mended`()
    throws
  {
    let server = try TestServer.answering { _ in "green" }
    let stage = try Stage()
    let client = try stage.connect()
    try client.send(navigation())
    try stage.load("held") { $0.held == 1 }
    stage.proxy.tellBrowsers("api", .problem(problem))
    let page = try client.receiveMessage()
    #expect(page.hasPrefix("HTTP/1.1 503 "))
    #expect(page.contains("Content-Type: text/html"))
    #expect(page.contains("Retry-After: 1\r\n"))
    #expect(page.contains("undefined: &lt;x&gt;"))
    try client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n")
    #expect(try client.receiveMessage().contains("\"error\":\"build #7 failed\""))
    try client.send(get)
    #expect(try client.receiveMessage().contains("main.go:3:1: error: undefined: <x>\n"))
    stage.proxy.tellBrowsers("api", .mended)
    try stage.settle()
    try client.send(navigation())
    try stage.load("held again") { $0.held == 1 }
    stage.route(to: server)
    #expect(try client.receiveMessage().hasSuffix("green"))
    #expect(try stage.samples(4).map(\.status) == [503, 503, 503, 200])
  }

  @Test func `a problem does not end the waiting of a planned reload`() throws {
    let server = try TestServer.answering { _ in "new" }
    let stage = try Stage()
    stage.route(1, to: server)
    stage.proxy.hold("api", HoldLimits())
    stage.proxy.tellBrowsers("api", .problem(problem))
    let client = try stage.connect()
    try client.send(get)
    try stage.load("held") { $0.held == 1 }
    stage.route(2, to: server)
    #expect(try client.receiveMessage().hasSuffix("new"))
  }

  @Test func `where nobody answers the page says what is known`() throws {
    let stage = try Stage()
    stage.proxy.refuse("api")
    try stage.settle()
    let client = try stage.connect()
    try client.send(navigation().replacing("GET", with: "HEAD") + navigation())
    let head = try client.receive(through: "\r\n\r\n")
    #expect(head.hasPrefix("HTTP/1.1 503 "))
    #expect(try client.receiveMessage().contains("No run answers."))
    // What had reached the service is not asked for again by itself.
    let server = try TestServer { socket, _ in
      _ = try socket.receiveMessage()
      socket.reset()
    }
    stage.route(to: server)
    try client.send(navigation())
    let page = try client.receiveMessage()
    #expect(page.hasPrefix("HTTP/1.1 502 "))
    #expect(!page.contains("Retry-After"))
    #expect(!page.contains("/__devtop/reload.js"))
  }

  @Test func `when nobody listens any more, what waits is answered`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    try client.send(get)
    try stage.load("held") { $0.held == 1 }
    stage.proxy.stopListening(at: stage.address, for: "api")
    #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 503 "))
  }
}
