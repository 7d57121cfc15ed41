import DevtopCore
import Glibc
import Testing

/// Servers that are told their port, given their socket, or left alone, with devtop in front of them.
@Suite(.serialized) struct PortModeTests {
  /// Reloads under load at the port where devtop listens.
  private func reload(
    _ files: [String: String], _ source: String, strategy: String,
    port: @Sendable (JSONLine) -> UInt16?, text: (String) -> String
  ) async throws {
    let project = try Project(files)
    try project.write(source, text("one"))
    try await withDevtop(project, environment: TakeoverTests.environment) { devtop in
      let listening = try await devtop.event("port.listening", within: .seconds(180))
      try await devtop.state("ready")
      let port = try #require(port(listening), "\(listening)")
      try await answer("one", port: port)
      let load = SteadyLoad(port: port)
      let saved = devtop.count
      try project.write(source, text("two"))
      try await answer("two", port: port)
      try await devtop.state("ready", after: saved)
      for _ in 0..<3 { try await devtop.restart(under: load) }
      let outcome = try await load.end()
      #expect(outcome.failures == [], "\(devtop.transcript)")
      let reloads = devtop.lines("reload")
      #expect(reloads.count == 4, "\(reloads)")
      #expect(reloads.allSatisfy { $0.string("strategy") == strategy && $0.string("outcome") == "ready" })
      #expect(devtop.lines("port.fallback").isEmpty, "\(devtop.transcript)")
      try await devtop.quit()
    }
  }

  /// The port of `127.0.0.1:8080`.
  @Sendable static func port(of line: JSONLine) -> UInt16? {
    line.string("address")?.split(separator: ":").last.flatMap { UInt16($0) }
  }

  @Test(.enabled(if: Tool.areThere("node")), arguments: ["hold", "swap"])
  func `a server that takes its port from the environment`(strategy: String) async throws {
    let port = try HTTP.freePort()
    let configuration = """
      [service.shop]
      run = "exec node server.js"
      ports = "env"
      port = \(port)
      \(strategy == "swap" ? "reload = \"swap\"" : "")
      """
    try await reload(
      ["devtop.toml": configuration], "server.js", strategy: strategy, port: { _ in port }
    ) {
      "require(\"http\").createServer((_, answer) => answer.end(\"\($0)\")).listen(process.env.PORT)\n"
    }
  }

  @Test(.enabled(if: Tool.areThere("node")))
  func `a server that keeps its port has devtop beside it`() async throws {
    let port = try HTTP.freePort()
    try await reload(
      ["devtop.toml": "[service.shop]\nrun = \"exec node server.js\"\nports = \"off\"\n"], "server.js",
      strategy: "hold",
      // Far from the ports beside it, which other services take.
      port: { line in Self.port(of: line).flatMap { abs(Int($0) - Int(port)) >= 9_900 ? $0 : nil } }
    ) { ServerTests.node(port, answer: $0) }
  }

  struct Taker: Sendable, CustomStringConvertible {
    let description: String
    let isThere: Bool
    let commands: String
    let source: String
    let text: @Sendable (String) -> String
  }

  private static let go = "build = \"go build -o tmp/shop .\"\nrun = \"exec ./tmp/shop\"\n"

  static let takers = [
    Taker(
      description: "Go's net.FileListener", isThere: Tool.areThere("go"), commands: go, source: "main.go",
      text: { answer in
        """
        package main

        import (
          "net"
          "net/http"
          "os"
        )

        func main() {
          listener, err := net.FileListener(os.NewFile(3, "listener"))
          if err != nil {
            panic(err)
          }
          http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
            w.Write([]byte("\(answer)"))
          }))
        }

        """
      }),
    Taker(
      description: "Gin's RunFd", isThere: Tool.hasGin, commands: go, source: "main.go",
      text: { answer in
        """
        package main

        import "github.com/gin-gonic/gin"

        func main() {
          router := gin.New()
          router.GET("/", func(c *gin.Context) { c.String(200, "\(answer)") })
          panic(router.RunFd(3))
        }

        """
      }),
    Taker(
      description: "uvicorn --fd 3", isThere: Tool.hasDebianPython("uvicorn"),
      commands: "run = \"exec /usr/bin/python3 -m uvicorn app:app --fd 3\"\n", source: "app.py",
      text: { RealServer.uvicorn.text(0, $0) }),
    Taker(
      description: "Node's listen({fd: 3})", isThere: Tool.areThere("node"),
      commands: "run = \"exec node server.js\"\n", source: "server.js",
      text: { answer in
        "require(\"http\").createServer((_, answer) => answer.end(\"\(answer)\")).listen({fd: 3})\n"
      }),
  ]

  @Test(arguments: takers.filter(\.isThere))
  func `a server that takes an inherited socket`(taker: Taker) async throws {
    let port = try HTTP.freePort()
    let configuration = "[service.shop]\nports = \"handoff\"\nport = \(port)\n" + taker.commands
    try await reload(
      ["devtop.toml": configuration], taker.source, strategy: "swap", port: { _ in port }, text: taker.text)
  }
}
