import DevtopCore
import Testing

/// `devtop.toml` in force, changed, and broken while devtop runs.
@Suite(.serialized, .enabled(if: Tool.areThere("python3"))) struct ConfigurationTests {
  /// Answers with variables of its environment; `/healthz` says no until `wanted` exists.
  private static func server(_ port: UInt16) -> String {
    """
    import http.server, os
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            healthy = self.path != "/healthz" or os.path.exists("wanted")
            self.send_response(200 if healthy else 503)
            self.end_headers()
            self.wfile.write((os.environ.get("COLOR", "") + os.environ.get("SHAPE", "")).encode())
    http.server.HTTPServer(("127.0.0.1", \(port)), Handler).serve_forever()
    """
  }

  private static let store = """
    [service.store]
    run = "echo store is open; exec sleep 1000"
    watch = ["store/**"]
    ready = { log = "is open" }
    """

  private static func api(_ port: UInt16, color: String) -> String {
    """
    [service.api]
    run = "exec python3 -u api.py"
    watch = ["api.py"]
    env = { COLOR = "\(color)" }
    env_file = ["shape.env"]
    depends_on = ["store"]
    ready = { http = "/healthz", port = \(port) }
    ready_timeout = "60s"
    """
  }

  private func write(_ project: Project, _ parts: String...) throws {
    try project.write("devtop.toml", parts.joined(separator: "\n") + "\n")
  }

  @Test func `services wait for each other and for their health, and see their environment`() async throws {
    let port = try HTTP.freePort()
    let project = try Project(["api.py": Self.server(port), "shape.env": "SHAPE=round\n"])
    try write(project, Self.api(port, color: "red"), Self.store)
    try await withDevtop(project) { devtop in
      try await devtop.state("ready", of: "store")
      try await devtop.event("port.listening") { $0.service == "api" }
      // It is asked, but says that it is not healthy: requests wait.
      try await devtop.event("log") { $0.string("text")?.contains("GET /healthz HTTP/1.1\" 503") == true }
      let waiting = onThreadTask { HTTP.get("/", port: port) }
      #expect(!devtop.lines("service.state").contains { $0.service == "api" && $0.state == "ready" })
      try project.write("wanted", "")
      let ready = try await devtop.state("ready", of: "api")
      #expect(try await waiting.value == "redround")
      let order = devtop.lines("service.state").map { "\($0.service ?? "") \($0.state ?? "")" }
      #expect(order.first == "api waiting")
      #expect(
        (order.firstIndex(of: "store ready") ?? .max) < (order.firstIndex(of: "api starting") ?? .min))
      #expect(ready.int("port") == Int(port))

      let edited = devtop.count
      try project.write("shape.env", "SHAPE=square\n")
      try await answer("redsquare", port: port)
      try await devtop.state("ready", of: "api", after: edited)
      #expect(!devtop.lines(after: edited, "service.state").contains { $0.service == "store" })
      // The run before may take longer to end than the new one took to be ready.
      try await devtop.event("service.state", after: edited) { $0.service == "api" && $0.state == "stopped" }
      let quitting = devtop.count
      try await devtop.quit()
      let stops = devtop.lines(after: quitting, "service.state").filter { $0.state == "stopped" }
      #expect(stops.map(\.service) == ["api", "store"])
    }
  }

  @Test func `an edit of the configuration is applied to what it changes, a broken one is not`() async throws
  {
    let port = try HTTP.freePort()
    let project = try Project([
      "api.py": Self.server(port), "shape.env": "SHAPE=round\n", "wanted": "",
    ])
    try write(project, Self.store, Self.api(port, color: "red"))
    try await withDevtop(project) { devtop in
      try await devtop.state("ready", of: "api")

      let broken = devtop.count
      try write(project, Self.store, Self.api(port, color: "blue"), "raedy = 1")
      let error = try await devtop.event("error", after: broken)
      #expect(error.string("file") == "devtop.toml" && error.int("line") == 13 && error.int("column") == 1)
      #expect(error.string("message")?.contains("ready") == true)
      try await answer("redround", port: port)

      let edited = devtop.count
      try write(project, Self.store, Self.api(port, color: "blue"))
      try await answer("blueround", port: port)
      try await devtop.state("ready", of: "api", after: edited)
      let states = devtop.lines(after: broken, "service.state")
      #expect(!states.contains { $0.service == "store" })
      #expect(states.count { $0.state == "starting" } == 1)

      let grown = devtop.count
      try write(
        project, Self.store, Self.api(port, color: "blue"),
        "[service.more]\nrun = \"exec sleep 1000\"\nready = \"started\"\nwatch = [\"more\"]")
      try await devtop.state("ready", of: "more", after: grown)
      let shrunk = devtop.count
      try write(project, Self.store, Self.api(port, color: "blue"))
      try await devtop.state("stopped", of: "more", after: shrunk)
      #expect(devtop.lines(after: grown, "service.state").allSatisfy { $0.service == "more" })
      try await devtop.quit()
    }
  }

  /// What is no configuration; nil: a directory.
  static let refused: [[UInt8]?] = [
    nil, [UInt8](repeating: UInt8(ascii: "#"), count: 2 << 20),
    Array("[service.a]\nrun = \"x\u{0}y\"\n".utf8),
    (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37) }, Array("[watch]\n".utf8),
  ]

  @Test(arguments: refused.indices)
  func `a configuration that cannot be one is refused by name`(index: Int) async throws {
    let project = try Project()
    if let bytes = Self.refused[index] {
      try project.write("devtop.toml", bytes)
    } else {
      try project.write("devtop.toml/file", "")
    }
    try await withDevtop(project) { devtop in
      let status = try await devtop.status()
      #expect(status == 2)
      #expect(devtop.errorOutput.contains("devtop.toml"), "\(devtop.errorOutput)")
      #expect(devtop.errorOutput.utf8.count < 1_000)
    }
  }

  @Test func `a megabyte of configuration is read`() async throws {
    let project = try Project()
    let comments = String(repeating: "# " + String(repeating: "x", count: 98) + "\n", count: 9_900)
    try project.write(
      "devtop.toml", comments + "[service.a]\nrun = \"exec sleep 1000\"\nready = \"started\"\n")
    try await withDevtop(project) { devtop in
      try await devtop.state("ready", of: "a")
      try await devtop.quit()
    }
  }

  @Test func `a directory without a project says what to do`() async throws {
    let project = try Project()
    try await withDevtop(project) { devtop in
      let status = try await devtop.status()
      #expect(status == 2)
      #expect(devtop.errorOutput.contains("devtop init") || devtop.errorOutput.contains("devtop -- "))
    }
  }
}
