import DevtopCore
import DevtopProxy
import Testing

@Suite struct ForwardingTests {
  @Test func `requests of one connection go to the run and back on one connection each`() throws {
    let server = try TestServer.answering { _ in "hello" }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    for _ in 0..<3 {
      try client.send(get)
      #expect(try client.receiveMessage() == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    }
    #expect(server.accepted.read { $0 } == 1)
    let samples = try stage.samples(3)
    #expect(samples.map(\.status) == [200, 200, 200])
    #expect(samples[0].path == "/")
    #expect(samples[0].run == 1)
    #expect(samples[0].sizeInBytes == 5)
  }

  @Test func `a body arrives byte for byte`() throws {
    let server = try TestServer.answering { String($0.suffix(11)) }
    let stage = try Stage()
    stage.route(to: server)
    let client = try stage.connect()
    try client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world")
    #expect(try client.receiveMessage().hasSuffix("\r\n\r\nhello world"))
    #expect(try stage.samples(1)[0].exchange?.bytesIn == 11)
  }
}
