import DevtopCore
import Glibc
import Testing

/// A Gin server from Debian's packages in GOPATH mode, as its developer meets it.
@Suite(.serialized, .enabled(if: Tool.hasGin, "needs golang-go and golang-github-gin-gonic-gin-dev"))
struct GinTests {
  struct Server {
    let project: Project
    let port: UInt16

    /// Zero configuration: the directory holds `main.go` alone.
    init(_ files: [String: String] = [:], answer: String = "one") throws {
      port = try HTTP.freePort()
      project = try Project(files)
      try save(answer: answer)
    }

    var environment: [String: String] {
      ["GO111MODULE": "off", "GOPATH": "\(project.root):\(Tool.gopath)", "GIN_MODE": "release"]
    }

    func save(answer: String, comment: String = "", broken: Bool = false) throws {
      try project.write("main.go", source(answer: answer, comment: comment, broken: broken))
    }

    /// The broken form names something that does not exist in line 10, column 21.
    private func source(answer: String, comment: String, broken: Bool) -> String {
      """
      package main

      import (
        "os"
        "github.com/gin-gonic/gin"
      )
      \(comment.isEmpty ? "" : "// \(comment)")
      func main() {
        router := gin.Default()
        answer := "\(answer)" \(broken ? "+ missing" : "")
        router.GET("/", func(c *gin.Context) { c.String(200, answer) })
        router.GET("/env", func(c *gin.Context) { c.String(200, os.Getenv("COLOR")+os.Getenv("SHAPE")) })
        router.GET("/exit", func(c *gin.Context) { os.Exit(2) })
        router.GET("/panic", func(c *gin.Context) { go func() { panic("boom") }() })
        if err := router.Run("127.0.0.1:\(port)"); err != nil {
          panic(err)
        }
      }

      """
    }

    func run(_ body: (DevtopSession) async throws -> Void) async throws {
      try await withDevtop(project, environment: environment, body)
    }
  }

  @Test func `without a configuration it is built, run, and built again for every save`() async throws {
    let server = try Server()
    try await server.run { devtop in
      let start = try await devtop.event("session.started")
      #expect(start.strings("services").count == 1)
      let ready = try await devtop.event("service.state", within: .seconds(180)) { $0.state == "ready" }
      #expect(ready.int("port") == Int(server.port))
      try await answer("one", port: server.port)

      let saved = devtop.count
      try server.save(answer: "two")
      try await answer("two", port: server.port)
      try await devtop.state("ready", after: saved)
      #expect(devtop.lines(after: saved, "build.started").count == 1)
      let change = devtop.lines(after: saved, "files.changed").first { $0.string("result") == "build" }
      #expect(change?.strings("paths") == ["main.go"])
      let request = try await devtop.event("request") { $0.string("path") == "/" }
      #expect(request.string("method") == "GET" && request.int("status") == 200)
      try await devtop.quit()
    }
  }

  @Test func `a broken save names its place while the old server answers`() async throws {
    let server = try Server()
    try await server.run { devtop in
      try await devtop.event("service.state", within: .seconds(180)) { $0.state == "ready" }
      let broken = devtop.count
      try server.save(answer: "two", broken: true)
      let diagnostic = try await devtop.event("diagnostic", after: broken)
      #expect(diagnostic.string("file") == "main.go")
      #expect(diagnostic.int("line") == 10)
      #expect(diagnostic.int("column") == 21)
      #expect(diagnostic.string("severity") == "error")
      #expect(diagnostic.string("message") == "undefined: missing")
      let finished = try await devtop.event("build.finished", after: broken)
      #expect(finished.bool("ok") == false && finished.string("result") == "failed")
      #expect(finished.int("errors") == 1 && (finished.int("exit") ?? 0) != 0)
      try await answer("one", port: server.port)
      #expect(devtop.lines(after: broken, "service.state").isEmpty)

      let fixed = devtop.count
      try server.save(answer: "three")
      try await answer("three", port: server.port)
      try await devtop.state("ready", after: fixed)
      try await devtop.quit()
    }
  }

  @Test func `nothing is built for a touch, nothing restarted for a comment`() async throws {
    let server = try Server([
      "devtop.toml": """
      [service.api]
      build = "go build -trimpath -ldflags='-s -w -buildid=' -o tmp/api ."
      run = "./tmp/api"
      """
    ])
    try await server.run { devtop in
      try await devtop.event("service.state", within: .seconds(180)) { $0.state == "ready" }
      let touched = devtop.count
      try server.project.touch("main.go")
      try await devtop.event("files.changed", after: touched) { $0.string("result") == "unchanged" }
      // The line is empty in the other form, so that no line number changes.
      try server.save(answer: "one", comment: "says nothing new")
      let finished = try await devtop.event("build.finished", after: touched)
      #expect(finished.bool("ok") == true)
      // What the build led to is told before the answer to a later command.
      try await devtop.settle()
      // The binary that the build writes into the watched tree leads to nothing.
      #expect(devtop.lines("build.started").count == 2)
      #expect(devtop.lines(after: touched, "service.state").isEmpty)
      try await devtop.quit()
    }
  }

  @Test func `a crash is located and answered with a restart`() async throws {
    let server = try Server()
    try await server.run { devtop in
      try await devtop.event("service.state", within: .seconds(180)) { $0.state == "ready" }
      let exited = devtop.count
      _ = HTTP.get("/exit", port: server.port)
      let failed = try await devtop.state("failed", after: exited)
      #expect(failed.int("exit") == 2)
      try await devtop.state("ready", after: exited)
      try await answer("one", port: server.port)

      let panicked = devtop.count
      _ = HTTP.get("/panic", port: server.port)
      let place = try await devtop.event("diagnostic", after: panicked)
      #expect(place.string("file") == "main.go" && place.int("line") == 14)
      #expect(place.string("message")?.contains("boom") == true)
      try await devtop.state("ready", after: panicked)
      #expect(devtop.lines(after: exited, "build.started").isEmpty)
      try await devtop.quit()
    }
  }

  @Test func `the holder of a port that is in use is named`() async throws {
    let server = try Server()
    let stranger = try await Stranger(port: server.port)
    defer { stranger.remove() }
    try await server.run { devtop in
      let error = try await devtop.event("error", within: .seconds(180))
      let message = error.string("message") ?? ""
      #expect(message.contains("port \(server.port)") && message.contains("pid \(stranger.pid)"))
      #expect(message.contains("stranger.py"))
      stranger.end()
      try await devtop.state("ready")
      try await devtop.quit()
    }
  }

  /// As guides show them, and the lines with keys that air itself does not read.
  static let airFiles: [(text: String, warned: [Int])] = [
    (
      """
      root = "."
      tmp_dir = "tmp"
      [build]
        bin = "tmp/main.bin"
        cmd = "go build -o ./tmp/main.bin ."
        delay = 1000
      [meta]
        tmp_dir = "tmp"
      """, [8]
    ),
    (
      """
      [build]
        cmd = "go build -o ./bin/app ."
        bin = "./bin/app"
      [watch]
        include_ext = ["go", "tpl", "tmpl"]
        exclude_dir = ["./.git", "./node_modules"]
      """, [5, 6]
    ),
    (
      """
      root = "."
      tmp_dir = "tmp"
      [build]
        bin = "tmp/main.exe"
        cmd = "go build -o ./tmp/main.exe ."
        delay = 1000
      [meta]
        send_error_to_tty = true
      """, [8]
    ),
  ]

  @Test(arguments: airFiles)
  func `a project of air runs as it is`(configuration: String, warned: [Int]) async throws {
    let server = try Server([".air.toml": configuration])
    try await server.run { devtop in
      let start = try await devtop.event("session.started")
      #expect(start.string("config") == ".air.toml")
      try await devtop.event("service.state", within: .seconds(180)) { $0.state == "ready" }
      try await answer("one", port: server.port)
      // What air itself would ignore is named with its place, once.
      let warnings = devtop.lines("warning").filter { $0.string("file") == ".air.toml" }
      #expect(warnings.map { $0.int("line") } == warned, "\(warnings)")
      let saved = devtop.count
      try server.save(answer: "two")
      try await answer("two", port: server.port)
      let ready = try await devtop.state("ready", after: saved)
      #expect(devtop.lines(after: saved, "build.started").count == 1)

      let restarted = devtop.count
      devtop.send("restart")
      let again = try await devtop.state("ready", after: restarted)
      #expect(again.int("pid") != ready.int("pid"))
      try await answer("two", port: server.port)
      #expect(devtop.lines(after: restarted, "build.started").isEmpty)
      try await devtop.quit()
    }
  }
}
