import DevtopCore
import DevtopProxy
import Testing

@Suite struct TunnelTests {
  private static let upgrade = """
    GET /ws HTTP/1.1\r
    Host: a\r
    Connection: keep-alive, Upgrade\r
    Upgrade: websocket\r
    Sec-WebSocket-Key: x\r
    \r\n
    """

  /// Sends back what comes, in capitals, until the end.
  private static func echo(_ socket: TestSocket) throws {
    while let bytes = try socket.receive() {
      try socket.send(String(decoding: bytes, as: UTF8.self).uppercased())
    }
    try socket.send("BYE")
    socket.close()
  }

  private func webSocketServer() throws -> TestServer {
    try TestServer { socket, server in
      let head = try socket.receive(through: "\r\n\r\n")
      server.requests.change { $0.append(head) }
      // The first bytes of the other protocol come at once.
      try socket.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst")
      try Self.echo(socket)
    }
  }

  @Test func `what a client sends behind the request for an upgrade, and its end, reach the service`() throws
  {
    let server = try TestServer { socket, server in
      _ = try socket.receive(through: "\r\n\r\n")
      try socket.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
      let rest = try socket.receiveToEnd()
      server.requests.change { $0.append(rest) }
      try socket.send("bye")
      socket.close()
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nearly")
    client.endSending()
    #expect(try client.receiveToEnd().hasSuffix("bye"))
    #expect(server.requests.read { $0 } == ["early"])
    try stage.load("gone") { $0.connections == 0 && $0.tunnels == 0 }
  }

  @Test func `after an upgrade bytes go both ways, and each side ends for itself`() throws {
    let server = try webSocketServer()
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(Self.upgrade)
    let head = try client.receive(through: "\r\n\r\n")
    #expect(head.contains("\r\nUpgrade: websocket\r\n"))
    #expect(head.contains("\r\nConnection: Upgrade\r\n"))
    #expect(String(decoding: try client.receive(exactly: 5), as: UTF8.self) == "first")
    for text in ["one", "two"] {
      try client.send(text)
      #expect(String(decoding: try client.receive(exactly: 3), as: UTF8.self) == text.uppercased())
    }
    try stage.load("a tunnel") { $0.tunnels == 1 && $0.inFlight == 0 }
    let open = try stage.samples(1, open: true)[0]
    #expect(open.kind == .webSocket && open.path == "/ws" && open.status == 101 && open.duration == nil)
    client.endSending()
    #expect(try client.receiveToEnd() == "BYE")
    #expect(
      server.requests.read {
        $0[0].contains("\r\nUpgrade: websocket\r\n") && $0[0].contains("\r\nConnection: Upgrade\r\n")
      })
    let sample = try stage.samples(1)[0]
    #expect(sample.kind == .webSocket)
    #expect(sample.status == 101)
    #expect(sample.path == "/ws")
    #expect(sample.exchange?.requestID == open.exchange?.requestID)
    #expect(sample.exchange?.bytesIn == 6)
    #expect(sample.sizeInBytes == 14)
    try stage.load("no tunnel") { $0.tunnels == 0 && $0.connections == 0 }
  }

  @Test func `an upgrade that is not granted is a request like any other`() throws {
    let server = try TestServer.answering { _ in "no" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    for _ in 0..<2 {
      try client.send(Self.upgrade)
      #expect(try client.receiveMessage() == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno")
    }
  }

  @Test func `the end of draining closes a WebSocket on both sides`() throws {
    let server = try webSocketServer()
    let stage = try Stage()
    stage.route(1, to: server)
    let client = try stage.connect()
    try client.send(Self.upgrade)
    _ = try client.receive(through: "first")
    let new = try webSocketServer()
    stage.route(2, to: new)
    stage.proxy.drain("api", 1, within: .milliseconds(20))
    #expect(try stage.drained(1) == 1)
    #expect(try client.receiveToEnd() == "")
  }

  @Test(arguments: [
    "\u{16}\u{3}\u{1}\u{0}\u{5}hello", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "ehlo me\r\n", "{\"json\": 1}\n",
  ])
  func `what is not HTTP 1 is passed on untouched`(_ text: String) throws {
    let server = try TestServer { socket, _ in try Self.echo(socket) }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(text)
    #expect(
      String(decoding: try client.receive(exactly: text.utf8.count), as: UTF8.self) == text.uppercased())
    client.endSending()
    #expect(try client.receiveToEnd() == "BYE")
    let sample = try stage.samples(1)[0]
    #expect(sample.kind == .tunnel)
    #expect(sample.exchange?.bytesIn == text.utf8.count)
  }

  @Test func `a service that speaks first is heard`() throws {
    let server = try TestServer { socket, _ in
      try socket.send("220 ready\r\n")
      try Self.echo(socket)
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    #expect(try client.receive(through: "\r\n") == "220 ready\r\n")
    try client.send("quit\r\n")
    #expect(try client.receive(through: "\r\n") == "QUIT\r\n")
    client.close()
    #expect(try stage.samples(1)[0].kind == .tunnel)
  }

  @Test func `a client that is slow to speak is understood all the same`() throws {
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try server.accepted.wait("a connection to see who speaks") { $0 == 1 }
    try client.send("GET / HT")
    try client.send("TP/1.1\r\nHost: a\r\n\r\n")
    #expect(try client.receiveMessage().hasSuffix("x"))
    #expect(try stage.samples(1).map(\.kind) == [.http])
  }

  @Test func `a silent client is let go when the service closes`() throws {
    let server = try TestServer { socket, _ in socket.close() }
    let stage = try Stage()
    stage.route(to: server)
    #expect(try stage.connect().receiveToEnd() == "")
  }

  @Test func `a tunnel waits for its run too`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    try client.send("\u{1}abc")
    try stage.load("held") { $0.held == 1 }
    let server = try TestServer { socket, _ in try Self.echo(socket) }
    stage.route(to: server)
    #expect(String(decoding: try client.receive(exactly: 4), as: UTF8.self) == "\u{1}ABC")
  }
}
