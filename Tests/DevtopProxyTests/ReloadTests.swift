import DevtopCore
import DevtopProxy
import Testing

@Suite struct ReloadTests {
  @Test func `a request waits for the first run`() throws {
    let server = try TestServer.answering { _ in "here" }
    let stage = try Stage()
    let client = try stage.connect()
    try client.send(get)
    try stage.load("held") { $0.held == 1 }
    stage.route(to: server)
    #expect(try client.receiveMessage().hasSuffix("here"))
    let sample = try stage.samples(1)[0]
    #expect(try #require(sample.exchange).held > .zero)
    try stage.load("nothing held") { $0.held == 0 && $0.inFlight == 0 }
  }

  @Test func `a client's connection stays and its next request goes to the new run`() throws {
    let old = try TestServer.answering { _ in "old" }
    let new = try TestServer.answering { _ in "new" }
    let stage = try Stage()
    stage.route(1, to: old)
    let client = try stage.connect()
    try client.send(get)
    #expect(try client.receiveMessage().hasSuffix("old"))
    stage.route(2, to: new)
    stage.proxy.drain("api", 1, within: .seconds(20))
    #expect(try stage.drained(1) == 0)
    try client.send(get)
    #expect(try client.receiveMessage().hasSuffix("new"))
    #expect(try stage.samples(2).map(\.run) == [1, 2])
  }

  @Test func `a request in flight ends on the old run`() throws {
    let gate = Signal(false)
    let old = try TestServer.answering { _ in
      try? gate.wait("open") { $0 }
      return "old"
    }
    let new = try TestServer.answering { _ in "new" }
    let stage = try Stage()
    stage.route(1, to: old)
    let client = try stage.connect()
    try client.send(get)
    try old.requests.wait("request") { $0.count == 1 }
    stage.route(2, to: new)
    stage.proxy.drain("api", 1, within: .seconds(20))
    let other = try stage.connect()
    try other.send(get)
    #expect(try other.receiveMessage().hasSuffix("new"))
    gate.change { $0 = true }
    #expect(try client.receiveMessage().hasSuffix("old"))
    #expect(try stage.drained(1) == 0)
  }

  @Test func `what is left at the end of draining is closed and counted`() throws {
    let old = try TestServer { socket, server in
      _ = try socket.receiveMessage()
      try socket.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
      server.requests.change { $0.append("") }
      _ = try socket.receive()
      server.requests.change { $0.append("end") }
    }
    let new = try TestServer.answering { _ in "new" }
    let stage = try Stage()
    stage.route(1, to: old)
    let client = try stage.connect()
    try client.send(get)
    // An event is there at once: nothing is buffered.
    #expect(try client.receive(through: "data: 1\n\n").hasSuffix("\r\n\r\ndata: 1\n\n"))
    #expect(try stage.samples(1, open: true)[0].kind == .eventStream)
    stage.route(2, to: new)
    stage.proxy.drain("api", 1, within: .milliseconds(50))
    #expect(try stage.drained(1) == 1)
    #expect(try client.receiveToEnd() == "")
    try old.requests.wait("the old run sees the end") { $0.last == "end" }
    #expect(try stage.samples(1)[0].kind == .eventStream)
  }

  @Test func `where nobody answers meanwhile streams are cut first, and requests are waited for`() throws {
    let gate = Signal(false)
    let old = try TestServer { socket, server in
      let head = try socket.receive(through: "\r\n\r\n")
      server.requests.change { $0.append(head) }
      if head.hasPrefix("GET /events ") {
        try socket.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
      } else if head.hasPrefix("GET /socket ") {
        try socket.send(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst")
      } else {
        try gate.wait("open") { $0 }
        try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold")
      }
      _ = try socket.receive()
    }
    let stage = try Stage()
    stage.route(1, to: old)
    let (page, socket, events) = (try stage.connect(), try stage.connect(), try stage.connect())
    try events.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = try events.receive(through: "data: 1\n\n")
    try socket.send(
      "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    _ = try socket.receive(through: "first")
    try page.send(get)
    try old.requests.wait("all three") { $0.count == 3 }
    stage.proxy.hold("api", HoldLimits())
    stage.proxy.drain("api", 1, within: .seconds(20), isBeforeStop: true)
    #expect(try events.receiveToEnd() == "")
    #expect(try socket.receiveToEnd() == "")
    gate.change { $0 = true }
    #expect(try page.receiveMessage().hasSuffix("old"))
    #expect(try stage.drained(1) == 2)
  }

  @Test func `a request without an answer at the end of draining goes to the new run if that is safe`() throws
  {
    let old = try TestServer { socket, server in
      _ = try socket.receiveMessage()
      server.requests.change { $0.append("") }
      _ = try socket.receive()
    }
    let new = try TestServer.answering { _ in "new" }
    let stage = try Stage()
    stage.route(1, to: old)
    let reader = try stage.connect()
    let writer = try stage.connect()
    try reader.send(get)
    try writer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
    try old.requests.wait("both") { $0.count == 2 }
    stage.route(2, to: new)
    stage.proxy.drain("api", 1, within: .zero)
    #expect(try reader.receiveMessage().hasSuffix("new"))
    #expect(try writer.receiveMessage().hasPrefix("HTTP/1.1 502 "))
    #expect(try stage.drained(1) == 1)
    #expect(new.requests.read { $0.count } == 1)
  }

  @Test func `before a stop a write has all of its time, a read goes to the next run`() throws {
    let gate = Signal(false)
    let old = try TestServer { socket, server in
      let request = try socket.receiveMessage()
      server.requests.change { $0.append(request) }
      guard request.hasPrefix("POST") else {
        _ = try socket.receive()
        return
      }
      try gate.wait("open") { $0 }
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold")
      _ = try socket.receive()
    }
    let new = try TestServer.answering { _ in "new" }
    let stage = try Stage()
    stage.route(1, to: old)
    let (reader, writer) = (try stage.connect(), try stage.connect())
    try reader.send(get)
    try writer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
    try old.requests.wait("both") { $0.count == 2 }
    stage.proxy.hold("api", HoldLimits())
    stage.proxy.drain("api", 1, within: .seconds(20), isBeforeStop: true)
    try stage.load("the read waits") { $0.held == 1 && $0.inFlight == 1 }
    gate.change { $0 = true }
    #expect(try writer.receiveMessage().hasSuffix("old"))
    #expect(try stage.drained(1) == 0)
    stage.route(2, to: new)
    #expect(try reader.receiveMessage().hasSuffix("new"))
  }

  @Test func `while a service is held its requests wait, the pipelined ones in order`() throws {
    let server = try TestServer.answering { String($0.dropFirst(5).prefix(1)) }
    let stage = try Stage()
    stage.route(1, to: server)
    let client = try stage.connect()
    try client.send(get)
    _ = try client.receiveMessage()
    stage.proxy.hold("api", HoldLimits())
    try stage.settle()
    let path = { (name: String) in "GET /\(name) HTTP/1.1\r\nHost: a\r\n\r\n" }
    try client.send(path("a") + path("b") + path("c"))
    try stage.load("held") { $0.held == 1 }
    stage.route(2, to: server)
    #expect(try (0..<3).map { _ in try client.receiveMessage().suffix(1) } == ["a", "b", "c"])
  }

  @Test func `refused connections wait for the next run`() throws {
    let first = try TestServer.answering { _ in "first" }
    let second = try TestServer.answering { _ in "second" }
    let stage = try Stage()
    first.kill()
    stage.route(1, to: first)
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
    try stage.load("held") { $0.held == 1 }
    stage.route(2, to: second)
    #expect(try client.receiveMessage().hasSuffix("second"))
    #expect(second.requests.read { $0.first?.hasSuffix("hi") } == true)
  }

  @Test func `a run that listens again by itself gets what waits`() throws {
    let stage = try Stage()
    let first = try TestServer.answering { _ in "first" }
    let port = first.port
    first.stopListening()
    stage.route(1, toPort: port)
    let client = try stage.connect()
    try client.send(get)
    try stage.load("held") { $0.held == 1 }
    let again = try TestServer(port: port) { socket, _ in
      _ = try socket.receiveMessage()
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain")
    }
    #expect(try client.receiveMessage().hasSuffix("again"))
    #expect(again.accepted.read { $0 } == 1)
  }

  @Test func `a wait has a limit, and its answer says when to try again`() throws {
    var limits = HoldLimits()
    limits.time = .milliseconds(80)
    let stage = try Stage(hold: limits)
    let client = try stage.connect()
    try client.send(get)
    let answer = try client.receiveMessage()
    #expect(answer.hasPrefix("HTTP/1.1 503 "))
    #expect(answer.contains("\r\nRetry-After: 1\r\n"))
    // The connection stays.
    try client.send(get)
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 503 "))
    #expect(try stage.samples(2).map(\.status) == [503, 503])
  }

  @Test func `no more requests wait than the limit`() throws {
    var limits = HoldLimits()
    limits.requests = 1
    let stage = try Stage(hold: limits)
    let first = try stage.connect()
    try first.send(get)
    try stage.load("held") { $0.held == 1 }
    #expect(try stage.exchange(get).hasPrefix("HTTP/1.1 503 "))
  }

  @Test func `no more bytes of bodies wait than the limit`() throws {
    var limits = HoldLimits()
    limits.bodiesInBytes = 100
    let stage = try Stage(hold: limits)
    let body = String(repeating: "x", count: 101)
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n\(body)")
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 503 "))
  }

  @Test func `when nothing will answer, those that wait are told at once`() throws {
    let stage = try Stage()
    let client = try stage.connect()
    try client.send(get)
    try stage.load("held") { $0.held == 1 }
    stage.proxy.refuse("api")
    try stage.settle()
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 503 "))
    try client.send(get)
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 503 "))
  }

  @Test func `a client that goes while it waits is forgotten`() throws {
    let stage = try Stage()
    for leave in [{ $0.close() }, { $0.reset() }] as [(TestSocket) -> Void] {
      let client = try stage.connect()
      try client.send(get)
      try stage.load("held") { $0.held == 1 }
      leave(client)
      try stage.load("gone") { $0.held == 0 && $0.connections == 0 }
    }
    let server = try TestServer.answering { _ in "" }
    stage.route(to: server)
    #expect(try stage.samples(2).map(\.status) == [0, 0])
    #expect(server.accepted.read { $0 } == 0)
  }

  @Test func `requests that were sent before there was a listener or a run are not lost`() throws {
    let events = Signal<[ProxyEvent]>([])
    let proxy = Proxy { event in events.change { $0.append(event) } }
    defer { proxy.shutdown() }
    let server = try TestServer.answering { _ in "x" }
    let (descriptor, port) = try TestSocket.listener()
    let address = SocketAddress(host: "127.0.0.1", port: port)
    proxy.route("api", to: 1, upstreams: [address: SocketAddress(host: "127.0.0.1", port: server.port)])
    let client = try TestSocket(to: port)
    try client.send(get)
    proxy.listen(descriptor, at: address, for: "api")
    #expect(try client.receiveMessage().hasSuffix("x"))
  }

  @Test func `draining a run that nobody knows is over at once`() throws {
    let stage = try Stage()
    stage.proxy.drain("api", 7, within: .seconds(20))
    #expect(try stage.drained(7) == 0)
  }
}
