import DevtopCore
import DevtopProxy
import Testing

@Suite struct RetryAndFaultTests {
  private func stage(
    retry: RetrySpec? = nil, fault: FaultSpec? = nil, breaker: BreakerSpec? = nil
  ) throws -> Stage {
    var spec = ProxySpec()
    spec.protection.retry = retry
    spec.protection.fault = fault
    spec.protection.breaker = breaker
    return try Stage(spec)
  }

  private func retry(attempts: Int = 3, timeout: Duration = .seconds(20)) -> RetrySpec {
    var retry = RetrySpec()
    retry.attempts = attempts
    retry.backoff = .milliseconds(1)
    retry.timeout = timeout
    return retry
  }

  /// Closes the connections of the first requests unanswered, and answers those that follow.
  private func answering(after failures: Int) throws -> TestServer {
    try TestServer { socket, server in
      while case let request = try socket.receiveMessage(), !request.isEmpty {
        var count = 0
        server.requests.change {
          $0.append(request)
          count = $0.count
        }
        guard count > failures else { return socket.reset() }
        try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
      }
    }
  }

  private func put(_ method: String) -> String {
    "\(method) / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
  }

  // MARK: Retry

  @Test func `what may be sent twice is sent again, with its body`() throws {
    for request in [get, put("PUT")] {
      let server = try answering(after: 2)
      let stage = try stage(retry: retry())
      stage.route(to: server)
      let client = try stage.connect()
      try client.send(request)
      #expect(try client.receiveMessage().hasSuffix("good"))
      #expect(try stage.samples(1)[0].exchange?.retries == 2)
      let requests = server.requests.read { $0 }
      #expect(requests.count == 3)
      #expect(Set(requests).count == 1)
    }
  }

  @Test func `a write is sent once, and attempts have an end`() throws {
    for (request, count) in [(put("POST"), 1), (get, 2)] {
      let server = try answering(after: 9)
      let stage = try stage(retry: retry(attempts: 2))
      stage.route(to: server)
      let client = try stage.connect()
      try client.send(request)
      #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 502 "))
      #expect(server.requests.read { $0.count } == count)
    }
  }

  @Test func `a connection that the service has closed meanwhile counts as an attempt`() throws {
    // The first request of a connection is answered, the next one closes it.
    let server = try TestServer { socket, server in
      for isFirst in [true, false] {
        let request = try socket.receiveMessage()
        server.requests.change { $0.append(request) }
        let isWarm = request.hasPrefix("GET /warm ")
        guard isFirst, isWarm else { return socket.close() }
        try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
      }
    }
    let stage = try stage(retry: retry(attempts: 3))
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("GET /warm HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = try client.receiveMessage()
    try client.send("DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 502 "))
    #expect(server.requests.read { $0.count } == 1 + 3)
  }

  @Test func `an attempt without an answer in its time makes room for another`() throws {
    let server = try TestServer { socket, server in
      var count = 0
      let request = try socket.receiveMessage()
      server.requests.change {
        $0.append(request)
        count = $0.count
      }
      if count == 2 { try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood") }
      _ = try socket.receive()
    }
    let stage = try stage(retry: retry(attempts: 2, timeout: .milliseconds(100)))
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(get)
    #expect(try client.receiveMessage().hasSuffix("good"))
    let late = try stage.connect()
    try late.send(put("POST"))
    let answer = try late.receiveMessage()
    #expect(answer.hasPrefix("HTTP/1.1 504 ") && answer.contains("retry = { timeout"))
  }

  // MARK: Fault

  @Test func `trouble is made while it is switched on`() throws {
    var fault = FaultSpec()
    fault.errors = 1
    fault.status = 418
    fault.delay = .milliseconds(40)
    let server = try TestServer.answering { _ in "good" }
    let stage = try stage(fault: fault)
    stage.route(to: server)
    let client = try stage.connect()
    for isOn in [false, true, false] {
      stage.proxy.setFault("api", isOn: isOn)
      try stage.settle()
      try client.send(get)
      #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 \(isOn ? 418 : 200) "))
    }
    #expect(server.requests.read { $0.count } == 2)
    let samples = try stage.samples(3)
    #expect(samples.map(\.status) == [200, 418, 200])
    #expect(try #require(samples[1].duration) >= .milliseconds(40))
  }

  @Test func `errors made on purpose open the breaker, and a client that leaves meanwhile is forgotten`()
    throws
  {
    var fault = FaultSpec()
    fault.errors = 1
    fault.delay = .seconds(1_000)
    var breaker = BreakerSpec()
    breaker.min = 1
    let server = try TestServer.answering { _ in "good" }
    let stage = try stage(fault: fault, breaker: breaker)
    stage.route(to: server)
    stage.proxy.setFault("api", isOn: true)
    try stage.settle()
    let leaving = try stage.connect()
    try leaving.send(get)
    try stage.load("there") { $0.connections == 1 }
    leaving.close()
    try stage.load("gone") { $0.connections == 0 }
    var spec = ProxySpec()
    spec.protection.breaker = breaker
    fault.delay = .zero
    spec.protection.fault = fault
    stage.proxy.configure(["api": spec], hosts: [], remoteDenied: [])
    try stage.settle()
    let client = try stage.connect()
    try client.send(get)
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 503 "))
    try stage.load("open") { $0.breaker == .open }
  }

  @Test func `a slow line carries all of an answer, whatever its end`() throws {
    var fault = FaultSpec()
    fault.bytesPerSecond = 20_000
    let body = String(repeating: "x", count: 3_000)
    for (head, closes) in [("Content-Length: 3000\r\n", false), ("", true)] {
      let server = try TestServer.sending("HTTP/1.1 200 OK\r\n\(head)\r\n\(body)", closes: closes)
      let stage = try stage(fault: fault)
      stage.route(to: server)
      stage.proxy.setFault("api", isOn: true)
      try stage.settle()
      let client = try stage.connect()
      try client.send(get)
      if closes {
        #expect(try client.receiveToEnd().hasSuffix("\r\n\r\n\(body)"))
      } else {
        #expect(try client.receiveMessage().hasSuffix("\r\n\r\n\(body)"))
      }
      // Pieces of a twentieth of a second: the third one is due after two of them.
      #expect(try #require(try stage.samples(1)[0].duration) >= .milliseconds(100))
    }
  }
}
