import DevtopCore
import Glibc
import Testing

/// To whom a public port belongs, from where it is reached, and when it is given back.
@Suite(.serialized, .enabled(if: Tool.areThere("node", "python3"))) struct PublicPortTests {
  private static func listener(_ port: UInt16, on host: String, answer: String) -> String {
    """
    require("http").createServer((_, answer) => answer.end("\(answer)")).listen(\(port), "\(host)")

    """
  }

  @Test func `of two services that ask for the same port the second is refused, and the first named`()
    async throws
  {
    let port = try HTTP.freePort()
    let project = try Project([
      "devtop.toml": """
      [service.first]
      run = "exec node first.js"
      watch = ["first.js"]

      [service.second]
      run = "exec node second.js"
      watch = ["second.js"]
      restart = "never"
      ready = "started"
      """,
      "first.js": ServerTests.node(port, answer: "first"),
      "second.js": "setInterval(() => {}, 1000)\n",
    ])
    try await withDevtop(project) { devtop in
      try await devtop.state("ready", of: "first")
      try project.write("second.js", ServerTests.node(port, answer: "second"))
      try await devtop.event("log") {
        $0.service == "second" && $0.string("text")?.contains("EADDRINUSE") == true
      }
      try await devtop.event("warning") {
        $0.string("message") == "second asks for 127.0.0.1:\(port), which first has"
      }
      let failed = try await devtop.state("failed", of: "second")
      #expect(failed.int("exit") == 1)
      #expect(HTTP.get("/", port: port) == "first")
      // The other one may have it once the first one is stopped.
      let stopped = devtop.count
      devtop.send("stop first")
      try await devtop.state("stopped", of: "first", after: stopped)
      try project.write("second.js", ServerTests.node(port, answer: "the other"))
      try await answer("the other", port: port)
      try await devtop.quit()
    }
  }

  @Test func `stop gives the port back, start takes it again`() async throws {
    let port = try HTTP.freePort()
    let project = try Project.node(ServerTests.node(port, answer: "ours"))
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("ours", port: port)
      devtop.send("stop")
      try await devtop.state("stopped")
      let stranger = try await Stranger(port: port)
      defer { stranger.remove() }
      #expect(HTTP.get("/", port: port) == "the stranger's")
      stranger.end()
      let started = devtop.count
      devtop.send("start")
      try await devtop.state("ready", after: started)
      try await answer("ours", port: port)
      try await devtop.quit()
    }
  }

  @Test func `the port is free while a stopped service still refuses to end`() async throws {
    let port = try HTTP.freePort()
    let project = try Project.node(
      """
      process.on("SIGTERM", () => {
        console.log("not yet")
        const waits = setInterval(() => { if (require("fs").existsSync("may-end")) process.exit() }, 10)
      })
      \(ServerTests.node(port, answer: "ours"))
      """, "stop = { grace = \"1h\" }")
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("ours", port: port)
      devtop.send("stop")
      try await devtop.event("log") { $0.string("text") == "not yet" }
      let stranger = try await Stranger(port: port)
      defer { stranger.remove() }
      #expect(devtop.lines("service.state").last?.state == "stopping")
      stranger.end()
      try project.write("may-end", "")
      try await devtop.state("stopped")
      try await devtop.quit()
    }
  }

  @Test func `the port of the last session is there before the first build is green`() async throws {
    let port = try HTTP.freePort()
    let project = try Project([
      "devtop.toml": """
      [service.shop]
      build = "sh build.sh"
      run = "exec node server.js"
      """,
      "build.sh": "true\n", "server.js": ServerTests.node(port, answer: "ours"),
    ])
    let cache = try Project()
    defer { cache.remove() }
    let environment = ["XDG_CACHE_HOME": cache.root, "XDG_STATE_HOME": cache.root]
    let kept = try DevtopSession(project, environment: environment)
    do {
      try await kept.state("ready")
      try await answer("ours", port: port)
      try await kept.quit()
    } catch {
      try await kept.tearDown()
      throw error
    }
    kept.closeInput()
    try project.write("build.sh", "false\n")
    try await withDevtop(project, environment: environment) { devtop in
      try await devtop.event("build.finished") { $0.bool("ok") == false }
      // Answered with 503, or held for what the next build brings; never refused.
      let connection = try Connection(port: port)
      try connection.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      try project.write("build.sh", "true\n")
      try await devtop.state("ready")
      let head = try connection.read(through: "\r\n\r\n")
      #expect(head.hasPrefix("HTTP/1.1 503 ") || head.hasPrefix("HTTP/1.1 200 "), "\(head)")
      try await answer("ours", port: port)
      try await devtop.quit()
    }
  }

  @Test(arguments: [("127.0.0.1", false), ("0.0.0.0", true), ("::", true)])
  func `a private port stays private, an open one open`(host: String, isOpen: Bool) async throws {
    let port = try HTTP.freePort()
    let project = try Project.node(Self.listener(port, on: host, answer: "ours"))
    try await withDevtop(project) { devtop in
      let address = try await devtop.event("port.listening").string("address")
      #expect(address == "\(SocketAddress(host: host, port: port))")
      try await devtop.state("ready")
      try await answer("ours", port: port)
      // Another address of this machine stands for what another machine would use.
      #expect(HTTP.get("/", number: 9, port: port) == (isOpen ? "ours" : nil))
      try await devtop.quit()
    }
  }

  @Test(.enabled(if: HTTP.otherAddress != nil), arguments: [false, true])
  func `another machine is told of once, or kept out`(isDenied: Bool) async throws {
    let source = try #require(HTTP.otherAddress)
    let port = try HTTP.freePort()
    let project = try Project.node(
      Self.listener(port, on: "0.0.0.0", answer: "ours"), isDenied ? "remote = \"deny\"" : "")
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("ours", port: port)
      for _ in 0..<3 { #expect(HTTP.get("/", port: port, from: source) == (isDenied ? nil : "ours")) }
      // This machine is served as before.
      try await answer("ours", port: port)
      try await devtop.quit()
      let warnings = devtop.lines("warning").compactMap { $0.string("message") }
        .filter { $0.contains("from another machine") }
      #expect(warnings.count == (isDenied ? 0 : 1), "\(warnings)")
    }
  }
}
