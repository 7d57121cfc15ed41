import DevtopCore
import Glibc
import Testing

/// devtop where another filter is in the way already: as a service of another devtop.
@Suite(.serialized, .enabled(if: Tool.areThere("node"))) struct FallbackTests {
  @Test(arguments: [false, true])
  func `devtop under devtop falls back by itself, and says so once`(isTold: Bool) async throws {
    let port = try HTTP.freePort()
    let program = try #require(Tool.built("devtop"))
    let project = try Project([
      "devtop.toml": """
      [service.outer]
      dir = "inner"
      run = ["\(program)", "--json"]
      ready = "started"
      tty = false
      watch = ["nothing"]
      """,
      "inner/devtop.toml": """
      [service.shop]
      run = "exec node server.js"
      watch = ["server.js"]
      \(isTold ? "env = { PORT = \"\(port)\" }" : "")
      """,
      "inner/server.js": Self.server(port, isTold: isTold, answer: "one"),
    ])
    try await withDevtop(project) { devtop in
      try await devtop.inner("service.state") { $0.state == "ready" }
      try await answer("one", port: port)
      for text in ["two", "three"] {
        try project.write("inner/server.js", Self.server(port, isTold: isTold, answer: text))
        try await answer(text, port: port)
      }
      let said = devtop.innerLines("port.fallback")
      #expect(said.count == 1 && said.first?.string("mode") == (isTold ? "env" : "off"), "\(said)")
      let warnings = devtop.innerLines("warning").compactMap { $0.string("message") }
      #expect(warnings.count { $0.contains("is used instead of") } == 1, "\(warnings)")
      try await devtop.quit()
    }
  }

  private static func server(_ port: UInt16, isTold: Bool, answer: String) -> String {
    "require(\"http\").createServer((_, answer) => answer.end(\"\(answer)\")).listen("
      + (isTold ? "process.env.PORT" : "\(port)") + ", \"127.0.0.1\")\n"
  }
}

extension DevtopSession {
  /// What a devtop that this one runs has told, as its log has it.
  fileprivate func innerLines(_ event: String) -> [JSONLine] {
    lines("log").compactMap { line in
      guard let text = line.string("text") else { return nil }
      do throws(JSONLine.Malformed) {
        let inner = try JSONLine(Array(text.utf8))
        return inner.event == event ? inner : nil
      } catch {
        return nil
      }
    }
  }

  fileprivate func inner(_ event: String, where matches: @escaping @Sendable (JSONLine) -> Bool) async throws
  {
    try await eventually("\(event) of the inner devtop\n\(transcript)") { [self] in
      innerLines(event).contains(where: matches)
    }
  }
}
