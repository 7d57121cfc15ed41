import DevtopCore
import Glibc
import Testing

/// A Flask server from Debian's package, with nothing configured.
@Suite(.serialized, .enabled(if: Tool.hasFlask, "needs python3-flask")) struct FlaskTests {
  /// The broken form has a syntax error in line 7.
  private static func source(answer: String, broken: Bool = false) -> String {
    """
    import os
    from flask import Flask
    app = Flask(__name__)

    @app.route("/")
    def index():
        return "\(answer)"\(broken ? " +" : "")

    @app.route("/crash")
    def crash():
        os._exit(7)

    """
  }

  @Test func `it is started, restarted, told of when it breaks and when it crashes, and quit`() async throws {
    let port = try HTTP.freePort()
    let project = try Project(["app.py": Self.source(answer: "one")])
    // Flask's own variable (flask run --port); what a person's .flaskenv would set.
    let environment = ["FLASK_RUN_PORT": "\(port)"]
    try await withDevtop(project, environment: environment) { devtop in
      let ready = try await devtop.state("ready")
      #expect(ready.int("port") == Int(port))
      try await answer("one", port: port)
      let request = try await devtop.event("request") { $0.string("path") == "/" }
      #expect(request.string("method") == "GET" && request.int("status") == 200)

      let saved = devtop.count
      try project.write("app.py", Self.source(answer: "two"))
      try await answer("two", port: port)
      try await devtop.state("ready", after: saved)

      let broken = devtop.count
      try project.write("app.py", Self.source(answer: "three", broken: true))
      let place = try await devtop.event("diagnostic", after: broken)
      #expect(place.string("file") == "app.py" && place.int("line") == 7, "\(place)")
      #expect(place.string("message")?.contains("SyntaxError") == true, "\(place)")
      let failed = try await devtop.state("failed", after: broken)
      #expect((failed.int("exit") ?? 0) != 0)

      let fixed = devtop.count
      try project.write("app.py", Self.source(answer: "three"))
      do {
        try await answer("three", port: port)
      } catch {
        Issue.record("\(devtop.transcript)")
        throw error
      }
      try await devtop.state("ready", after: fixed)

      let crashed = devtop.count
      _ = HTTP.get("/crash", port: port)
      let crash = try await devtop.state("failed", after: crashed)
      #expect(crash.int("exit") == 7)
      try await devtop.state("ready", after: crashed)
      try await answer("three", port: port)
      #expect(devtop.lines("build.started").isEmpty)
      // Bytecode of the first of two saves in a second would hide the second one.
      #expect(access(project.path("__pycache__"), F_OK) != 0)
      try await devtop.quit()
    }
  }
}
