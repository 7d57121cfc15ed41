import DevtopCore
import Testing

/// Servers without a build, and commands given on the command line.
@Suite(.serialized) struct ServerTests {
  static func python(_ port: UInt16, answer: String) -> String {
    """
    import http.server
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"\(answer)")
    http.server.HTTPServer(("127.0.0.1", \(port)), Handler).serve_forever()

    """
  }

  static func node(_ port: UInt16, answer: String) -> String {
    """
    require("http").createServer((request, response) => response.end("\(answer)")).listen(\(port), "127.0.0.1")

    """
  }

  private func serve(
    _ file: String, also files: [String: String] = [:], arguments: [String] = [],
    source: (UInt16, String) -> String
  ) async throws {
    let port = try HTTP.freePort()
    let project = try Project(files)
    try project.write(file, source(port, "one"))
    try await withDevtop(project, arguments: arguments) { devtop in
      let ready = try await devtop.state("ready")
      #expect(ready.int("port") == Int(port))
      try await answer("one", port: port)
      for text in ["two", "one", "three"] {
        let saved = devtop.count
        try project.write(file, source(port, text))
        try await answer(text, port: port)
        try await devtop.state("ready", after: saved)
      }
      let touched = devtop.count
      try project.touch(file)
      try await devtop.event("files.changed", after: touched) { $0.string("result") == "unchanged" }
      try await devtop.quit()
    }
  }

  @Test(.enabled(if: Tool.areThere("python3")))
  func `a Python server restarts for every save`() async throws {
    try await serve("app.py", source: Self.python)
  }

  @Test(.enabled(if: Tool.areThere("node")))
  func `a Node server restarts for every save`() async throws {
    try await serve("server.js", also: ["package.json": #"{"name": "shop"}"#], source: Self.node)
  }

  @Test(.enabled(if: Tool.areThere("python3")))
  func `a command behind two dashes is run and restarted`() async throws {
    try await serve("any.py", arguments: ["--", "python3", "-u", "any.py"], source: Self.python)
  }
}
