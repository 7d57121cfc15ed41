import DevtopCore
import Glibc
import Testing

/// Services whose runs cannot be beside each other: requests wait while one takes the place of the other.
@Suite(.serialized) struct HoldTests {
  @Test(arguments: [RealServer.gin, .gunicorn, .node].filter(\.isThere))
  func `with hold no request is lost`(server: RealServer) async throws {
    let port = try HTTP.freePort()
    var files = server.files(port, answer: "one")
    files["devtop.toml", default: ""] += "reload = \"hold\"\n"
    try await withDevtop(try Project(files), environment: TakeoverTests.environment) { devtop in
      try await devtop.event("service.state", within: .seconds(180)) { $0.state == "ready" }
      try await answer("one", port: port)
      let load = SteadyLoad(port: port, sendsBodies: server.echoes)
      let saved = devtop.count
      try devtop.project.write(server.source, server.text(port, "two"))
      try await answer("two", port: port)
      try await devtop.state("ready", after: saved)
      for _ in 0..<4 { try await devtop.restart(under: load) }
      let outcome = try await load.end()
      #expect(outcome.failures == [], "\(devtop.transcript)")
      let reloads = devtop.lines("reload")
      #expect(reloads.count == 5, "\(reloads)")
      #expect(reloads.allSatisfy { $0.string("strategy") == "hold" && $0.string("outcome") == "ready" })
      try await devtop.quit()
    }
  }

  @Test(.enabled(if: Tool.areThere("node")))
  func `a request that comes while no process is there is answered by the next one`() async throws {
    let port = try HTTP.freePort()
    let project = try Self.project(port)
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("one", port: port)
      let saved = devtop.count
      try Self.saveGated(project, port)
      let run = try #require(try await devtop.state("starting", after: saved).int("run"))
      async let answer = onThread { HTTP.get("/", port: port) }
      try await project.openGate()
      #expect(try await answer == "two", "\(devtop.transcript)")
      try await devtop.event("service.state", after: saved) { $0.state == "ready" && $0.int("run") == run }
      try await devtop.quit()
    }
  }

  private static func project(_ port: UInt16, hold: String = "") throws -> Project {
    try .node(ServerTests.node(port, answer: "one"), "reload = \"hold\"", "hold = { \(hold) }")
  }

  /// The next run does not listen before somebody writes to the FIFO `gate`.
  private static func saveGated(_ project: Project, _ port: UInt16) throws {
    guard mkfifo(project.path("gate"), 0o600) == 0 else { throw Project.Failure("mkfifo") }
    try project.write(
      "server.js", "require(\"fs\").readFileSync(\"gate\")\n" + ServerTests.node(port, answer: "two"))
  }

  /// A server of which the run after the first waits at the gate, while clients ask.
  private func heads(
    _ limits: String, _ requests: [String], until isEnough: @escaping @Sendable ([String]) -> Bool
  )
    async throws -> [String]
  {
    let port = try HTTP.freePort()
    let project = try Self.project(port, hold: limits)
    let heads = Locked<[String]>([])
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("one", port: port)
      let saved = devtop.count
      try Self.saveGated(project, port)
      try await devtop.state("starting", after: saved)
      for request in requests {
        startThread {
          let head = Self.head(of: request, port: port)
          heads.withLock { $0.append(head) }
        }
      }
      try await eventually("the answers that need no run") { heads.withLock { isEnough($0) } }
      try await project.openGate()
      try await eventually("all answers") { heads.withLock { $0.count == requests.count } }
      try await devtop.state("ready", after: saved)
      try await devtop.quit()
    }
    return heads.withLock { $0 }
  }

  private static func head(of request: String, port: UInt16) -> String {
    do throws(Connection.Failure) {
      let connection = try Connection(port: port)
      try connection.write(request)
      return try connection.read(through: "\r\n\r\n")
    } catch {
      return error.what
    }
  }

  private static let get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

  @Test(.enabled(if: Tool.areThere("node")))
  func `more requests than hold allows are refused and told when to come again, the others wait`()
    async throws
  {
    let heads = try await heads(
      "requests = 3", [String](repeating: Self.get, count: 5)
    ) { $0.count == 2 }
    #expect(heads.count { $0.hasPrefix("HTTP/1.1 200 ") } == 3, "\(heads)")
    #expect(
      heads[..<2].allSatisfy { $0.hasPrefix("HTTP/1.1 503 ") && $0.contains("\r\nRetry-After: ") }, "\(heads)"
    )
  }

  @Test(.enabled(if: Tool.areThere("node")))
  func `larger bodies than hold allows are refused, smaller ones wait`() async throws {
    func post(_ size: Int) -> String {
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(size)\r\n\r\n"
        + String(repeating: "x", count: size)
    }
    let heads = try await heads("bodies = \"4k\"", [post(5_000), post(100)]) { $0.count == 1 }
    #expect(heads[0].hasPrefix("HTTP/1.1 503 ") && heads[0].contains("\r\nRetry-After: "), "\(heads)")
    #expect(heads[1].hasPrefix("HTTP/1.1 200 "), "\(heads)")
  }

  @Test(.enabled(if: Tool.areThere("node")))
  func `a request waits no longer than hold says`() async throws {
    let heads = try await heads("time = \"200ms\"", [Self.get]) { $0.count == 1 }
    #expect(heads[0].hasPrefix("HTTP/1.1 503 ") && heads[0].contains("\r\nRetry-After: "), "\(heads)")
  }

  static func locking(_ port: UInt16, answer: String) -> String {
    """
    import fcntl, http.server, sys
    lock = open("lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("another run has the lock")

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "\(answer.utf8.count)")
            self.end_headers()
            self.wfile.write(b"\(answer)")

    http.server.ThreadingHTTPServer(("", \(port)), Handler).serve_forever()

    """
  }

  @Test(.enabled(if: Tool.areThere("python3")))
  func `a service that cannot run twice is found out, and no request is lost by that`() async throws {
    let port = try HTTP.freePort()
    let project = try Project([
      "devtop.toml": """
      [service.shop]
      run = "exec /usr/bin/python3 server.py"
      watch = ["server.py"]
      """,
      "server.py": Self.locking(port, answer: "one"),
    ])
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("one", port: port)
      let load = SteadyLoad(port: port)
      let saved = devtop.count
      try project.write("server.py", Self.locking(port, answer: "two"))
      try await answer("two", port: port)
      try await devtop.event("reload", after: saved) { $0.string("outcome") == "ready" }
      for _ in 0..<3 { try await devtop.restart(under: load) }
      let outcome = try await load.end()
      #expect(outcome.failures == [], "\(devtop.transcript)")
      let reloads = devtop.lines("reload").map { line in
        [line.string("strategy"), line.string("outcome")].compactMap(\.self).joined(separator: " ")
      }
      #expect(reloads == ["swap retried", "hold ready", "hold ready", "hold ready", "hold ready"])
      let warnings = devtop.lines("warning").compactMap { $0.string("message") }
      #expect(warnings.count { $0.contains("cannot run twice at once") } == 1, "\(warnings)")
      try await devtop.quit()
    }
  }
}

extension Project {
  /// Lets a program go on that reads the FIFO `gate`, once it does.
  func openGate() async throws {
    try await eventually("a program is at the gate") {
      let gate = open(path("gate"), O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      if gate >= 0 { close(gate) }
      return gate >= 0
    }
  }
}

extension DevtopSession {
  /// Restarts, and waits until the new run has answered under the load.
  func restart(under load: SteadyLoad) async throws {
    let asked = count
    send("restart")
    try await state("ready", after: asked)
    let before = load.answered
    try await eventually("answers of the new run") { load.answered > before + 20 }
  }
}
