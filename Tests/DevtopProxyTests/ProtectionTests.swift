import DevtopCore
import DevtopProxy
import Glibc
import Testing

@Suite struct ProtectionTests {
  private func spec(_ change: (inout ProtectionSpec) -> Void) -> ProxySpec {
    var spec = ProxySpec()
    change(&spec.protection)
    return spec
  }

  private func limit(_ requests: Int, burst: Int, _ kind: RateLimitSpec.Kind = .token) -> RateLimitSpec {
    var limit = RateLimitSpec(requests: requests, per: .seconds(1_000), burst: burst)
    limit.kind = kind
    return limit
  }

  private func breaker(_ change: (inout BreakerSpec) -> Void = { _ in }) -> BreakerSpec {
    var breaker = BreakerSpec()
    breaker.min = 2
    breaker.open = .seconds(1_000)
    change(&breaker)
    return breaker
  }

  /// Answers 500 to everything.
  private func failing() throws -> TestServer {
    try .sending("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")
  }

  // MARK: Limit

  @Test func `beyond the rate requests are turned away, until another limit is configured`() throws {
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage(spec { $0.limit = limit(1, burst: 2) })
    stage.route(to: server)
    let client = try stage.connect()
    for status in [200, 200, 429] {
      try client.send(get)
      let answer = try client.receiveMessage()
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
      #expect(answer.contains("Retry-After: ") == (status == 429))
    }
    try stage.load("one was limited") { $0.limited == 1 }
    stage.proxy.configure(["api": ProxySpec()], hosts: [], remoteDenied: [])
    try stage.settle()
    try client.send(get)
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 200 "))
  }

  @Test func `a leaky limit lets a burst wait, and who goes away is forgotten`() throws {
    let server = try TestServer.answering { _ in "x" }
    var slow = RateLimitSpec(requests: 20, per: .seconds(1), burst: 5)
    slow.kind = .leaky
    let stage = try Stage(spec { $0.limit = slow })
    stage.route(to: server)
    let clients = try (0..<3).map { _ in try stage.connect() }
    for client in clients { try client.send(get) }
    clients[2].close()
    for client in clients[..<2] { #expect(try client.receiveMessage().hasSuffix("x")) }
    try stage.load("gone") { $0.connections == 2 && $0.inFlight == 0 && $0.limited == 0 }
  }

  // MARK: Bulkhead

  @Test func `so many requests are under way, some wait in order, the rest is refused`() throws {
    let gate = Signal(false)
    let server = try TestServer.answering { _ in
      try? gate.wait("open") { $0 }
      return "x"
    }
    let stage = try Stage(
      spec {
        $0.maxInFlight = 1
        $0.maxQueue = 2
      })
    stage.route(to: server)
    let clients = try (0..<3).map { _ in try stage.connect() }
    for (index, client) in clients.enumerated() {
      try client.send(get)
      // In order, and each at its place before the next.
      try stage.load("connected") { $0.connections == 3 && $0.inFlight == 1 }
      if index == 0 { try server.requests.wait("under way") { $0.count == 1 } }
      try stage.settle()
    }
    #expect(try stage.exchange(get).hasPrefix("HTTP/1.1 503 "))
    try stage.load("one was rejected") { $0.rejected == 1 }
    clients[1].close()
    try stage.load("gone") { $0.connections == 2 }
    gate.change { $0 = true }
    #expect(try clients[0].receiveMessage().hasSuffix("x"))
    #expect(try clients[2].receiveMessage().hasSuffix("x"))
    #expect(server.requests.read { $0.count } == 2)
  }

  @Test func `a reload turns nobody away, though all come at once`() throws {
    let server = try TestServer.answering { _ in "x" }
    let stage = try Stage(spec { $0.maxInFlight = 1 })
    let clients = try (0..<8).map { _ in try stage.connect() }
    for client in clients { try client.send(get) }
    try stage.load("held") { $0.held == 8 }
    stage.route(to: server)
    for client in clients { #expect(try client.receiveMessage().hasSuffix("x")) }
    try stage.load("nothing left") { $0.inFlight == 0 && $0.held == 0 && $0.rejected == 0 }
  }

  @Test func `those that came through a reload have their turn though others go away`() throws {
    let gate = Signal(false)
    let server = try TestServer.answering { _ in
      try? gate.wait("open") { $0 }
      return "x"
    }
    let stage = try Stage(spec { $0.maxInFlight = 1 })
    let clients = try (0..<4).map { _ in try stage.connect() }
    for (index, client) in clients.enumerated() {
      try client.send(get)
      try stage.load("held") { $0.held == index + 1 }
    }
    stage.route(to: server)
    try server.requests.wait("one is under way") { $0.count == 1 }
    clients[0].reset()
    clients[2].close()
    try stage.load("gone") { $0.connections == 2 }
    gate.change { $0 = true }
    #expect(try clients[1].receiveMessage().hasSuffix("x"))
    #expect(try clients[3].receiveMessage().hasSuffix("x"))
  }

  @Test func `an event stream takes no place once it has begun, and waiting for one has an end`() throws {
    let server = try TestServer { socket, _ in
      while case let request = try socket.receiveMessage(), !request.isEmpty {
        if request.hasPrefix("GET /events ") {
          try socket.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        } else if request.hasPrefix("GET /fast ") {
          try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
        }
      }
    }
    var spec = spec {
      $0.maxInFlight = 1
      $0.maxQueue = 2
    }
    spec.limits.answerTime = .milliseconds(600)
    let stage = try Stage(spec)
    stage.route(to: server)
    let events = try stage.connect()
    try events.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = try events.receive(through: "data: 1\n\n")
    let fast = "GET /fast HTTP/1.1\r\nHost: a\r\n\r\n"
    #expect(try stage.exchange(fast).hasPrefix("HTTP/1.1 200 "))
    // Two that are not answered: one takes the place, the other waits for it.
    let (slow, waiting) = (try stage.connect(), try stage.connect())
    try slow.send(get)
    try stage.load("under way") { $0.inFlight == 2 }
    stage.proxy.configure(["api": spec], hosts: [], remoteDenied: [])
    try waiting.send(fast)
    #expect(try slow.receiveMessage().hasPrefix("HTTP/1.1 504 "))
    #expect(try waiting.receiveMessage().hasPrefix("HTTP/1.1 200 "))
  }

  @Test func `a request does not wait for a place for ever`() throws {
    let server = try TestServer { socket, _ in
      _ = try socket.receiveMessage()
      try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun")
      _ = try socket.receive()
    }
    var spec = spec {
      $0.maxInFlight = 1
      $0.maxQueue = 2
    }
    spec.limits.answerTime = .milliseconds(200)
    let stage = try Stage(spec)
    stage.route(to: server)
    let slow = try stage.connect()
    try slow.send(get)
    _ = try slow.receive(through: "begun")
    let waiting = try stage.connect()
    try waiting.send(get)
    let answer = try waiting.receiveMessage()
    #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("max_in_flight"))
    #expect(answer.contains("Retry-After: "))
  }

  // MARK: Breaker

  @Test func `failures open the breaker, and the service is left alone`() throws {
    let server = try failing()
    let stage = try Stage(spec { $0.breaker = breaker() })
    stage.route(to: server)
    let client = try stage.connect()
    for status in [500, 500, 503] {
      try client.send(get)
      #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 \(status) "))
    }
    #expect(server.requests.read { $0.count } == 2)
    try stage.load("open") { $0.breaker == .open && $0.rejected == 1 }
    stage.proxy.configure(["api": spec { $0.breaker = breaker { $0.min = 9 } }], hosts: [], remoteDenied: [])
    try stage.load("closed") { $0.breaker == .closed }
    try client.send(get)
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 500 "))
  }

  /// Two answers open the breaker, and the next request is the probe: it gets `good`.
  private func probe(_ good: String) throws -> (stage: Stage, client: TestSocket) {
    let isGood = Signal(false)
    let server = try TestServer { socket, _ in
      while try !socket.receiveMessage().isEmpty {
        let answer = isGood.read { $0 } ? good : "500 Error\r\nContent-Length: 0\r\n\r\n"
        try socket.send("HTTP/1.1 \(answer)")
      }
    }
    let stage = try Stage(
      spec {
        $0.breaker = breaker {
          $0.open = .zero
          $0.probes = 1
        }
      })
    stage.route(to: server)
    let client = try stage.connect()
    for _ in 0..<2 {
      try client.send(get)
      #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 500 "))
    }
    try stage.load("open") { $0.breaker == .open }
    isGood.change { $0 = true }
    try client.send(get)
    return (stage, client)
  }

  @Test func `half-open, a good answer closes it`() throws {
    let (stage, client) = try probe("200 OK\r\nContent-Length: 0\r\n\r\n")
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 200 "))
    try stage.load("closed") { $0.breaker == .closed && $0.rejected == 0 }
  }

  @Test func `half-open, an event stream closes it when it begins`() throws {
    let (stage, client) = try probe("200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
    _ = try client.receive(through: "data: 1\n\n")
    try stage.load("closed") { $0.breaker == .closed && $0.rejected == 0 }
  }

  @Test func `a planned reload says nothing about the service`() throws {
    let old = try TestServer { socket, server in
      _ = try socket.receiveMessage()
      server.requests.change { $0.append("") }
      _ = try socket.receive()
    }
    let new = try TestServer.answering { _ in "new" }
    let stage = try Stage(spec { $0.breaker = breaker { $0.min = 1 } })
    stage.route(1, to: old)
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
    try old.requests.wait("there") { $0.count == 1 }
    stage.route(2, to: new)
    stage.proxy.drain("api", 1, within: .zero)
    #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 502 "))
    try client.send(get)
    #expect(try client.receiveMessage().hasSuffix("new"))
  }

  @Test func `a file or another upstream stands in for it`() throws {
    var template = Array("/tmp/devtop-fallback-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    _ = Array("sorry".utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, 5) }
    close(descriptor)
    let server = try failing()
    let other = try TestServer.answering { _ in "other" }
    let address = SocketAddress(host: "127.0.0.1", port: other.port)
    for (fallback, status, body) in [
      (BreakerSpec.Fallback.file(path), 503, "sorry"), (.upstream(address), 200, "other"),
      (.file("/dev/zero"), 503, "(breaker).\n"),
    ] {
      let stage = try Stage(
        spec {
          $0.breaker = breaker {
            $0.min = 1
            $0.fallback = fallback
          }
        })
      stage.route(to: server)
      let client = try stage.connect()
      try client.send(get)
      #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 500 "))
      for _ in 0..<2 {
        try client.send(get)
        let answer = try client.receiveMessage()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.hasSuffix(body))
      }
    }
    // Nor does it help when nobody is there.
    other.kill()
    let stage = try Stage(
      spec {
        $0.breaker = breaker {
          $0.min = 1
          $0.fallback = .upstream(address)
        }
      })
    stage.route(to: server)
    let client = try stage.connect()
    for status in [500, 503] {
      try client.send(get)
      #expect(try client.receiveMessage().hasPrefix("HTTP/1.1 \(status) "))
    }
  }
}
