import DevtopCore
import Testing

/// The demo as it is promised, with the real toolchain.
@Suite(.serialized, .enabled(if: Tool.areThere("swift"))) struct DemoTests {
  @Test func `the demo builds, runs, answers, gets traffic, and what it says to try works`() async throws {
    let port = try HTTP.freePort()
    let place = try Project()
    let environment = ["TMPDIR": place.root, "PORT": "\(port)"]
    try await withDevtop(place, command: ["demo"], environment: environment) { devtop in
      let start = try await devtop.event("session.started")
      #expect(start.string("project") == "demo" && start.strings("services") == ["shop", "traffic"])
      let welcome = try await devtop.event("note") { $0.service == "devtop" }
      let words = (welcome.string("message") ?? "").split(separator: " ")
      let root = try #require(words.first { $0.hasPrefix(place.root + "/devtop-demo-") }, "\(welcome)")

      let build = try await devtop.event("build.finished", within: .seconds(600))
      #expect(build.bool("ok") == true, "\(devtop.transcript)")
      let ready = try await devtop.state("ready", of: "shop")
      #expect(ready.int("port") == Int(port))
      try await answer("Hello from the demo shop\n", port: port)
      let request = try await devtop.event("request") { $0.string("path") == "/orders" }
      #expect(request.service == "shop" && request.int("status") == 200 && request.string("method") == "GET")

      let source = try #require(place.text("\(root)/Sources/shop/Shop.swift"))
      let saved = devtop.count
      try place.write(
        "\(root)/Sources/shop/Shop.swift", source.replacing("Hello from", with: "Good day from"))
      let rebuilt = try await devtop.event("build.finished", after: saved, within: .seconds(600))
      #expect(rebuilt.bool("ok") == true, "\(devtop.transcript)")
      try await answer("Good day from the demo shop\n", port: port)
      try await devtop.quit()
    }
  }
}
