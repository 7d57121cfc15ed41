import DevtopCore
import Glibc
import Testing

/// Connections that stay open: WebSockets and streams of events, across a reload.
@Suite(.serialized) struct StreamTests {
  private static func webSockets(_ port: UInt16, answer: String) -> String {
    """
    import asyncio, websockets

    async def echo(socket, path=None):
        print("connected", flush=True)
        async for message in socket:
            await socket.send("\(answer) " + message)

    async def main():
        async with websockets.serve(echo, "0.0.0.0", \(port)):
            await asyncio.Future()

    asyncio.run(main())

    """
  }

  /// Keeps one connection, makes new ones until they reach the new run, then says what becomes of the old one.
  private static func client(_ port: UInt16) -> String {
    """
    import asyncio, websockets

    URI = "ws://127.0.0.1:\(port)/chat"

    async def ask(socket, text):
        await socket.send(text)
        return await socket.recv()

    async def main():
        async with websockets.connect(URI) as old:
            large = "x" * 300_000
            assert await ask(old, large) == "one " + large
            while True:
                kept = await ask(old, "kept")
                async with websockets.connect(URI) as other:
                    new = await ask(other, "new")
                if new.startswith("two"):
                    break
            print(kept, new, sep=", ")
            print(await ask(old, "still"))
            try:
                print(await old.recv())
            except websockets.ConnectionClosed:
                print("closed")

    asyncio.run(main())

    """
  }

  @Test(.enabled(if: Tool.hasDebianPython("websockets")))
  func `a WebSocket is served by its run until its time is up`() async throws {
    let port = try HTTP.freePort()
    let project = try Project([
      "devtop.toml": """
      [service.chat]
      run = "exec /usr/bin/python3 server.py"
      watch = ["server.py"]
      drain = "2s"
      """,
      "server.py": Self.webSockets(port, answer: "one"), "client.py": Self.client(port),
    ])
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      async let finished = runProgram(["/usr/bin/python3", "client.py"], in: project)
      try await devtop.event("log") { $0.string("text") == "connected" }
      try project.write("server.py", Self.webSockets(port, answer: "two"))
      let client = try await finished
      #expect(client.status == 0, "\(client.errors)")
      #expect(client.output == "one kept, two new\none still\nclosed\n", "\(devtop.transcript)")
      let drained = try await devtop.event("run.drained")
      #expect(drained.int("run") == 1 && drained.int("closed") == 1, "\(drained)")
      try await devtop.event("service.state") { $0.state == "stopped" && $0.int("run") == 1 }
      try await devtop.quit()
    }
  }

  private static func events(_ port: UInt16, answer: String) -> String {
    """
    let streams = []
    let number = 0
    require("http").createServer((request, response) => {
      if (request.url === "/events") {
        response.writeHead(200, {"Content-Type": "text/event-stream"})
        response.write("data: begin\\n\\n")
        return streams.push(response)
      }
      if (request.url === "/next") {
        number += 1
        for (const stream of streams) stream.write(`data: ${number}\\n\\n`)
      }
      response.end("\(answer)")
    }).listen(\(port))

    """
  }

  @Test(.enabled(if: Tool.areThere("node")))
  func `each event of a stream comes before the next is made, and the stream ends with its run`()
    async throws
  {
    let port = try HTTP.freePort()
    let project = try Project.node(Self.events(port, answer: "one"), "drain = \"1s\"")
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      let (stream, closed) = (Locked<Connection?>(nil), Locked(false))
      try await onThread {
        let connection = try Connection(port: port)
        try connection.write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try connection.read(through: "data: begin\n\n")
        for number in 1...5 {
          // The next event is asked for by another connection: an event that is kept back stops everything here.
          try #require(HTTP.get("/next", port: port) == "one")
          _ = try connection.read(through: "data: \(number)\n\n")
        }
        stream.withLock { $0 = connection }
      }
      try project.write("server.js", Self.events(port, answer: "two"))
      try await answer("two", port: port)
      try await onThread {
        guard let connection = stream.withLock({ $0.take() }) else { return }
        do throws(Connection.Failure) {
          _ = try connection.read(through: "data: never\n\n")
        } catch {
          closed.withLock { $0 = error.what.hasPrefix("closed") }
        }
      }
      #expect(closed.withLock { $0 }, "the stream was not closed")
      let drained = try await devtop.event("run.drained")
      #expect(drained.int("run") == 1 && drained.int("closed") == 1, "\(drained)")
      try await devtop.quit()
    }
  }
}
