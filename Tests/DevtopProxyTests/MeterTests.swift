import DevtopCore
import DevtopProxy
import Testing

@Suite struct MeterTests {
  @Test func `a sample has what travelled`() throws {
    var spec = ProxySpec()
    spec.captureInBytes = 4
    let server = try TestServer.answering { _ in "answer" }
    let stage = try Stage(spec)
    stage.route(3, to: server)
    let client = try stage.connect()
    try client.send(
      "POST /orders?id=1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nContent-Length: 7\r\n\r\nrequest")
    _ = try client.receiveMessage()
    let sample = try stage.samples(1)[0]
    let exchange = try #require(sample.exchange)
    #expect(sample.service == "api")
    #expect(sample.run == 3)
    #expect(sample.method == "POST")
    #expect(sample.path == "/orders?id=1")
    #expect(sample.status == 200)
    #expect(sample.sizeInBytes == 6)
    #expect(sample.source == .proxy)
    #expect(sample.kind == .http)
    #expect(exchange.requestID == "mine")
    #expect(exchange.client == "127.0.0.1")
    #expect(exchange.bytesIn == 7)
    #expect(exchange.requestFields.map(\.name) == ["Host", "X-Request-Id", "Content-Length"])
    #expect(exchange.answerFields == [HeaderField("Content-Length", "6")])
    #expect(exchange.requestBody == Array("requ".utf8))
    #expect(exchange.answerBody == Array("answ".utf8))
    let duration = try #require(sample.duration)
    let firstByte = try #require(exchange.firstByte)
    #expect(duration >= exchange.held + exchange.connect + firstByte + exchange.body)
  }

  @Test func `what devtop answers is counted as that`() throws {
    let stage = try Stage()
    stage.proxy.refuse("api")
    try stage.settle()
    let client = try stage.connect()
    try client.send(get)
    _ = try client.receiveMessage()
    let sample = try stage.samples(1)[0]
    #expect(sample.status == 503)
    #expect(sample.run == 0)
    #expect(sample.exchange?.firstByte == nil)
  }

  @Test func `beyond 500 requests a second fields are left out`() throws {
    let server = try TestServer.answering { _ in "" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    // Pipelined, they all come within a moment; should they not, the second second starts a new budget.
    try client.send(String(repeating: get, count: 2_000))
    for _ in 0..<2_000 { _ = try client.receiveMessage() }
    let samples = try stage.samples(2_000)
    let withFields = samples.filter { $0.exchange?.requestFields.isEmpty == false }
    let seconds = Set(samples.map { $0.time.milliseconds / 1_000 }).count
    #expect(withFields.count >= 500)
    #expect(withFields.count <= 500 * (seconds + 1))
  }

  @Test func `a request is sent again as it was`() throws {
    var spec = ProxySpec()
    spec.captureInBytes = 100
    let server = try TestServer.answering { _ in "" }
    let stage = try Stage(spec)
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("POST /again HTTP/1.1\r\nHost: a\r\nX-Mine: 1\r\nContent-Length: 4\r\n\r\nbody")
    _ = try client.receiveMessage()
    stage.proxy.replay(try stage.samples(1)[0])
    try server.requests.wait("again") { $0.count == 2 }
    let again = server.requests.read { $0[1] }
    #expect(again.hasPrefix("POST /again HTTP/1.1\r\nHost: a\r\nX-Mine: 1\r\nContent-Length: 4\r\n"))
    #expect(again.hasSuffix("\r\n\r\nbody"))
    let samples = try stage.samples(2)
    #expect(samples[0].exchange?.requestID != samples[1].exchange?.requestID)
  }

  @Test func `a request whose body was not kept is not sent again`() throws {
    let server = try TestServer.answering { _ in "" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
    _ = try client.receiveMessage()
    stage.proxy.replay(try stage.samples(1)[0])
    try stage.events.wait("a warning") { events in
      events.contains {
        if case .warning(let text) = $0 { text.contains("its body was not kept") } else { false }
      }
    }
  }

  @Test func `a listener that is closed refuses, and its idle clients go`() throws {
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(get)
    _ = try client.receiveMessage()
    stage.proxy.stopListening(at: stage.address, for: "api")
    #expect(try client.receiveToEnd() == "")
    #expect(throws: TestSocket.Failure.self) { try stage.connect() }
  }

  @Test func `after the end nothing listens and nothing is told`() throws {
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(get)
    _ = try client.receiveMessage()
    _ = try stage.samples(1)
    stage.proxy.shutdown()
    #expect(try client.receiveToEnd() == "")
    let count = stage.events.read { $0.count }
    stage.proxy.hold("api", HoldLimits())
    stage.proxy.drain("api", 1, within: .zero)
    #expect(stage.events.read { $0.count } == count)
  }
}
