import Testing

@testable import DevtopCore

/// Ending, configuration changes, commands.
@Suite struct SessionTests {
  @Test func `quit asks while a service runs`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.on(.key(.character("q"))) == [])
    #expect(session.state.screen.overlay == .confirm(.quit))
    #expect(session.on(.key(.escape)) == [])
    session.on(.key(.character("q")))
    #expect(session.on(.key(.character("y"))) == [.releasePorts("api"), .stop("api", 1, StopPolicy())])
    #expect(session.on(.processEnded("api", 1)) == [.exit(0)])
    #expect(session.reports.last == .sessionEnded(status: 0))
  }

  @Test func `services stop in reverse order of dependency`() {
    var session = Session(.script("db"), .script("api", dependsOn: ["db"]))
    session.on(.began)
    session.on(.processStarted("db", 1, pid: 1))
    session.on(.processReady("db", 1, port: 5432))
    session.on(.processStarted("api", 1, pid: 2))
    #expect(
      session.on(.action(.quitNow)) == [
        .releasePorts("db"), .releasePorts("api"), .stop("api", 1, StopPolicy()),
      ])
    #expect(session.on(.processEnded("api", 1)) == [.stop("db", 1, StopPolicy())])
    #expect(session.on(.processEnded("db", 1)) == [.exit(0)])
  }

  @Test func `signals end with 128 and their number, and a second one kills`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.signalled(15))
    #expect(
      session.on(.signalled(15), after: .seconds(1)) == [
        .setTimer(.ending, after: .seconds(3)), .stop("api", 1, StopPolicy(signal: 9, grace: .zero)),
      ])
    #expect(session.on(.processEnded("api", 1)) == [.exit(143)])
  }

  @Test func `control C leaves with 130, also when a build is all that runs`() {
    var session = Session(.go())
    session.on(.began)
    #expect(session.on(.key(.control("c"))) == [.cancelBuild("api", 1), .releasePorts("api")])
    #expect(session.finishBuild("api", .cancelled) == [.exit(130)])
  }

  @Test func `nothing is built or started once the session ends`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.quitNow))
    #expect(session.save() == [])
    #expect(session.on(.action(.restart)) == [])
  }

  @Test func `a changed build command builds, a changed run command restarts, the rest is left alone`() {
    var session = Session(.go("api"), .script("web"))
    session.bringUp()
    session.on(.processStarted("web", 1, pid: 7))
    var new = session.state.configuration
    new.services[1].run = .shell("python3 -u app.py")
    #expect(
      session.on(.configurationChanged(new)) == [.applyConfiguration(new), .stop("web", 1, StopPolicy())])
    new.services[0].build = [BuildStep(.shell("make"))]
    #expect(
      session.on(.configurationChanged(new)) == [.applyConfiguration(new), .build("api", 2, clean: false)])
    new.services[0].stop.grace = .seconds(1)
    #expect(session.on(.configurationChanged(new)) == [.applyConfiguration(new)])
  }

  @Test func `changed log formats restart nothing, and it is told from when they apply`() {
    var session = Session(.go())
    session.bringUp()
    var new = session.state.configuration
    new.theme = "nord"
    session.on(.configurationChanged(new))
    #expect(!session.marks.contains { $0.contains("log formats") })
    new.lineFormats = [LineFormatSettings(name: "shop", pattern: "(?<a>.)")]
    #expect(session.on(.configurationChanged(new)) == [.applyConfiguration(new)])
    #expect(session.marks == ["log formats changed: they apply from the next run of each service"])
  }

  @Test func `services come and go with the configuration`() {
    var session = Session(.go("api"), .script("web"))
    session.bringUp()
    session.on(.processStarted("web", 1, pid: 7))
    var new = session.state.configuration
    new.services = [new.services[0], .script("jobs")]
    let effects = session.on(.configurationChanged(new))
    #expect(effects == [.applyConfiguration(new), .releasePorts("web"), .stop("web", 1, StopPolicy())])
    #expect(session.on(.processEnded("web", 1)) == [.start("jobs", 1)])
    #expect(session.state.services.map(\.id) == ["api", "jobs"])
  }

  @Test func `an invalid configuration keeps the last good one and says so`() {
    var session = Session(.go())
    session.bringUp()
    let problem = ConfigurationNotice(
      "unknown key", at: SourcePosition(file: "devtop.toml", line: 3, column: 1))
    #expect(session.on(.configurationRejected([problem])) == [])
    #expect(session.reports == [.error(problem)])
    #expect(session.state.screen.message?.text.contains("last good one") == true)
  }

  @Test func `commands act on one service or on all, and unknown names are told`() {
    var session = Session(.go("api"), .script("web"))
    session.bringUp()
    #expect(session.on(.command(.build("api"))) == [.build("api", 2, clean: false)])
    session.on(.command(.stop("nobody")))
    guard case .error(let notice)? = session.reports.first else {
      Issue.record("no error")
      return
    }
    #expect(notice.message == "there is no service nobody; there is: api, web")
  }

  @Test func `pre-stop commands run on the way out`() {
    var spec = ServiceSpec.go()
    spec.cleanup = [.shell("echo bye")]
    var session = Session(spec)
    session.bringUp()
    #expect(session.on(.action(.quitNow)) == [.releasePorts("api"), .cleanUp("api")])
    #expect(session.on(.cleanedUp("api")) == [.stop("api", 1, StopPolicy())])
  }
}
