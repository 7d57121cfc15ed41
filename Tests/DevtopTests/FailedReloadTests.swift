import DevtopCore
import Glibc
import Testing

/// Versions that crash, at their start and later, under load.
@Suite(.serialized, .enabled(if: Tool.areThere("node"))) struct FailedReloadTests {
  @Test func `a version that crashes at its start leaves the old one serving`() async throws {
    let port = try HTTP.freePort()
    let project = try Project.node(RealServer.node.text(port, "one"))
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("one", port: port)
      let load = SteadyLoad(port: port, sendsBodies: true)
      try project.write("server.js", RealServer.node.text(port, "two"))
      try await answer("two", port: port)
      for round in 1...2 {
        let broken = devtop.count
        try project.write("server.js", "// round \(round)\nprocess.exit(3)\n")
        let reload = try await devtop.event("reload", after: broken) { $0.string("outcome") == "failed" }
        let (old, new) = (try #require(reload.int("from")), try #require(reload.int("to")))
        try await devtop.event("note", after: broken) {
          $0.string("message")?.contains("run \(new) exit 3, run \(old) still serves") == true
        }
        let before = load.answered
        try await eventually("answers of the old run") { load.answered > before + 20 }
        #expect(HTTP.get("/", port: port) == "two")
      }
      let mended = devtop.count
      try project.write("server.js", RealServer.node.text(port, "three"))
      try await answer("three", port: port)
      try await devtop.event("reload", after: mended) { $0.string("outcome") == "ready" }
      let outcome = try await load.end()
      #expect(outcome.failures == [], "\(devtop.transcript)")
      #expect(devtop.lines("reload").allSatisfy { $0.string("strategy") == "swap" })
      try await devtop.quit()
    }
  }

  /// From its second start on it listens only once somebody has written to the gate.
  private static func crashing(_ port: UInt16) -> String {
    """
    const fs = require("fs")
    if (fs.existsSync("posts")) fs.readFileSync("gate")
    require("http").createServer((request, response) => {
      if (request.method !== "POST") return response.end("whole")
      request.resume().on("end", () => {
        fs.appendFileSync("posts", "x")
        process.exit(5)
      })
    }).listen(\(port))

    """
  }

  @Test func `requests wait for the restart after a crash, and a POST is never sent twice`() async throws {
    let port = try HTTP.freePort()
    let project = try Project.node(Self.crashing(port))
    guard mkfifo(project.path("gate"), 0o600) == 0 else { throw Project.Failure("mkfifo") }
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("whole", port: port)
      for crash in 1...3 {
        let before = devtop.count
        let head = try await onThread { () throws in
          let connection = try Connection(port: port)
          try connection.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nx=1")
          return try connection.read(through: "\r\n\r\n")
        }
        #expect(head.hasPrefix("HTTP/1.1 502 "), "\(head)")
        let failed = try await devtop.state("failed", after: before)
        #expect(failed.int("exit") == 5)
        let load = SteadyLoad(port: port)
        try await project.openGate()
        try await devtop.state("ready", after: before)
        try await eventually("answers of the new run") { load.answered > 20 }
        let outcome = try await load.end()
        #expect(outcome.failures == [], "\(devtop.transcript)")
        #expect(project.text("posts")?.count == crash)
      }
      try await devtop.quit()
    }
  }
}
