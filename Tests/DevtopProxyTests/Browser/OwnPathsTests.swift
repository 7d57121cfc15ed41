import DevtopCore
import DevtopProxy
import Testing

/// Who gets what under devtop's own path.
@Suite struct OwnPathsTests {
  private let hosts = OwnHosts(
    addresses: ["192.168.1.5", "fe80::1%eth0", "2001:db8::7"], names: ["App.test", "tools.example."])

  private func route(
    _ target: String, method: String = "GET", host: String? = "localhost:8080", _ more: [HeaderField] = []
  ) -> OwnPaths.Route {
    let named = host.map { [HeaderField("HOST", $0)] } ?? []
    return OwnPaths.route(method: method, target: target, fields: named + more, hosts: hosts)
  }

  private func status(_ route: OwnPaths.Route) -> Int? {
    switch route {
    case .none: nil
    case .answer(let answer), .events(let answer): answer.status
    }
  }

  @Test(arguments: [
    ("/", nil), ("/__devtopx", nil), ("/a/../__devtop/reload.js", nil), ("//__devtop/events", nil),
    ("/%5f_devtop/events", nil), ("/__DEVTOP/events", nil), ("*", nil), ("", nil),
    ("/__devtop/reload.js", 200),
    ("/__devtop/events", 200), ("/__devtop/events?x=1", 200), ("/__devtop", 404), ("/__devtop/", 404),
    ("/__devtop?x", 404), ("/__devtop/../x", 404), ("/__devtop/%2e%2e/x", 404), ("/__devtop/./events", 404),
    ("/__devtop/events/", 404), ("/__devtop/reload.js%00", 404), ("/__devtop/reload.js\0", 404),
    ("/__devtop/%65vents", 404), ("/__devtop/reload.js/../events", 404), ("/__devtop//events", 404),
    ("/__devtop/events#x", 404), ("/__devtop\\events", nil), ("http://localhost:8080/__devtop/events", 200),
    ("http://evil.example/__devtop/events", 403), ("HTTP://127.0.0.1/__devtop/x", 404),
    ("http://localhost/", nil), ("http://localhost", nil),
  ])
  func `only two paths lead somewhere`(_ target: String, _ expected: Int?) {
    #expect(status(route(target)) == expected)
    var text = target
    let mayLead = text.withUTF8 { OwnPaths.mayLead(UnsafeRawBufferPointer($0)) }
    #expect(mayLead || expected == nil)
    #expect(!mayLead || !target.hasPrefix("/") || target.lowercased().hasPrefix("/__devtop"))
  }

  @Test(arguments: [
    "localhost", "LOCALHOST:8080", "localhost.:8080", "app.localhost", "127.0.0.1:8080", "127.77.3.4",
    "[::1]:8080",
    "[::ffff:127.0.0.1]:8080", "0.0.0.0:8080", "[::]:1", "192.168.1.5:8080", "[fe80::1]:8080",
    "[2001:DB8:0::7]",
    "app.test:8080", "APP.TEST.", "tools.example",
  ])
  func `this machine may ask`(_ host: String) {
    #expect(status(route("/__devtop/reload.js", host: host)) == 200)
    #expect(status(route("/__devtop/events", [HeaderField("Origin", "http://\(host)")])) == 200)
    #expect(status(route("/__devtop/events", [HeaderField("Origin", "HTTPS://\(host)")])) == 200)
  }

  @Test(arguments: [
    "evil.example", "localhost.evil.example", "evillocalhost", "128.0.0.1", "127.0.0.1.evil.example",
    "10.0.0.1",
    "127.1", "0177.0.0.1", "2130706433", "[::2]", "[::1", "[::1]x", "localhost:80:80", "localhost:x",
    "a@localhost",
    "localhost/", "localhost ", "", "sub.app.test", "[::1].evil.example", "[fe80::2]", "::1", "null",
  ])
  func `others may not`(_ host: String) {
    #expect(status(route("/__devtop/reload.js", host: host)) == 403)
    #expect(status(route("/__devtop/anything", host: host)) == 403)
    #expect(status(route("/__devtop/events", [HeaderField("Origin", "http://\(host)")])) == 403)
  }

  @Test func `odd heads may not either`() {
    #expect(status(route("/__devtop/events", host: nil)) == 403)
    #expect(status(route("/__devtop/events", [HeaderField("host", "localhost")])) == 403)
    for origin in ["null", "", "file://", "localhost", "chrome-extension://localhost"] {
      #expect(status(route("/__devtop/events", [HeaderField("Origin", origin)])) == 403)
    }
    #expect(status(route("/__devtop/events", [HeaderField("Sec-Fetch-Site", "Cross-Site")])) == 403)
    for site in ["same-origin", "same-site", "none"] {
      #expect(status(route("/__devtop/events", [HeaderField("Sec-Fetch-Site", site)])) == 200)
    }
  }

  @Test func `only GET is answered, and a POST from another site not even that`() {
    for method in ["POST", "HEAD", "OPTIONS", "PUT", "get"] {
      #expect(status(route("/__devtop/events", method: method)) == 405)
    }
    let evil = [HeaderField("Origin", "http://evil.example")]
    #expect(status(route("/__devtop/events", method: "POST", evil)) == 403)
  }

  @Test func `no answer is for other origins`() throws {
    let routes = [
      route("/__devtop/reload.js"), route("/__devtop/events"), route("/__devtop/x"),
      route("/__devtop/x", host: "x.y"),
      route("/__devtop/events", method: "POST"),
    ]
    for route in routes {
      let answer: OwnAnswer
      switch route {
      case .none: throw Missing()
      case .answer(let whole): answer = whole
      case .events(let head): answer = head
      }
      let names = answer.fields.map { $0.name.lowercased() }
      #expect(!names.contains { $0.hasPrefix("access-control") })
      #expect(answer.fields.contains(HeaderField("Cross-Origin-Resource-Policy", "same-origin")))
      #expect(answer.fields.contains(HeaderField("X-Content-Type-Options", "nosniff")))
      let length = answer.fields.first { $0.name == "Content-Length" }?.value
      #expect(length == (answer.body.isEmpty ? nil : String(answer.body.count)))
    }
    guard case .answer(let script) = routes[0] else { throw Missing() }
    #expect(script.body == Array(ReloadScript.text.utf8))
    #expect(script.fields.contains(HeaderField("Cache-Control", "no-cache")))
  }

  private struct Missing: Error {}
}
