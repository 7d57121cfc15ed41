import Testing

@testable import DevtopCore

/// Warnings and errors outside of builds: when they come and when they go.
@Suite struct NoticeTests {
  private func texts(_ session: Session) -> [String] { session.state.notices.map(\.text.message) }

  @Test func `what is wrong with env files is told once, and goes when it is mended`() {
    var session = Session(.script())
    session.on(.began)
    let missing = ConfigurationNotice("web: its env file .env is not there")
    session.on(.environmentRead("web", [missing]))
    #expect(session.reports == [.warning(missing)])
    session.on(.environmentRead("web", [missing]))
    #expect(session.reports == [])
    #expect(texts(session) == [missing.message])
    session.on(.environmentRead("web", []))
    #expect(texts(session) == [])
    session.on(.environmentRead("web", [missing]))
    #expect(session.reports == [.warning(missing)])
  }

  @Test func `a rejection without a place goes when the configuration is as before`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.configurationRejected([ConfigurationNotice("Nothing to run was found")]))
    #expect(texts(session) == ["Nothing to run was found"])
    session.on(.configurationChanged(session.state.configuration))
    #expect(texts(session) == [])
  }

  @Test func `warnings of the configuration in force outlive a rejection`() {
    let warning = ConfigurationNotice("no meaning here", at: SourcePosition(file: ".air.toml", line: 3))
    var session = Session(.script()) { $0.warnings = [warning] }
    session.on(.began)
    let problem = ConfigurationNotice("bad", at: SourcePosition(file: ".air.toml", line: 4))
    session.on(.configurationRejected([problem]))
    #expect(texts(session) == ["bad", "no meaning here"])
    session.on(.configurationChanged(session.state.configuration))
    #expect(texts(session) == ["no meaning here"])
    var mended = session.state.configuration
    mended.warnings = []
    session.on(.configurationChanged(mended))
    #expect(texts(session) == [])
  }

  @Test func `that a service waits in vain goes when it starts`() {
    var database = ServiceSpec.script("db")
    database.restart = .never
    var session = Session(database, .script("api", dependsOn: ["db"]))
    session.on(.began)
    session.on(.processStarted("db", 1, pid: 1))
    session.on(.processExited("db", 1, .code(3)))
    session.on(.processEnded("db", 1))
    #expect(texts(session).contains { $0.hasPrefix("api waits for db") })
    session.on(.command(.start("db")))
    session.on(.processStarted("db", 2, pid: 2))
    #expect(session.on(.processReady("db", 2, port: 1)) == [.start("api", 1)])
    #expect(texts(session) == [])
  }

  @Test func `the selected service stays selected when another leaves the configuration`() {
    var session = Session(.script("api"), .script("web"), .script("worker"))
    session.on(.began)
    session.on(.action(.focusServices))
    session.on(.action(.down))
    #expect(session.state.selectedService.map { session.state.services[$0].id } == "web")
    var new = session.state.configuration
    new.services.removeFirst()
    session.on(.configurationChanged(new))
    session.on(.processEnded("api", 1))
    #expect(session.state.services.map(\.id) == ["web", "worker"])
    #expect(session.state.selectedService.map { session.state.services[$0].id } == "web")
  }
}
