import DevtopCore
import Glibc
import Testing

/// Unmodified servers with their port written down, reloaded while clients ask without a pause.
@Suite(.serialized) struct TakeoverTests {
  static let environment = [
    "GO111MODULE": "off", "GOPATH": "/nonexistent:\(Tool.gopath)", "GIN_MODE": "release",
  ]

  @Test(arguments: RealServer.all.filter(\.isThere))
  func `reloads lose no request`(server: RealServer) async throws {
    let port = try HTTP.freePort()
    let project = try Project(server.files(port, answer: "one"))
    try await withDevtop(project, environment: Self.environment) { devtop in
      try await reload(server, project, port, devtop)
      try await devtop.quit()
    }
  }

  @Test(
    .enabled(if: geteuid() == 0 && Tool.areThere("setpriv")),
    arguments: [RealServer.gin, .gunicorn, .node].filter(\.isThere))
  func `an unprivileged user's reloads lose no request either`(server: RealServer) async throws {
    let port = try HTTP.freePort()
    let project = try Project(server.files(port, answer: "one"))
    for path in [project.root] + server.files(port, answer: "").keys.map(project.path) {
      chown(path, 65534, 65534)
    }
    let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    var environment = Self.environment
    environment["HOME"] = project.root
    try await withDevtop(project, by: user, environment: environment) { devtop in
      try await reload(server, project, port, devtop)
      try await devtop.quit()
    }
  }

  @Test(.enabled(if: Tool.areThere("wrk", "node")), arguments: ["swap", "hold"])
  func `wrk at full speed sees no error through reloads`(strategy: String) async throws {
    let port = try HTTP.freePort()
    let project = try Project.node(ServerTests.node(port, answer: "ours"), "reload = \"\(strategy)\"")
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("ours", port: port)
      let isOver = Locked(false)
      async let run = {
        defer { isOver.withLock { $0 = true } }
        return try await runProgram(["wrk", "-t1", "-c16", "-d5s", "http://127.0.0.1:\(port)/"], in: project)
      }()
      while !isOver.withLock({ $0 }) {
        let asked = devtop.count
        devtop.send("restart")
        try await devtop.state("ready", after: asked)
      }
      let wrk = try await run
      #expect(wrk.status == 0, "\(wrk.errors)")
      // It names socket errors and answers other than 2xx and 3xx only where there are some.
      #expect(wrk.output.contains("requests in") && !wrk.output.contains("rrors"), "\(wrk.output)")
      #expect(!wrk.output.contains("Non-2xx"), "\(wrk.output)")
      let reloads = devtop.lines("reload")
      #expect(reloads.count > 1 && reloads.allSatisfy { $0.string("outcome") == "ready" }, "\(reloads)")
      #expect(reloads.allSatisfy { $0.string("strategy") == strategy }, "\(reloads)")
      try await devtop.quit()
    }
  }

  @Test(.enabled(if: Tool.areThere("node")))
  func `the port that air's proxy had leads to the service, too`() async throws {
    let (port, proxyPort) = (try HTTP.freePort(), try HTTP.freePort())
    let project = try Project([
      "server.js": ServerTests.node(port, answer: "one"),
      ".air.toml": """
      [build]
      cmd = ""
      full_bin = "exec node server.js"
      include_ext = ["js"]
      delay = 0
      [proxy]
      enabled = true
      proxy_port = \(proxyPort)
      """,
    ])
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("one", port: port)
      try await answer("one", port: proxyPort)
      let saved = devtop.count
      try project.write("server.js", ServerTests.node(port, answer: "two"))
      try await devtop.state("ready", after: saved)
      try await answer("two", port: proxyPort)
      try await answer("two", port: port)
      try await devtop.quit()
    }
  }

  private func reload(
    _ server: RealServer, _ project: Project, _ port: UInt16, _ devtop: DevtopSession
  ) async throws {
    let ready = try await devtop.event("service.state", within: .seconds(180)) { $0.state == "ready" }
    #expect(ready.int("port") == Int(port), "\(devtop.transcript)")
    try await answer("one", port: port)
    let load = SteadyLoad(port: port, sendsBodies: server.echoes)
    for text in ["two", "three"] {
      let saved = devtop.count
      // A server of files would announce the length of the old text and find the new one not written yet.
      try project.replace(server.source, server.text(port, text))
      try await answer(text, port: port)
      try await devtop.state("ready", after: saved)
    }
    for _ in 0..<5 {
      let asked = devtop.count
      let before = load.answered
      devtop.send("restart")
      try await devtop.state("ready", after: asked)
      // The new run serves before the next one is asked for.
      try await eventually("answers of the new run") { load.answered > before + 20 }
    }
    let outcome = try await load.end()
    #expect(outcome.failures == [], "\(devtop.transcript)")
    #expect(outcome.answered > 100)
    #expect(devtop.lines("reload").count >= 7, "\(devtop.transcript)")
    #expect(devtop.lines("reload").allSatisfy { $0.string("strategy") == "swap" })
  }
}
