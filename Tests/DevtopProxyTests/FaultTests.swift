import DevtopCore
import DevtopProxy
import Testing

@Suite struct FaultTests {
  private let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"

  /// Answers the first request of each connection, and breaks off at the second one.
  private func forgetfulServer() throws -> TestServer {
    try TestServer { socket, server in
      for isFirst in [true, false] {
        let request = try socket.receiveMessage()
        server.requests.change { $0.append(request) }
        if isFirst {
          try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
        } else {
          socket.reset()
        }
      }
    }
  }

  @Test func `a read that met a dying connection is sent again, a write never`() throws {
    let server = try forgetfulServer()
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    for _ in 0..<4 {
      try client.send(get)
      #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 200 "))
    }
    #expect(try stage.samples(4).map { $0.exchange?.retries } == [0, 1, 1, 1])
    let before = server.requests.read { $0.count }
    try client.send(post)
    let answer = try client.receiveMessage()
    #expect(answer.hasPrefix("HTTP/1.1 502 ") || answer.hasPrefix("HTTP/1.1 200 "))
    #expect(server.requests.read { $0.count } == before + 1)
  }

  @Test func `a write whose run dies is answered 502 and sent once`() throws {
    let server = try TestServer { socket, server in
      let request = try socket.receiveMessage()
      server.requests.change { $0.append(request) }
      socket.reset()
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(post)
    let answer = try client.receiveMessage()
    #expect(answer.hasPrefix("HTTP/1.1 502 "))
    #expect(answer.contains("did not send it again"))
    #expect(server.requests.read { $0.count } == 1)
    // The client's connection is as good as before.
    let new = try TestServer.answering { _ in "new" }
    stage.route(2, to: new)
    try client.send(post)
    #expect(try client.receiveMessage().hasSuffix("new"))
  }

  @Test func `a read in flight survives the restart of its run`() throws {
    let old = try TestServer { socket, server in
      _ = try socket.receiveMessage()
      server.requests.change { $0.append("") }
      _ = try socket.receive()
    }
    let stage = try Stage()
    stage.route(1, to: old)
    let client = try stage.connect()
    try client.send(get)
    try old.requests.wait("request") { $0.count == 1 }
    stage.proxy.hold("api", HoldLimits())
    try stage.settle()
    old.kill()
    let new = try TestServer.answering { _ in "new" }
    stage.route(2, to: new)
    #expect(try client.receiveMessage().hasSuffix("new"))
  }

  @Test(arguments: [
    "SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  ])
  func `an answer that is none is answered with 502`(_ text: String) throws {
    let server = try TestServer { socket, _ in
      _ = try socket.receiveMessage()
      try socket.send(text)
      socket.close()
    }
    let stage = try Stage()
    stage.route(to: server)
    #expect(try stage.exchange(get).hasPrefix("HTTP/1.1 502 "))
  }

  @Test(arguments: ["Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n5\r\nhalf"])
  func `an answer that breaks off does not look complete`(_ rest: String) throws {
    let server = try TestServer { socket, _ in
      _ = try socket.receiveMessage()
      try socket.send("HTTP/1.1 200 OK\r\n\(rest)")
      socket.close()
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(get)
    #expect(try client.receiveToEnd().hasSuffix("half"))
    #expect(try stage.samples(1).count == 1)
  }

  @Test func `an answer before the end of the request reaches the client`() throws {
    let server = try TestServer { socket, _ in
      _ = try socket.receive(through: "\r\n\r\n")
      try socket.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno!")
      socket.close()
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbeginning")
    let answer = try client.receiveToEnd()
    #expect(answer.hasPrefix("HTTP/1.1 413 "))
    #expect(answer.hasSuffix("\r\nConnection: close\r\n\r\nno!"))
  }

  @Test func `an early answer on a connection that stays is followed by the rest of the request`() throws {
    let server = try TestServer { socket, server in
      _ = try socket.receive(through: "\r\n\r\n")
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly")
      let body = try socket.receive(exactly: 4)
      server.requests.change { $0.append(String(decoding: body, as: UTF8.self)) }
      _ = try socket.receiveMessage()
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext")
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
    #expect(try client.receiveMessage().hasSuffix("early"))
    try client.send("late" + get)
    #expect(try client.receiveMessage().hasSuffix("next"))
    #expect(server.requests.read { $0 } == ["late"])
    #expect(server.accepted.read { $0 } == 1)
  }

  @Test func `a client that resets ends the service's connection`() throws {
    let server = try TestServer { socket, server in
      _ = try socket.receive(through: "\r\n\r\n")
      server.requests.change { $0.append("begun") }
      _ = try? socket.receiveToEnd()
      server.requests.change { $0.append("ended") }
    }
    let stage = try Stage()
    stage.route(to: server)
    for request in [get, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nbegin"] {
      let before = server.requests.read { $0.count }
      let client = try stage.connect()
      try client.send(request)
      try server.requests.wait("begun") { $0.count == before + 1 }
      client.reset()
      try server.requests.wait("ended") { $0.count == before + 2 }
    }
    try stage.load("nothing left") { $0.connections == 0 && $0.inFlight == 0 }
  }

  @Test func `a slow reader slows the service, and gets everything`() throws {
    let piece = [UInt8](repeating: 7, count: 1 << 20)
    let sent = Signal(0)
    let server = try TestServer { socket, _ in
      _ = try socket.receiveMessage()
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(40 << 20)\r\n\r\n")
      for _ in 0..<40 {
        try socket.send(piece)
        sent.change { $0 += 1 }
      }
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try TestSocket(to: stage.port, receiveBuffer: 64 << 10)
    try client.send(get)
    let head = try client.receive(through: "\r\n\r\n")
    #expect(head.hasPrefix("HTTP/1.1 200 "))
    // While nobody reads, others are served as ever, and most of the answer stays where it is.
    for _ in 0..<50 { #expect(try stage.connect().descriptor >= 0) }
    try sent.wait("the first megabyte") { $0 >= 1 }
    #expect(sent.read { $0 } < 40)
    var count = 0
    while count < 40 << 20, let bytes = try client.receive(atMost: 1 << 20) { count += bytes.count }
    #expect(count == 40 << 20)
    try sent.wait("all of it") { $0 == 40 }
  }

  @Test func `a large upload arrives whole`() throws {
    let server = try TestServer { socket, _ in
      _ = try socket.receive(through: "\r\n\r\n")
      var count = 0
      while count < 40 << 20, let bytes = try socket.receive(atMost: 1 << 20) { count += bytes.count }
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Count: \(count)\r\n\r\n")
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(40 << 20)\r\n\r\n")
    let piece = [UInt8](repeating: 7, count: 1 << 20)
    for _ in 0..<40 { try client.send(piece) }
    #expect(try client.receiveMessage().contains("X-Count: \(40 << 20)\r\n"))
  }
}
