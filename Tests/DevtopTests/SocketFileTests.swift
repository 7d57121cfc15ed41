import DevtopCore
import Glibc
import Testing

/// Services that have a Unix socket or a pid file beside their port, and remove it when they end.
@Suite(.serialized, .enabled(if: Tool.areThere("node"))) struct SocketFileTests {
  /// Also listens on `app.sock`, which Node removes when the server closes, and writes `app.pid`.
  private static func source(_ port: UInt16, answer: String) -> String {
    """
    const fs = require("fs"), http = require("http")
    const handler = (request, response) => response.end("\(answer)")
    fs.rmSync("app.sock", { force: true })
    const local = http.createServer(handler).listen("app.sock", () => {
      fs.writeFileSync("app.pid", `${process.pid}\\n`)
      http.createServer(handler).listen(\(port))
    })
    process.on("SIGTERM", () => {
      fs.rmSync("app.pid", { force: true })
      fs.rmSync("app.sock", { force: true })
      process.exit(0)
    })

    """
  }

  @Test func `a run that loses its socket to the end of the one before gets it back, and hold is used then`()
    async throws
  {
    let port = try HTTP.freePort()
    let project = try Project.node(Self.source(port, answer: "one"))
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await answer("one", port: port)
      let load = SteadyLoad(port: port)
      let saved = devtop.count
      try project.replace("server.js", Self.source(port, answer: "two"))
      try await devtop.event("warning", after: saved) {
        $0.string("message")?.contains("cannot run twice at once") == true
          && $0.string("message")?.contains("removed app.") == true
      }
      let reload = try await devtop.event("reload", after: saved) { $0.string("strategy") == "hold" }
      #expect(reload.string("outcome") == "ready")
      let again = devtop.count
      devtop.send("restart")
      try await devtop.event("reload", after: again) {
        $0.string("strategy") == "hold" && $0.string("outcome") == "ready"
      }
      let outcome = try await load.end()
      #expect(outcome.failures == [], "\(devtop.transcript)")
      #expect(access(project.path("app.sock"), F_OK) == 0 && access(project.path("app.pid"), F_OK) == 0)
      #expect(devtop.lines("warning").count { $0.string("message")?.contains("twice at once") == true } == 1)
      try await devtop.quit()
    }
  }
}
