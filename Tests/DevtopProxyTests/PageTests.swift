import DevtopCore
import DevtopProxy
import Testing

@Suite struct PageTests {
  private static let html = "<!doctype html><html><head><title>x</title></head><body>y</body></html>"

  private static func page(_ fields: String = "", _ body: String = html) -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
  }

  /// A body in one or more chunks, without its lines.
  private func unchunked(_ body: some StringProtocol) -> String {
    var text = ""
    var rest = Substring(body)
    while let end = rest.firstRange(of: "\r\n"), let size = Int(rest[..<end.lowerBound], radix: 16), size > 0
    {
      let bytes = rest[end.upperBound...].utf8
      text += String(decoding: bytes.prefix(size), as: UTF8.self)
      rest = rest[bytes.index(bytes.startIndex, offsetBy: size + 2)...]
    }
    return text
  }

  private func body(_ answer: String) -> String {
    unchunked(answer.firstRange(of: "\r\n\r\n").map { String(answer[$0.upperBound...]) } ?? "")
  }

  @Test func `a page gets the script of the run that answered, and its connection goes on`() throws {
    let server = try TestServer.sending(Self.page("ETag: \"a\"\r\n"))
    let stage = try Stage()
    stage.route(3, to: server)
    let client = try stage.connect()
    try client.send(navigation() + navigation())
    for _ in 0..<2 {
      let answer = try client.receive(through: "\r\n0\r\n\r\n")
      #expect(answer.contains("Transfer-Encoding: chunked\r\n"))
      #expect(!answer.contains("Content-Length"))
      #expect(answer.contains("--devtop-"))
      let page = body(answer)
      #expect(page.hasPrefix("<!doctype html><html><head><script src=\"/__devtop/reload.js\""))
      #expect(page.contains(".3.0\""))
      #expect(page.hasSuffix("</script><title>x</title></head><body>y</body></html>"))
    }
    let request = server.requests.read { $0[0] }
    #expect(request.contains("Accept-Encoding: identity\r\n"))
    #expect(!request.contains("gzip"))
    #expect(try stage.samples(2)[0].sizeInBytes == Self.html.utf8.count)
  }

  @Test func `what is no navigation goes through byte for byte`() throws {
    let server = try TestServer.sending(Self.page())
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n")
    #expect(try client.receiveMessage() == Self.page())
    #expect(server.requests.read { $0[0].contains("Accept-Encoding: gzip\r\n") })
  }

  @Test func `live reload that is off changes nothing`() throws {
    var spec = ProxySpec()
    spec.reloadsBrowsers = false
    let server = try TestServer.sending(Self.page())
    let stage = try Stage(spec)
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(navigation())
    #expect(try client.receiveMessage() == Self.page())
    #expect(server.requests.read { $0[0].contains("gzip, br") })
  }

  @Test func `a chunked page keeps its trailers, and one that ends with its connection gets an end`() throws {
    let chunked = "6\r\n<head>\r\n1\r\nz\r\n0\r\nX-Sum: 1\r\n\r\n"
    for (head, body, closes, end) in [
      ("Transfer-Encoding: chunked\r\n", chunked, false, "\r\n0\r\nX-Sum: 1\r\n\r\n"),
      ("", "<head>z", true, "\r\n0\r\n\r\n"),
    ] {
      let server = try TestServer.sending(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\(head)\r\n\(body)", closes: closes)
      let stage = try Stage()
      stage.route(to: server)
      let client = try stage.connect()
      for _ in 0..<2 {
        try client.send(navigation())
        let answer = try client.receive(through: end)
        #expect(self.body(answer).hasSuffix("</script>z"))
        #expect(!answer.contains("Connection: close"))
      }
    }
  }

  @Test func `a client of HTTP 1.0 gets a page that ends with its connection`() throws {
    let server = try TestServer.sending(Self.page())
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(navigation("/", "Connection: keep-alive\r\n", version: "1.0"))
    let answer = try client.receiveToEnd()
    #expect(answer.contains("Connection: close\r\n"))
    #expect(!answer.contains("chunked"))
    #expect(answer.contains("</script><title>"))
  }

  @Test func `HEAD, 204 and 206 stay as they are, and a 304 revives only its own version`() throws {
    for (request, answer) in [
      (navigation().replacing("GET", with: "HEAD"), "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
      (navigation(), "HTTP/1.1 204 No Content\r\nContent-Type: text/html\r\n\r\n"),
      (
        navigation("/", "Range: bytes=0-5\r\n"),
        "HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"
      ),
    ] {
      let server = try TestServer.sending(answer)
      let stage = try Stage()
      stage.route(to: server)
      let client = try stage.connect()
      try client.send(request)
      #expect(try client.receive(through: "\r\n\r\n") == answer)
    }
    let server = try TestServer { socket, server in
      while case let request = try socket.receiveMessage(), !request.isEmpty {
        server.requests.change { $0.append(request) }
        let isKnown = request.contains("If-None-Match: \"a\"\r\n")
        try socket.send(
          isKnown ? "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n" : Self.page("ETag: \"a\"\r\n"))
      }
    }
    let stage = try Stage()
    stage.route(1, to: server)
    let client = try stage.connect()
    try client.send(navigation())
    let first = try client.receive(through: "\r\n0\r\n\r\n")
    let tag = try #require(first.split(separator: "\r\n").first { $0.hasPrefix("ETag: ") }?.dropFirst(6))
    try client.send(navigation("/", "If-None-Match: \(tag)\r\n"))
    let revived = try client.receive(through: "\r\n\r\n")
    #expect(revived.hasPrefix("HTTP/1.1 304 "))
    #expect(revived.contains("ETag: \(tag)\r\n"))
    stage.route(2, to: server)
    try client.send(navigation("/", "If-None-Match: \(tag)\r\n"))
    #expect(try client.receive(through: "\r\n0\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
  }

  @Test func `a policy that forbids the script is respected, which is said once`() throws {
    let page = Self.page("Content-Security-Policy: script-src 'none'\r\n")
    let server = try TestServer.sending(page)
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    for _ in 0..<2 {
      try client.send(navigation())
      #expect(try client.receiveMessage() == page)
    }
    _ = try stage.samples(2)
    let warnings = stage.events.read { events in
      events.compactMap { event in if case .warning(let text) = event { text } else { nil } }
    }
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("api: Pages are not reloaded") == true)
  }

  @Test func `a page that breaks off has no end, and a large one is passed on as it comes`() throws {
    let piece = String(repeating: "x", count: 1 << 20)
    let gate = Signal(false)
    let server = try TestServer { socket, _ in
      _ = try socket.receiveMessage()
      try socket.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(64 << 20)\r\n\r\n<p>")
      try gate.wait("open") { $0 }
      for _ in 0..<16 { try socket.send(piece) }
      socket.reset()
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(navigation())
    // The beginning is there before the rest.
    _ = try client.receive(through: "</script><p>")
    gate.change { $0 = true }
    var last: [UInt8] = []
    // The end may be a reset.
    while let bytes = try? client.receive() { last = bytes }
    #expect(!String(decoding: last, as: UTF8.self).hasSuffix("0\r\n\r\n"))
    #expect(try stage.samples(1)[0].status == 200)
  }

  @Test func `a large page arrives whole at a client that is slow to read`() throws {
    let piece = String(repeating: "x", count: 1 << 20)
    let server = try TestServer { socket, _ in
      _ = try socket.receiveMessage()
      try socket.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(32 << 20)\r\n\r\n")
      for _ in 0..<32 { try socket.send(piece) }
      _ = try socket.receive()
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try TestSocket(to: stage.port, receiveBuffer: 4_096)
    try client.send(navigation("/", version: "1.0"))
    var count = 0
    let head = try client.receive(through: "</script>")
    while let bytes = try client.receive(atMost: 1 << 20) { count += bytes.count }
    #expect(head.contains("Connection: close\r\n"))
    #expect(count == 32 << 20)
  }

  @Test func `kept copies are asked about, unless the service's word is kept`() throws {
    let answer = "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=31536000\r\nExpires: 0\r\nX: y\r\n"
    let server = try TestServer.sending(answer + "Content-Length: 1\r\n\r\nz")
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send(get)
    #expect(
      try client.receiveMessage()
        == "HTTP/1.1 200 OK\r\nCache-Control: no-cache\r\nX: y\r\nContent-Length: 1\r\n\r\nz")
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    #expect(try client.receiveMessage().hasPrefix(answer))
    var spec = ProxySpec()
    spec.keepsCacheHeaders = true
    stage.proxy.configure(["api": spec], hosts: [], remoteDenied: [])
    try stage.settle()
    try client.send(get)
    #expect(try client.receiveMessage().hasPrefix(answer))
  }
}
