import DevtopCore
import DevtopProxy
import Testing

@Suite struct SmugglingTests {
  @Test func `the corpus is refused over the wire, and the service sees nothing of it`() throws {
    let server = try TestServer.answering { _ in "served" }
    let stage = try Stage()
    stage.route(to: server)
    // The service is known to speak HTTP, so that nothing is connected to see whether it speaks first.
    #expect(try stage.exchange(get).hasSuffix("served"))
    for request in smugglingCorpus where !request.text.hasPrefix("GET / http") {
      let client = try stage.connect()
      try client.send(request.text)
      let answer = try client.receiveToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 \(request.status) "), "\(request.name)")
      #expect(answer.contains("\r\nConnection: close\r\n"), "\(request.name)")
      #expect(!answer.contains("served"), "\(request.name)")
    }
    #expect(server.requests.read { $0.count } == 1)
  }

  @Test func `a second request of a connection is refused the same`() throws {
    let server = try TestServer.answering { _ in "served" }
    let stage = try Stage()
    stage.route(to: server)
    for request in smugglingCorpus {
      let client = try stage.connect()
      try client.send(get + request.text)
      let answers = try client.receiveToEnd()
      #expect(answers.hasPrefix("HTTP/1.1 200 "), "\(request.name)")
      #expect(answers.contains("servedHTTP/1.1 \(request.status) "), "\(request.name)")
    }
    #expect(server.requests.read { $0.count } == smugglingCorpus.count)
  }

  @Test func `a body that goes wrong later ends the service's connection and is answered`() throws {
    let server = try TestServer { socket, server in
      let begun = try socket.receive(through: "1\r\nx\r\n")
      server.requests.change { $0.append(begun) }
      let all = try socket.receiveToEnd()
      server.requests.change { $0.append(all) }
    }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
    try server.requests.wait("begun") { $0.count == 1 }
    try client.send("zz\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 400 "))
    try server.requests.wait("the end") { $0.count == 2 }
    #expect(server.requests.read { $0[1] } == "")
  }
}
