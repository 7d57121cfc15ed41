import Testing

@testable import DevtopCore

/// Watch rules, and what a pause of watching holds back.
@Suite struct PauseTests {
  @Test func `a watch rule runs its command after its delay and builds nothing`() {
    var spec = ServiceSpec.go()
    spec.watch.rules = [WatchRule(name: "css", command: .shell("make css"))]
    var session = Session(spec)
    session.bringUp()
    #expect(session.save("a.scss", role: .rule(0)) == [.setTimer(.rule("api", 0), after: .seconds(1))])
    #expect(
      session.reports.first
        == .filesChanged(paths: ["a.scss"], result: .build, services: ["api"], rule: "css"))
    #expect(session.on(.timer(.rule("api", 0))) == [.runRule("api", 0)])
  }

  @Test func `a watch rule of what changed during a pause runs when watching goes on, or with t`() {
    var spec = ServiceSpec.go()
    spec.watch.rules = [WatchRule(name: "css", command: .shell("make css"))]
    var session = Session(spec)
    session.bringUp()
    session.on(.action(.pause))
    #expect(session.save("a.scss", role: .rule(0)) == [])
    #expect(
      session.reports.first == .filesChanged(paths: ["a.scss"], result: .paused, services: [], rule: nil))
    #expect(session.on(.action(.buildPending)) == [.setTimer(.rule("api", 0), after: .seconds(1))])
    #expect(session.state.files.first?.outcome == .rule(name: "css", of: "api"))
    #expect(session.on(.action(.buildPending)) == [])
    session.save("b.scss", role: .rule(0))
    #expect(session.on(.command(.resume)) == [.setTimer(.rule("api", 0), after: .seconds(1))])
    #expect(session.marks == ["watching"])
    #expect(session.on(.action(.buildPending)) == [])
  }

  @Test func `while watching is paused nothing builds, and t builds what changed`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.pause))
    #expect(session.save() == [])
    #expect(
      session.reports.first == .filesChanged(paths: ["main.go"], result: .paused, services: [], rule: nil))
    #expect(session.on(.action(.pause)) == [])
    #expect(session.state.screen.message?.text.contains("t builds") == true)
    #expect(session.on(.action(.buildPending)) == [.build("api", 2, clean: false)])
  }
}
