import DevtopCore
import DevtopProxy
import Testing

@Suite struct LimitTests {
  private func stage(_ change: (inout ProxyLimits) -> Void) throws -> (Stage, TestServer) {
    var spec = ProxySpec()
    change(&spec.limits)
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage(spec)
    stage.route(to: server)
    _ = try stage.exchange(get)
    return (stage, server)
  }

  @Test func `a head that does not come to its end is answered 408`() throws {
    let (stage, _) = try stage { $0.headTime = .milliseconds(50) }
    let client = try stage.connect()
    try client.send("GET / HTTP/1.1\r\nHos")
    #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 408 "))
  }

  @Test func `a body that stops is answered 408`() throws {
    let (stage, _) = try stage { $0.bodyTime = .milliseconds(50) }
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
    #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 408 "))
    #expect(try stage.samples(2).map(\.status) == [200, 408])
  }

  @Test func `a connection that is idle too long is closed`() throws {
    let (stage, _) = try stage { $0.idleTime = .milliseconds(50) }
    let client = try stage.connect()
    try client.send(get)
    #expect(try client.receiveToEnd().hasSuffix("x"))
  }

  @Test func `a service that does not answer in time is answered for with 504`() throws {
    var spec = ProxySpec()
    spec.limits.answerTime = .milliseconds(50)
    let stage = try Stage(spec)
    let server = try TestServer { socket, _ in _ = try socket.receiveToEnd() }
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(get)
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 504 "))
    try stage.load("nothing left") { $0.inFlight == 0 }
  }

  @Test(arguments: [
    "Content-Length: 11\r\n\r\nhello world",
    "Transfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n",
  ])
  func `a body beyond its limit is answered 413`(_ rest: String) throws {
    let (stage, server) = try stage { $0.bodyInBytes = 10 }
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\n\(rest)")
    #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 413 "))
    #expect(server.requests.read { $0.count } == 1)
  }

  @Test func `long heads are answered 414 and 431`() throws {
    let (stage, server) = try stage {
      $0.requestLineInBytes = 100
      $0.headInBytes = 300
      $0.fields = 5
    }
    let long = String(repeating: "x", count: 400)
    let fields = (0..<6).map { "X\($0): 1\r\n" }.joined()
    for (request, status) in [
      ("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
      ("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n", 431),
      ("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n", 431),
    ] {
      let client = try stage.connect()
      try client.send(request)
      #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 \(status) "))
    }
    #expect(server.requests.read { $0.count } == 1)
  }

  @Test func `without descriptors accepting pauses without a spin, and goes on when there are some`() throws {
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage()
    stage.route(to: server)
    let served = try stage.connect()
    try served.send(get)
    _ = try served.receiveMessage()
    // Known to the kernel already, so that it needs none later.
    let waiting = TestSocket(descriptor: TestSocket.unconnected())
    let limit = DescriptorLimit()
    defer { limit.restore() }
    try waiting.connect(to: stage.port)
    try waiting.send(get)
    // Who is connected is served on; the other waits.
    try served.send(get)
    #expect(try served.receiveMessage().hasSuffix("x"))
    let before = DescriptorLimit.processorTime()
    #expect(try !waiting.hasInput(within: .milliseconds(500)))
    #expect(DescriptorLimit.processorTime() - before < .milliseconds(250))
    limit.restore()
    #expect(try waiting.receiveMessage().hasSuffix("x"))
  }
}
