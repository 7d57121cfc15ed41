import DevtopCore
import Glibc
import Testing

/// A real browser on pages of a server behind devtop.
///
/// The page tells the server what becomes of it by requests, which devtop's events then name; nothing else is needed to
/// look into the browser.
@Suite(.serialized, .enabled(if: Tool.areThere("chromium", "node"), "needs chromium and node"))
struct BrowserTests {
  /// A page that tells each load, what the overlay shows, and the colour that its style sheet gives it.
  private static func page(_ version: String) -> String {
    """
    <!doctype html>
    <html><head><title>\(version)</title><link rel="stylesheet" href="/page.css"></head>
    <body><p id="color">text</p>
    <script>
      const tell = (what, value) => fetch("/told?" + what + "=" + encodeURIComponent(value))
      tell("loaded", "\(version)")
      let overlay = "", color = ""
      setInterval(() => {
        const host = document.querySelector("devtop-overlay")
        const shown = host && host.shadowRoot ? host.shadowRoot.textContent : ""
        if (shown !== overlay) { overlay = shown; tell("overlay", shown ? "shown " + shown.slice(0, 400) : "gone") }
        const now = getComputedStyle(document.getElementById("color")).color
        if (now !== color) { color = now; tell("color", now) }
      }, 50)
    </script></body></html>

    """
  }

  private static func server(_ port: UInt16) -> String {
    """
    const fs = require("fs")
    require("http").createServer((request, response) => {
      const path = request.url.split("?")[0]
      if (path === "/told" || path === "/favicon.ico") return response.end()
      const file = path === "/" ? "page.html" : path.slice(1)
      response.setHeader("Content-Type", file.endsWith(".css") ? "text/css" : "text/html")
      response.setHeader("Cache-Control", "public, max-age=31536000, immutable")
      response.end(fs.readFileSync(file))
    }).listen(\(port), "127.0.0.1")

    """
  }

  private static func files(_ port: UInt16) -> [String: String] {
    [
      "server.js": server(port), "page.html": page("one"), "page.css": "#color { color: rgb(1, 2, 3) }",
      "input.txt": "good",
      "devtop.toml": """
      [service.shop]
      build = "grep -q good input.txt || { echo 'input.txt:1:1: error: <b>not</b> good' >&2; exit 1; }"
      run = "node server.js"
      """,
    ]
  }

  private func withBrowser(
    _ port: UInt16, _ project: Project, _ body: () async throws -> Void
  ) async throws {
    let profile = try Project()
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    let chromium = try #require(Tool.find("chromium"))
    let pid = try spawn(
      [
        chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking", "--disable-component-update",
        "--user-data-dir=\(profile.root)/profile",
        "http://localhost:\(port)/",
      ], directory: profile.root, environment: DevtopSession.environment(profile, [:]), input: null,
      output: null, error: null)
    func end() async throws {
      for entry in Processes.marked(profile.mark) { kill(entry.pid, SIGKILL) }
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      try await eventually("the browser's end") { Processes.marked(profile.mark).isEmpty }
      profile.remove()
    }
    do {
      try await body()
    } catch {
      try await end()
      throw error
    }
    try await end()
  }

  private func told(
    _ devtop: DevtopSession, _ what: String, after start: Int
  ) async throws {
    try await devtop.event("request", after: start) { line in
      line.string("path").map { $0.hasPrefix("/told?\(what)") } ?? false
    }
  }

  @Test func `pages follow what is saved, show what is wrong, and lose it when it is mended`() async throws {
    let port = try HTTP.freePort()
    let project = try Project(Self.files(port))
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      try await withBrowser(port, project) {
        try await told(devtop, "loaded=one", after: 0)
        try await told(devtop, "color=rgb(1%2C%202%2C%203)", after: 0)

        // A page is loaded again by itself.
        let saved = devtop.count
        try project.write("page.html", Self.page("two"))
        try await told(devtop, "loaded=two", after: saved)

        // A style sheet is swapped in place, whatever the server says about caching.
        let styled = devtop.count
        try project.write("page.css", "#color { color: rgb(4, 5, 6) }")
        try await told(devtop, "color=rgb(4%2C%205%2C%206)", after: styled)
        #expect(
          !devtop.lines(after: styled, "request").contains {
            $0.string("path")?.hasPrefix("/told?loaded") == true
          })

        // A failed build lies over the page, with what it holds as text.
        let broken = devtop.count
        try project.write("input.txt", "bad")
        try await told(devtop, "overlay=shown", after: broken)
        let shown = devtop.lines(after: broken, "request").compactMap { $0.string("path") }
          .last { $0.hasPrefix("/told?overlay=shown") }
        #expect(shown?.contains("%3Cb%3Enot%3C%2Fb%3E%20good") == true, "\(shown ?? "")")

        // The run of the next good build loads the page again, without it.
        let mended = devtop.count
        try project.write("input.txt", "good again")
        try await told(devtop, "loaded=two", after: mended)
        try await told(devtop, "color", after: mended)
        let after = devtop.lines(after: mended, "request").compactMap { $0.string("path") }
        #expect(!after.contains { $0.hasPrefix("/told?overlay=shown") }, "\(after)")
      }
      try await devtop.quit()
    }
  }

  @Test func `where no process answers the page is the problem, and turns into the answer by itself`()
    async throws
  {
    let port = try HTTP.freePort()
    let project = try Project(Self.files(port))
    try await withDevtop(project) { devtop in
      try await devtop.state("ready")
      let broken = devtop.count
      try project.write("server.js", "throw new Error(\"no <i>start</i>\")\n")
      try await eventually("a page that says it") {
        HTTP.get("/", port: port)?.contains("no <i>start</i>") == false
          && HTTP.get("/", port: port)?.isEmpty == false
      }
      try await withBrowser(port, project) {
        try await devtop.event("request", after: broken) {
          $0.string("path") == "/" && $0.int("status") == 503
        }
        let mended = devtop.count
        try project.write("server.js", Self.server(port))
        try await told(devtop, "loaded=one", after: mended)
      }
      try await devtop.quit()
    }
  }
}
