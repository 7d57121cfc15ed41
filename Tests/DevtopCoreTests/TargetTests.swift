import Testing

@testable import DevtopCore

/// Which services keys act on, and what they say about it.
@Suite struct TargetTests {
  private static let api: ServiceID = "api"

  /// `api` with a build and `web` without one; both are up.
  private func session() -> Session {
    var session = Session(.go(), .script())
    session.bringUp()
    session.on(.processStarted("web", 1, pid: 200))
    session.on(.processReady("web", 1, port: 5_173))
    return session
  }

  private func press(_ key: Character, in session: inout Session) -> [Effect] {
    session.on(.key(.character(key)))
  }

  private func stops(_ effects: [Effect]) -> [ServiceID] {
    effects.compactMap { if case .stop(let id, _, _) = $0 { id } else { nil } }
  }

  @Test func `x asks before it stops several services`() {
    var session = session()
    #expect(press("x", in: &session) == [])
    #expect(session.state.screen.overlay == .confirm(.stop(["api", "web"])))
    #expect(press("n", in: &session) == [])
    #expect(session.state.screen.overlay == nil)
    #expect(session.service("api").isWanted)
    _ = press("x", in: &session)
    #expect(stops(press("y", in: &session)) == ["api", "web"])
    #expect(session.state.screen.message?.text == "stopping api and web")
  }

  @Test func `x stops the only service, or the one that is shown alone, without a question`() {
    var single = Session(.script())
    single.on(.began)
    single.on(.processStarted("web", 1, pid: 200))
    #expect(stops(press("x", in: &single)) == ["web"])
    #expect(single.state.screen.message?.text == "stopping web")

    var session = session()
    _ = press("]", in: &session)
    #expect(stops(press("x", in: &session)) == ["api"])
    #expect(session.service("web").isWanted)
  }

  @Test func `x says where nothing is left to stop`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 200))
    session.on(.action(.stop))
    session.on(.processExited("web", 1, .signal(15, name: "SIGTERM")))
    session.on(.processEnded("web", 1))
    #expect(press("x", in: &session) == [])
    #expect(session.state.screen.message?.text == "web is stopped; s starts")
  }

  @Test func `the selected row of the Services pane is the target, whatever the log shows`() {
    var session = session()
    _ = press("5", in: &session)
    _ = press("j", in: &session)
    #expect(stops(press("r", in: &session)) == ["web"])
    #expect(session.state.screen.message?.text == "restarting web")
    #expect(session.state.screen.service == nil)
  }

  @Test func `the service that is shown alone is the selected row, and moves with it`() {
    var session = session()
    _ = press("]", in: &session)
    _ = press("]", in: &session)
    #expect(session.state.screen.service == "web")
    _ = press("5", in: &session)
    #expect(session.state.screen.services.selected == 1)
    #expect(press("k", in: &session) == [.logs(.showService("api"))])
    #expect(session.state.screen.service == "api")
    #expect(press("]", in: &session) == [.logs(.showService("web"))])
    #expect(session.state.screen.services.selected == 1)
  }

  @Test func `Escape shows all services again`() {
    var session = session()
    _ = press("]", in: &session)
    session.on(.said("something else"))
    #expect(session.on(.key(.escape)) == [.logs(.showService(nil))])
    #expect(session.state.screen.service == nil)
    #expect(session.state.screen.message == nil)
  }

  @Test func `every action on services names its target`() {
    for (key, text) in [
      ("b", "building api"), ("B", "building api from scratch"), ("r", "restarting api and web"),
      ("R", "killing and restarting api and web"), ("s", "api and web are up"),
    ] as [(Character, String)] {
      var session = session()
      _ = press(key, in: &session)
      #expect(session.state.screen.message?.text == text)
    }
  }

  @Test func `b without a build says so and does nothing`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 200))
    #expect(press("b", in: &session) == [])
    #expect(session.state.screen.message?.text == "web has no build; r restarts it")
  }

  @Test func `r on what is only built says so`() {
    var spec = ServiceSpec.go("docs")
    spec.run = nil
    var session = Session(spec)
    session.on(.began)
    session.finishBuild("docs")
    #expect(press("r", in: &session) == [])
    #expect(session.state.screen.message?.text == "docs has nothing to run; b builds")
  }

  @Test func `X asks about all that it would kill`() {
    var session = session()
    _ = press("X", in: &session)
    #expect(session.state.screen.overlay == .confirm(.kill(["api", "web"])))
    #expect(stops(press("y", in: &session)) == ["api", "web"])
  }

  @Test func `a build's start begins the count of restarts anew`() {
    var session = session()
    session.on(.processExited("api", 1, .code(2)))
    #expect(session.service("api").backoff.attempts == 1)
    session.on(.processEnded("api", 1))
    session.save()
    session.finishBuild()
    #expect(session.service("api").backoff.attempts == 0)
  }

  @Test func `names are a sentence, and many are counted`() {
    #expect(ServiceID.sentence(["a"]) == "a")
    #expect(ServiceID.sentence(["a", "b", "c"]) == "a, b and c")
    #expect(ServiceID.sentence(["a", "b", "c", "d", "e"]) == "5 services")
  }

  // MARK: Panes

  @Test func `h and l show another part of long lines and leave the services alone`() {
    var session = session()
    #expect(press("l", in: &session) == [.logs(.moveSideways(from: 0, by: 16))])
    session.on(.logs(.movedSideways(16)))
    #expect(session.state.screen.logs.column == 16)
    #expect(press("h", in: &session) == [.logs(.moveSideways(from: 16, by: -16))])
    #expect(session.state.screen.service == nil)
    session.on(.key(.escape))
    #expect(session.state.screen.logs.column == 0)
  }

  @Test func `wrapped lines are not moved`() {
    var session = session()
    session.on(.logs(.movedSideways(16)))
    session.on(.action(.wrap))
    #expect(session.state.screen.logs.column == 0)
    #expect(press("l", in: &session) == [])
    #expect(session.state.screen.message?.text == "lines are wrapped; ^W cuts them instead")
  }

  @Test func `e in an empty Build pane stays there`() {
    var session = session()
    _ = press("2", in: &session)
    #expect(press("e", in: &session) == [])
    #expect(session.state.screen.focus == .build)
    #expect(session.state.screen.message?.text == "no diagnostics")
  }

  @Test func `Enter shows a warning in full, o says that it names no file`() {
    var session = session()
    let text = "a sentence that is longer than most panes are wide, with the way out at its end"
    session.on(.warned(ConfigurationNotice(text)))
    _ = press("2", in: &session)
    session.on(.key(.enter))
    #expect(session.state.screen.overlay == .detail(title: "warning", lines: [text], scroll: 0))
    session.on(.key(.escape))
    #expect(press("o", in: &session) == [])
    #expect(session.state.screen.message?.text == "this row names no file")
  }

  @Test func `u takes back what the footer says of a clear`() {
    var session = session()
    session.on(.key(.control("k")))
    #expect(session.state.screen.logs.isCleared)
    #expect(session.state.screen.message?.text == "view cleared; u brings it back")
    #expect(press("u", in: &session) == [.logs(.undoClear)])
    #expect(session.state.screen.message?.text == "all lines are shown again")
    #expect(press("u", in: &session) == [])
    #expect(session.state.screen.message?.text == "nothing was cleared")
  }

  @Test func `what the front end says is shown`() {
    var session = session()
    session.on(.said("theme nord"))
    #expect(session.state.screen.message?.text == "theme nord")
  }
}
