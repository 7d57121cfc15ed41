import DevtopCore
import DevtopProxy
import Testing

@Suite struct OwnPathsServingTests {
  private func own(_ path: String, _ fields: String = "Host: localhost\r\n") -> String {
    "GET \(path) HTTP/1.1\r\n\(fields)\r\n"
  }

  @Test func `the script is devtop's, whatever the service is doing, and counts as no request of it`() throws
  {
    let server = try TestServer.answering { _ in "app" }
    let stage = try Stage()
    let client = try stage.connect()
    try client.send(own("/__devtop/reload.js"))
    #expect(try client.receiveMessage().contains("EventSource"))
    stage.route(to: server)
    try client.send(own("/__devtop/reload.js") + own("/app"))
    #expect(try client.receiveMessage().contains("EventSource"))
    #expect(try client.receiveMessage().hasSuffix("app"))
    #expect(try stage.samples(1).map(\.path) == ["/app"])
    #expect(server.requests.read { $0.count } == 1)
  }

  @Test func `only this machine's names reach devtop's paths`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    for (path, fields, status) in [
      ("/__devtop/reload.js", "Host: evil.example\r\n", 403),
      ("/__devtop/reload.js", "Host: localhost\r\nOrigin: http://evil.example\r\n", 403),
      ("/__devtop/events", "Host: app.test\r\n", 403),
      ("/__devtop/reload.js", "Host: 127.0.0.1:\(stage.port)\r\n", 200),
      ("/__devtop/../etc", "Host: localhost\r\n", 404),
    ] {
      try client.send(own(path, fields))
      #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 \(status) "), "\(path) \(fields)")
    }
    stage.proxy.configure(["api": ProxySpec()], hosts: ["app.test"], remoteDenied: [])
    try stage.settle()
    try client.send(own("/__devtop/reload.js", "Host: app.test\r\n"))
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 200 "))
  }

  @Test func `a body sent to devtop's path is read and the connection goes on`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    try client.send(
      "POST /__devtop/reload.js HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbo")
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 405 "))
    try client.send("dy" + own("/__devtop/reload.js"))
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 200 "))
  }

  @Test func `a stream of events outlives a reload and tells what happens`() throws {
    let server = try TestServer.answering { _ in "app" }
    let stage = try Stage()
    stage.route(1, to: server)
    let page = try stage.connect()
    try page.send(own("/__devtop/events"))
    let hello = try page.receive(through: "\n\n")
    #expect(hello.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream"))
    #expect(hello.contains("event: hello\n"))
    stage.route(2, to: server)
    stage.proxy.drain("api", 1, within: .zero)
    stage.proxy.tellBrowsers("api", .reload)
    #expect(try page.receive(through: "\n\n").contains("event: reload\n"))
    stage.proxy.tellBrowsers("api", .problem(BrowserProblem(title: "build #3 failed")))
    #expect(try page.receive(through: "\n\n").contains("build #3 failed"))
    let late = try stage.connect()
    try late.send(own("/__devtop/events"))
    #expect(try late.receive(through: "event: hello\n").hasSuffix("event: hello\n"))
    #expect(try late.receive(through: "\n\n").contains("build #3 failed"))
    stage.proxy.stopListening(at: stage.address, for: "api")
    #expect(try page.receiveToEnd() == "")
  }

  @Test func `a page that takes nothing is not waited for`() throws {
    let stage = try Stage()
    let page = try TestSocket(to: stage.port, receiveBuffer: 4_096)
    try page.send(own("/__devtop/events"))
    _ = try page.receive(through: "event: hello")
    let line = String(repeating: "x", count: 2_000)
    // More than any buffer between them takes; the rest is for nobody.
    for number in 0..<50 {
      let problem = BrowserProblem(
        title: "build #\(number) failed", output: Array(repeating: line, count: 200))
      stage.proxy.tellBrowsers("api", .problem(problem))
    }
    try stage.load("gone") { $0.connections == 0 }
  }

  @Test func `no more pages are told than the limit, and there are none without live reload`() throws {
    let stage = try Stage()
    var pages: [TestSocket] = []
    for _ in 0..<200 {
      let page = try stage.connect()
      try page.send(own("/__devtop/events"))
      pages.append(page)
    }
    for page in pages { #expect(try page.receive(through: "event: hello").hasSuffix("hello")) }
    let next = try stage.connect()
    try next.send(own("/__devtop/events"))
    #expect(try next.receiveMessage().hasPrefix("HTTP/1.1 503 "))
    pages.removeLast().close()
    try stage.load("one less") { $0.connections == 200 }
    try next.send(own("/__devtop/events"))
    #expect(try next.receive(through: "event: hello").hasPrefix("HTTP/1.1 200 "))
    var spec = ProxySpec()
    spec.reloadsBrowsers = false
    stage.proxy.configure(["api": spec], hosts: [], remoteDenied: [])
    _ = try next.receiveToEnd()
    let last = try stage.connect()
    try last.send(own("/__devtop/events"))
    #expect(try last.receiveMessage().hasPrefix("HTTP/1.1 404 "))
  }
}
