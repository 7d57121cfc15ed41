import DevtopCore
import DevtopProxy
import Testing

@Suite struct ForwardingTests {
  /// What the service got, and the whole answer that the client got, for an answer of the service.
  private func pass(_ request: String, answer: String) throws -> (request: String, answer: String) {
    let server = try TestServer { socket, server in
      let request = try socket.receiveMessage()
      server.requests.change { $0.append(request) }
      try socket.send(answer)
      socket.close()
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(request)
    client.endSending()
    let got = try client.receiveToEnd()
    return (server.requests.read { $0.first ?? "" }, got)
  }

  @Test func `requests of one connection go to the run on one connection`() throws {
    let server = try TestServer.answering { _ in "hello" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    for _ in 0..<3 {
      try client.send(get)
      #expect(try client.receiveMessage() == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    }
    #expect(server.accepted.read { $0 } == 1)
  }

  @Test func `a request gets what a proxy adds, and keeps everything else`() throws {
    let (request, _) = try pass(
      "GET /a?b=%20c HTTP/1.1\r\nHost: app.test:8080\r\nAccept: */*\r\nX-Odd:  spaced \r\n\r\n",
      answer: "HTTP/1.1 204 No Content\r\n\r\n")
    #expect(
      request.hasPrefix(
        "GET /a?b=%20c HTTP/1.1\r\nHost: app.test:8080\r\nAccept: */*\r\nX-Odd:  spaced \r\n"
          + "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: app.test:8080\r\nX-Request-Id: "
      ))
  }

  @Test func `fields of a proxy before this one are kept or continued`() throws {
    let (request, _) = try pass(
      """
      GET / HTTP/1.1\r
      Host: a\r
      X-Forwarded-For: 10.0.0.1\r
      X-Forwarded-Proto: https\r
      X-Forwarded-Host: b\r
      X-Request-Id: mine\r
      \r\n
      """, answer: "HTTP/1.1 204 No Content\r\n\r\n")
    #expect(
      request
        == """
        GET / HTTP/1.1\r
        Host: a\r
        X-Forwarded-For: 10.0.0.1, 127.0.0.1\r
        X-Forwarded-Proto: https\r
        X-Forwarded-Host: b\r
        X-Request-Id: mine\r
        \r\n
        """)
  }

  @Test func `a hop's own fields go no further in either direction`() throws {
    let (request, answer) = try pass(
      """
      GET / HTTP/1.1\r
      Host: a\r
      Connection: X-Secret, keep-alive, Host\r
      X-Secret: 1\r
      Keep-Alive: timeout=5\r
      Proxy-Connection: keep-alive\r
      TE: gzip, trailers\r
      Upgrade: websocket\r
      X-Kept: 2\r
      \r\n
      """,
      answer: """
        HTTP/1.1 200 OK\r
        Connection: X-Inner\r
        X-Inner: 1\r
        Keep-Alive: timeout=5\r
        Trailer: X-Sum\r
        X-Kept: 2\r
        Content-Length: 0\r
        \r\n
        """)
    for name in ["X-Secret", "Keep-Alive", "Proxy-Connection", "Upgrade", "gzip"] {
      #expect(!request.contains(name), "\(name)")
    }
    #expect(request.contains("\r\nX-Kept: 2\r\n"))
    #expect(request.contains("\r\nHost: a\r\n"))
    #expect(request.contains("\r\nTE: trailers\r\n"))
    #expect(request.contains("\r\nConnection: TE\r\n"))
    #expect(
      answer == "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nX-Kept: 2\r\nContent-Length: 0\r\n\r\n")
  }

  @Test func `each request has an id of its own`() throws {
    let server = try TestServer.answering { _ in "" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    for _ in 0..<40 {
      try client.send(get)
      _ = try client.receiveMessage()
    }
    let ids = try stage.samples(40).compactMap(\.exchange?.requestID)
    #expect(Set(ids).count == 40)
    #expect(
      server.requests.read { requests in
        zip(requests, ids).allSatisfy { $0.contains("X-Request-Id: \($1)\r\n") }
      })
  }

  @Test(arguments: [
    ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
    ("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"),
    ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), ("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
    ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
    ("GET", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
    ("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ("GET", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"),
  ])
  func `an answer passes byte for byte and the connections stay`(_ method: String, _ answer: String) throws {
    for sliced in [false, true] {
      let server = try TestServer { socket, _ in
        while try !socket.receiveMessage().isEmpty {
          if sliced { for byte in answer.utf8 { try socket.send([byte]) } } else { try socket.send(answer) }
        }
      }
      let stage = try Stage()
      stage.route(to: server)
      let client = try stage.connect()
      for _ in 0..<2 {
        try client.send("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(String(decoding: try client.receive(exactly: answer.utf8.count), as: UTF8.self) == answer)
      }
      #expect(server.accepted.read { $0 } == 1)
    }
  }

  @Test func `an answer that ends with its connection ends the client's too`() throws {
    let (_, answer) = try pass(get, answer: "HTTP/1.0 200 OK\r\nServer: old\r\n\r\nall of it")
    #expect(answer == "HTTP/1.1 200 OK\r\nServer: old\r\nConnection: close\r\n\r\nall of it")
  }

  @Test func `HTTP 1.0 clients are kept only when they ask for it`() throws {
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    #expect(try client.receiveMessage().contains("\r\nConnection: keep-alive\r\n"))
    try client.send("GET / HTTP/1.0\r\n\r\n")
    #expect(try client.receiveToEnd().contains("\r\nConnection: close\r\n"))
    #expect(server.requests.read { $0[0].hasPrefix("GET / HTTP/1.0\r\nConnection: keep-alive\r\n") })
  }

  @Test func `a client that asks for the end gets it, and the service's connection stays`() throws {
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage()
    stage.route(to: server)
    for _ in 0..<3 {
      let client = try stage.connect()
      try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(
        try client.receiveToEnd() == "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
    }
    #expect(server.accepted.read { $0 } == 1)
  }

  @Test func `a service that asks for the end does not end the client's connection`() throws {
    let server = try TestServer { socket, _ in
      _ = try socket.receiveMessage()
      try socket.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx")
      socket.close()
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    for _ in 0..<3 {
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
      #expect(try client.receiveMessage() == "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
    }
    #expect(server.accepted.read { $0 } == 3)
  }

  @Test(arguments: [false, true])
  func `a chunked body passes byte for byte`(_ isSliced: Bool) throws {
    let body = "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n"
    let server = try TestServer { socket, server in
      let head = try socket.receive(through: "\r\n\r\n")
      let got = try socket.receive(exactly: body.utf8.count)
      server.requests.change { $0 = [head, String(decoding: got, as: UTF8.self)] }
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    let request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
    if isSliced { for byte in request.utf8 { try client.send([byte]) } } else { try client.send(request) }
    _ = try client.receiveMessage()
    #expect(server.requests.read { $0[1] } == body)
    #expect(server.requests.read { $0[0] }.contains("\r\nTransfer-Encoding: chunked\r\n"))
    #expect(try stage.samples(1)[0].exchange?.bytesIn == 11)
  }

  @Test func `a client that waits for 100 gets it from the service`() throws {
    let server = try TestServer { socket, server in
      let head = try socket.receive(through: "\r\n\r\n")
      try socket.send("HTTP/1.1 100 Continue\r\n\r\n")
      let body = try socket.receive(exactly: 5)
      server.requests.change { $0 = [head, String(decoding: body, as: UTF8.self)] }
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    #expect(try client.receive(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
    try client.send("hello")
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 200 "))
    #expect(server.requests.read { $0[0].contains("\r\nExpect: 100-continue\r\n") && $0[1] == "hello" })
  }

  @Test func `pipelined requests are answered in their order`() throws {
    let server = try TestServer.answering { String($0.dropFirst(5).prefix(2)) }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    let names = (10..<60).map(String.init)
    try client.send(names.map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
    client.endSending()
    let answers = try client.receiveToEnd()
    #expect(answers == names.map { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\($0)" }.joined())
  }

  @Test func `empty lines before a request are ignored`() throws {
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    for _ in 0..<2 {
      try client.send("\r\n\r\n" + get)
      #expect(try client.receiveMessage().hasSuffix("x"))
    }
  }

  @Test func `a client that ends its side still gets its answer`() throws {
    let server = try TestServer { socket, server in
      let all = try socket.receiveToEnd()
      server.requests.change { $0 = [all] }
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
    }
    let stage = try Stage()
    stage.route(to: server)
    // The end is passed on: the service may know that nothing follows.
    #expect(try stage.exchange(get).hasSuffix("late"))
    #expect(server.requests.read { $0[0].hasPrefix("GET / ") })
  }
}
