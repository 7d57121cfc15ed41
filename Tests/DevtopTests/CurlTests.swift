import DevtopCore
import Glibc
import Testing

/// curl through devtop gets what it gets straight from the run.
@Suite(.serialized, .enabled(if: Tool.areThere("curl", "node"))) struct CurlTests {
  private static let server = """
    const handle = (request, response) => {
      const hash = require("crypto").createHash("sha256")
      let length = 0
      request.on("data", part => { hash.update(part); length += part.length })
      request.on("end", () => {
        const text = [request.method, request.url, length, hash.digest("hex")].join(" ")
        const path = request.url.split("?")[0]
        if (path === "/nothing") return response.writeHead(204).end()
        if (path === "/same") return response.writeHead(304, {ETag: '"1"'}).end()
        if (path === "/moved") return response.writeHead(302, {Location: "/there"}).end(text)
        if (path === "/large") return response.end(Buffer.alloc(3_000_000, text))
        if (path === "/parts") {
          response.write(text)
          response.write("and more")
          return response.end("and the end")
        }
        response.writeHead(path === "/missing" ? 404 : 200, {"Content-Length": text.length})
        response.end(text)
      })
    }

    """

  private func compare(
    _ files: [String: String], scheme: String = "http", _ port: UInt16, _ cases: [[String]]
  ) async throws {
    let project = try Project(files)
    try project.write("large", [UInt8](repeating: 0x61, count: 1 << 20))
    try await withDevtop(project) { devtop in
      let listening = try await devtop.event("port.listening")
      try await devtop.state("ready")
      let upstream = try #require(listening.string("upstream"))
      for arguments in cases {
        func run(_ authority: String) async throws -> FinishedRun {
          let options = ["curl", "-sS", "--max-time", "30", "-w", "\n%{http_code} %{http_version}"]
          return try await runProgram(
            options + arguments.dropLast() + ["\(scheme)://\(authority)\(arguments.last ?? "/")"], in: project
          )
        }
        let through = try await run("127.0.0.1:\(port)")
        let straight = try await run(upstream)
        // How curl calls a failure depends on its timing.
        #expect(
          (through.status == 0) == (straight.status == 0),
          "\(arguments): \(through.errors), \(straight.errors)")
        if straight.status == 0 { #expect(through.output == straight.output, "\(arguments)") }
      }
      #expect(devtop.lines("service.state").last?.state == "ready", "\(devtop.transcript)")
      try await devtop.quit()
    }
  }

  private static let configuration = "[service.shop]\nrun = \"exec node server.js\"\nwatch = [\"*.js\"]\n"

  @Test func `requests of every kind`() async throws {
    let port = try HTTP.freePort()
    try await compare(
      [
        "devtop.toml": Self.configuration,
        "server.js": Self.server + "require(\"http\").createServer(handle).listen(\(port))\n",
      ], port,
      [
        ["/"], ["/a/%62?c=d&e"], ["/missing"], ["/nothing"], ["/same"], ["/moved"], ["-L", "/moved"],
        ["/parts"],
        ["/large"], ["-o", "/dev/null", "-I", "/"], ["-o", "/dev/null", "-I", "/large"],
        ["-H", "Expect: 100-continue", "--data-binary", "@large", "/upload"],
        ["-H", "Transfer-Encoding: chunked", "--data-binary", "@large", "/upload"],
        ["-H", "Expect:", "--data-binary", "@large", "/upload"], ["-T", "large", "/upload"],
        ["-F", "file=@large", "-o", "/dev/null", "/upload"], ["--http1.0", "/"],
        ["--http1.0", "--data-binary", "@large", "/upload"], ["--http1.0", "/parts"], ["-X", "DELETE", "/"],
        ["-X", "OPTIONS", "/"], ["-X", "PURGE", "/"], ["-H", "Connection: close", "/"], ["--http2", "/"],
        ["--http2-prior-knowledge", "/"], ["--compressed", "/"], ["--http0.9", "/"],
      ])
  }

  @Test func `HTTP/2 with prior knowledge is tunnelled`() async throws {
    let port = try HTTP.freePort()
    try await compare(
      [
        "devtop.toml": Self.configuration,
        "server.js": Self.server + "require(\"http2\").createServer(handle).listen(\(port))\n",
      ], port,
      [
        ["--http2-prior-knowledge", "/"], ["--http2-prior-knowledge", "/large"],
        ["--http2-prior-knowledge", "--data-binary", "@large", "/upload"],
      ])
  }

  @Test(.enabled(if: Tool.areThere("openssl")))
  func `TLS is tunnelled`() async throws {
    let port = try HTTP.freePort()
    let keys = try Project()
    defer { keys.remove() }
    let made = try await runProgram(
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-subj", "/CN=localhost", "-days", "1", "-keyout", "key.pem", "-out", "certificate.pem",
      ], in: keys)
    try #require(made.status == 0, "\(made.errors)")
    let key = try #require(keys.text("key.pem"))
    let certificate = try #require(keys.text("certificate.pem"))
    try await compare(
      [
        "devtop.toml": Self.configuration, "key.pem": key, "certificate.pem": certificate,
        "server.js": Self.server + """
          const read = require("fs").readFileSync
          require("https").createServer({key: read("key.pem"), cert: read("certificate.pem")}, handle)
            .listen(\(port))

          """,
      ], scheme: "https", port,
      [["-k", "/"], ["-k", "/large"], ["-k", "--data-binary", "@large", "/upload"], ["/"]])
  }
}
