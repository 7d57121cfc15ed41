import Testing

@testable import DevtopCore

/// Reloads other than by swap, and what concerns all runs of a service.
@Suite struct ReloadTests {
  // MARK: hold, signal, none

  /// Run 1 has the requests, and a save is being built.
  private static func savedUnderHold() -> Session {
    var spec = ServiceSpec.go()
    spec.reload.strategy = .hold
    var session = Session(spec)
    session.bringUpFronted()
    session.save()
    return session
  }

  @Test func `hold stops the old run with requests waiting, and they go to the new one`() {
    var session = Self.savedUnderHold()
    #expect(
      session.finishBuild() == [
        .hold("api", HoldLimits()), .drain("api", 1, within: .seconds(10), isBeforeStop: true),
      ])
    #expect(session.on(.drained("api", 1, closed: 0)) == [.stop("api", 1, StopPolicy())])
    #expect(session.on(.drained("api", 1, closed: 0)) == [])
    #expect(session.on(.processEnded("api", 1)) == [.start("api", 2)])
    session.on(.processStarted("api", 2, pid: 200))
    session.on(.listening("api", 2, .fronted))
    #expect(session.on(.processReady("api", 2, port: 8080)) == [.route("api", to: 2)])
    #expect(session.reports.contains(.reload("api", Reload(.hold, from: 1, to: 2), .ready)))
  }

  @Test func `hold never waits longer for requests than a drain may take`() {
    var spec = ServiceSpec.go()
    spec.reload.strategy = .hold
    spec.reload.drain = .milliseconds(200)
    var session = Session(spec)
    session.bringUpFronted()
    session.save()
    #expect(session.finishBuild().last == .drain("api", 1, within: .milliseconds(200), isBeforeStop: true))
  }

  @Test func `who stops a service that answers its last requests waits for them no longer`() {
    var session = Self.savedUnderHold()
    session.finishBuild()
    // Another build changes nothing about that.
    session.save("b.go", after: .seconds(1))
    #expect(session.finishBuild() == [])
    #expect(session.on(.action(.stop)) == [.releasePorts("api"), .stop("api", 1, StopPolicy())])
    #expect(session.on(.drained("api", 1, closed: 0)) == [])
    session.on(.processExited("api", 1, .code(0)))
    session.on(.processEnded("api", 1))
    #expect(session.service("api").process == .stopped(1))
  }

  @Test func `a run that ends while it answers its last requests makes room at once`() {
    var session = Self.savedUnderHold()
    session.finishBuild()
    #expect(session.on(.processExited("api", 1, .code(1))) == [])
    #expect(session.on(.processEnded("api", 1)) == [.start("api", 2)])
    #expect(session.on(.drained("api", 1, closed: 1)) == [])
  }

  @Test func `signal lets the running process reload, and pages are told`() {
    var spec = ServiceSpec.go()
    spec.reload.strategy = .signal(10)
    var session = Session(spec)
    session.bringUpFronted()
    session.save()
    #expect(session.finishBuild() == [.signal("api", 1, 10)])
    #expect(session.marks.contains("#1 reloads by SIGUSR1 ← main.go"))
    #expect(session.news == [.reload])
    session.on(.processExited("api", 1, .code(1)))
    session.on(.processEnded("api", 1))
    session.save("b.go", after: .seconds(1))
    #expect(session.finishBuild().contains(.start("api", 3)))
  }

  @Test func `a watched file sends the signal instead of a restart`() {
    var spec = ServiceSpec.script()
    spec.reload.strategy = .signal(1)
    var session = Session(spec)
    session.bringUpFronted("web")
    #expect(session.save("page.html", service: "web") == [.signal("web", 1, 1)])
    #expect(session.on(.action(.restart)).last == .drain("web", 1, within: .seconds(10), isBeforeStop: true))
  }

  @Test func `what changed while paused sends the signal, too`() {
    var spec = ServiceSpec.script()
    spec.reload.strategy = .signal(1)
    var session = Session(spec)
    session.bringUpFronted("web")
    session.on(.action(.pause))
    session.save("page.html", service: "web")
    #expect(session.on(.action(.buildPending)).first == .signal("web", 1, 1))
  }

  @Test func `none leaves the process alone`() {
    var spec = ServiceSpec.go()
    spec.reload.strategy = ReloadStrategy.none
    var session = Session(spec)
    session.bringUpFronted()
    session.save()
    #expect(session.finishBuild() == [])
    #expect(session.marks.contains("#1 goes on (reload = \"none\") ← main.go"))
  }

  @Test func `hold in a changed configuration holds although the old run serves on`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    session.makeReady("api", 2)
    session.save("b.go", after: .seconds(1))
    session.finishBuild()
    session.on(.processStarted("api", 3, pid: 300))
    session.on(.processExited("api", 3, .code(1)))
    session.on(.processEnded("api", 3))
    var new = session.state.configuration
    new.services[0].reload.strategy = .hold
    session.on(.configurationChanged(new))
    session.save("c.go", after: .seconds(1))
    #expect(
      session.finishBuild() == [
        .hold("api", HoldLimits()), .drain("api", 2, within: .seconds(10), isBeforeStop: true),
        .stop("api", 1, StopPolicy()),
      ])
  }

  // MARK: All runs of a service

  @Test func `quitting gives the ports back and waits for all runs of a service`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    #expect(
      session.on(.action(.quitNow)) == [
        .releasePorts("api"), .stop("api", 2, StopPolicy()), .stop("api", 1, StopPolicy()),
      ])
    #expect(session.on(.processEnded("api", 2)) == [])
    #expect(session.on(.processEnded("api", 1)) == [.exit(0)])
  }

  @Test func `stopping by hand ends the old run, too`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    let effects = session.on(.action(.stop))
    #expect(
      Array(effects.prefix(3)) == [
        .releasePorts("api"), .stop("api", 2, StopPolicy()), .stop("api", 1, StopPolicy()),
      ])
    session.on(.processEnded("api", 2))
    #expect(session.service("api").process.name == .stopping)
    session.on(.processEnded("api", 1))
    #expect(session.service("api").process == .stopped(1))
    #expect(session.on(.action(.start)).first == .start("api", 3))
  }

  @Test func `a service leaves the configuration when its last run has ended`() {
    var session = Session(.go(), .script())
    session.bringUpFronted()
    session.startSecond()
    var new = session.state.configuration
    new.services.removeFirst()
    session.on(.configurationChanged(new))
    session.on(.processEnded("api", 2))
    #expect(session.state["api"] != nil)
    session.on(.processEnded("api", 1))
    #expect(session.state["api"] == nil)
  }

  @Test func `who depends on a service may start while its old run serves`() {
    var session = Session(.go(), .script("web", dependsOn: ["api"]))
    session.on(.began)
    session.finishBuild()
    session.makeReady("api", 1)
    session.save()
    session.finishBuild()
    #expect(session.service("api").process.name == .starting)
    session.on(.processStarted("web", 1, pid: 5))
    session.on(.processExited("web", 1, .code(1)))
    session.on(.processEnded("web", 1))
    #expect(session.on(.timer(.restart("web")), after: .seconds(1)) == [.start("web", 2)])
  }

  @Test func `kill ends the old run at once, too`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    let kill = StopPolicy(signal: 9, grace: .zero)
    let effects = session.on(.action(.hardRestart)).filter { !$0.isMessage }
    #expect(effects == [.hold("api", HoldLimits()), .stop("api", 2, kill), .stop("api", 1, kill)])
    session.on(.processEnded("api", 1))
    #expect(session.on(.processEnded("api", 2)) == [.start("api", 3)])
  }
}
