import Testing

@testable import DevtopCore

/// The rows of the Files pane.
@Suite struct FileRowTests {
  private func outcomes(_ session: Session) -> [FileEntry.Outcome] { session.state.files.map(\.outcome) }

  @Test func `a row that was paused says which build took it`() {
    var session = Session(.go("api"), .go("web"))
    session.on(.began)
    session.finishBuild("api")
    session.finishBuild("web")
    session.on(.action(.pause))
    session.on(
      .filesChanged([
        FileChange(path: "main.go", oldContent: 1, newContent: 2, roles: ["api": .source, "web": .source])
      ]
      ))
    session.save("web.go", service: "web")
    #expect(outcomes(session) == [.paused, .paused])
    session.on(.action(.buildPending))
    #expect(outcomes(session) == [.build(["web": 2]), .build(["api": 2, "web": 2])])
    #expect(session.state.screen.message?.text == "building api and web; watching is paused still")
  }

  @Test func `a row that waits for one service is not taken by another's restart`() {
    var session = Session(.script("api"), .script("web"))
    session.on(.began)
    session.on(.action(.pause))
    session.save("api.js", role: .source, service: "api")
    session.save("web.js", role: .source, service: "web")
    session.on(.command(.restart("api")))
    #expect(outcomes(session) == [.paused, .restart(["api"])])
    session.on(.action(.buildPending))
    #expect(outcomes(session) == [.restart(["web"]), .restart(["api"])])
  }

  @Test func `a start without a build has a row of the log, with its cause`() {
    var session = Session(.script("web"))
    session.on(.began)
    #expect(session.marks == ["start #1"])
    session.on(.processStarted("web", 1, pid: 1))
    session.advance(.seconds(5))
    session.save("web.js", role: .source, service: "web")
    #expect(session.marks == ["start #2 ← web.js"])
  }

  @Test func `a row that was paused says that it restarted`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 200))
    session.on(.action(.pause))
    session.save("app.py", service: "web")
    #expect(outcomes(session) == [.paused])
    session.on(.action(.buildPending))
    #expect(outcomes(session) == [.restart(["web"])])
    #expect(session.state.screen.message?.text == "restarting web; watching is paused still")
  }

  @Test func `a row of a watch rule that was paused says that the rule runs`() {
    var spec = ServiceSpec.script()
    spec.watch.rules = [WatchRule(name: "protobuf", command: .shell("make proto"))]
    var session = Session(spec)
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 200))
    session.on(.action(.pause))
    session.save("api.proto", role: .rule(0), service: "web")
    #expect(outcomes(session) == [.paused])
    session.on(.action(.buildPending))
    #expect(outcomes(session) == [.rule(name: "protobuf", of: "web")])
    #expect(session.state.screen.message?.text == "running protobuf; watching is paused still")
  }

  @Test func `what was paused goes with the next save`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.pause))
    session.save("a.go")
    session.on(.action(.pause))
    session.save("b.go")
    #expect(outcomes(session) == [.build(["api": 2]), .build(["api": 2])])
  }

  @Test func `a paused restart goes with the next one`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 200))
    session.on(.action(.pause))
    session.save("a.py", service: "web")
    session.on(.action(.pause))
    session.save("b.py", service: "web")
    #expect(outcomes(session) == [.restart(["web"]), .restart(["web"])])
  }

  @Test(arguments: [
    "sedTUAwr9", "src/.main.go.swp", ".main.go.swx", "4913", "src/5036", ".#main.go", "#main.go#",
    "main.go___jb_tmp___",
  ])
  func `an editor's own files get no row, but are told`(path: String) {
    var session = Session(.go())
    session.bringUp()
    session.save(path, role: .ignored(rule: "default"))
    #expect(session.state.files.isEmpty)
    #expect(
      session.reports == [.filesChanged(paths: [path], result: .ignored, services: [], rule: "default")])
  }

  @Test(arguments: ["main.go~", "sediment.txt", "4914", "2023", "logs/sed", ".swp.go", "node_modules/"])
  func `other ignored files have their row`(path: String) {
    var session = Session(.go())
    session.bringUp()
    session.save(path, role: .ignored(rule: "default"))
    #expect(session.state.files.map(\.path) == [path])
  }

  @Test func `a watched file of such a name is a change like any other`() {
    var session = Session(.go())
    session.bringUp()
    session.save("4913")
    #expect(outcomes(session) == [.build(["api": 2])])
  }
}
