import Testing

@testable import DevtopCore

/// A new run beside the old one.
@Suite struct SwapTests {
  @Test func `a run that listened on a taken port is replaced by one that starts beside it`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    #expect(session.finishBuild() == [.start("api", 2)])
    #expect(session.service("api").servingRun == 1)
    session.on(.processStarted("api", 2, pid: 200))
    #expect(session.on(.listening("api", 2, .fronted)) == [])
    #expect(
      session.on(.processReady("api", 2, port: 8080), after: .milliseconds(80)) == [
        .route("api", to: 2), .drain("api", 1, within: .seconds(10)),
      ])
    #expect(session.news == [.reload])
    #expect(session.on(.drained("api", 1, closed: 0)) == [.stop("api", 1, StopPolicy())])
    #expect(session.on(.processEnded("api", 1)) == [])
    #expect(session.service("api").older.isEmpty)
    #expect(session.service("api").process.name == .ready)
  }

  @Test func `the listener of a run that is ready already completes a swap`() {
    var spec = ServiceSpec.go()
    spec.readiness = .started
    var session = Session(spec)
    session.on(.began)
    session.finishBuild()
    session.on(.processStarted("api", 1, pid: 100))
    #expect(session.on(.listening("api", 1, .fronted)) == [.route("api", to: 1)])
    session.save()
    session.finishBuild()
    #expect(
      session.on(.processStarted("api", 2, pid: 200)) == [.setTimer(.ready("api", 2), after: .seconds(10))])
    #expect(
      session.on(.listening("api", 2, .fronted)) == [
        .route("api", to: 2), .drain("api", 1, within: .seconds(10)),
      ])
  }

  @Test func `what the old run's end took from the new one means hold from then on, said once`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    session.makeReady("api", 2)
    session.on(.drained("api", 1, closed: 0))
    // Requests wait until the run has it back.
    #expect(
      session.on(.pathLost("api", 2, path: "app.sock")) == [
        .hold("api", HoldLimits()), .drain("api", 2, within: .seconds(10), isBeforeStop: true),
      ])
    #expect(session.service("api").reloadLesson == .needsHold)
    let warnings = session.state.notices.filter { $0.text.message.contains("app.sock") }
    #expect(warnings.count == 1 && warnings[0].text.message.contains("reload = \"hold\""))
    #expect(session.on(.pathLost("api", 2, path: "app.pid")) == [])
    #expect(session.state.notices.filter { $0.text.message.contains("hold is used") }.count == 1)
  }

  @Test func `a restart by hand and a changed file swap, too`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    #expect(session.save("app.py", service: "web") == [.start("web", 2)])
    session.makeReady("web", 2)
    #expect(session.on(.action(.restart)) == [.start("web", 3)])
  }

  @Test func `a further save stops the run that starts, and the old one serves on`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild()
    session.on(.processStarted("api", 2, pid: 200))
    session.save("b.go", after: .seconds(1))
    #expect(session.finishBuild() == [.stop("api", 2, StopPolicy())])
    #expect(session.service("api").servingRun == 1)
    #expect(session.on(.processEnded("api", 2)) == [.start("api", 3)])
    session.on(.processStarted("api", 3, pid: 300))
    session.on(.listening("api", 3, .fronted))
    #expect(session.on(.processReady("api", 3, port: 8080)).contains(.drain("api", 1, within: .seconds(10))))
  }

  @Test func `at most three runs drain; the oldest makes room`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    for run in 2...4 {
      session.on(.action(.restart))
      session.makeReady("web", run)
    }
    session.on(.action(.restart))
    session.on(.processStarted("web", 5, pid: 500))
    session.on(.listening("web", 5, .fronted))
    #expect(
      session.on(.processReady("web", 5, port: 8080)) == [
        .route("web", to: 5), .drain("web", 4, within: .seconds(10)), .stop("web", 1, StopPolicy()),
      ])
  }

  @Test func `restart pressed a hundred times under swap leaves two instances at the most`() {
    var session = Session(.go())
    session.bringUpFronted()
    var effects: [Effect] = []
    for _ in 0..<100 { effects += session.on(.action(.restart)).filter { !$0.isMessage } }
    #expect(effects == [.start("api", 2), .stop("api", 2, StopPolicy())])
    #expect(session.on(.processEnded("api", 2)) == [.start("api", 101)])
  }

  @Test func `requests wait for the new run where the old one ends meanwhile`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild()
    session.on(.processStarted("api", 2, pid: 200))
    #expect(
      session.on(.processExited("api", 1, .code(2))) == [
        .stop("api", 1, StopPolicy()), .hold("api", HoldLimits()),
      ])
    session.on(.processEnded("api", 1))
    session.on(.listening("api", 2, .fronted))
    #expect(session.on(.processReady("api", 2, port: 8080)) == [.route("api", to: 2)])
    #expect(session.service("api").backoff.attempts == 0)
  }

  @Test(arguments: [PortMode.off, .environment(variable: "PORT")])
  func `where devtop took no port, the old run is stopped first, with requests held`(mode: PortMode) {
    var spec = ServiceSpec.go()
    spec.ports.mode = mode
    var session = Session(spec)
    session.bringUpFronted()
    session.save()
    #expect(
      session.finishBuild() == [
        .hold("api", HoldLimits()), .drain("api", 1, within: .seconds(10), isBeforeStop: true),
      ])
    #expect(session.on(.drained("api", 1, closed: 0)) == [.stop("api", 1, StopPolicy())])
  }

  @Test func `without devtop in front nothing is held`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    #expect(session.finishBuild() == [.stop("api", 1, StopPolicy())])
  }

  @Test func `all ports of the run before are awaited for a moment`() {
    var session = Session(.go())
    session.bringUpFronted()
    var second = TakenPort.fronted
    second.address.port = 9090
    session.on(.listening("api", 1, second))
    session.startSecond()
    session.on(.listening("api", 2, .fronted))
    #expect(
      session.on(.processReady("api", 2, port: 8080)) == [.setTimer(.ready("api", 2), after: .seconds(2))])
    #expect(session.on(.listening("api", 2, second)).first == .route("api", to: 2))
    // The next one does without.
    session.save("b.go", after: .seconds(1))
    session.finishBuild()
    session.makeReady("api", 3)
    #expect(session.service("api").servingRun == 2)
    #expect(session.on(.timer(.ready("api", 3)), after: .seconds(2)).first == .route("api", to: 3))
  }

  // MARK: A new run that fails beside the old one

  @Test func `the first run that fails beside its predecessor is tried once with it stopped`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    #expect(
      session.on(.processExited("api", 2, .code(1))) == [
        .hold("api", HoldLimits()), .stop("api", 2, StopPolicy()),
        .drain("api", 1, within: .seconds(10), isBeforeStop: true),
      ])
    #expect(session.marks == ["run 2 exit 1 beside run 1: once more as run 3, with run 1 stopped"])
    #expect(session.on(.processEnded("api", 2)) == [])
    #expect(session.on(.drained("api", 1, closed: 0)) == [.stop("api", 1, StopPolicy())])
    #expect(session.on(.processEnded("api", 1)) == [.start("api", 3)])
  }

  @Test func `hold that helped is remembered and said once`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    session.on(.processExited("api", 2, .code(1)))
    session.on(.processEnded("api", 1))
    session.on(.processEnded("api", 2))
    session.on(.processStarted("api", 3, pid: 300))
    session.on(.listening("api", 3, .fronted))
    #expect(session.on(.processReady("api", 3, port: 8080)) == [.route("api", to: 3)])
    #expect(
      session.state.notices.first?.text.message
        == "api cannot run twice at once (run 2 exit 1 beside run 1): hold is used from now on; "
        + "set reload = \"hold\" under [service.api]")
    session.save("b.go", after: .seconds(1))
    #expect(
      session.finishBuild() == [
        .hold("api", HoldLimits()), .drain("api", 3, within: .seconds(10), isBeforeStop: true),
      ])
    #expect(session.state.notices.count == 2)
  }

  @Test func `a run that is not ready in time is stopped, and tried alone for as long`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild()
    #expect(
      session.on(.processStarted("api", 2, pid: 200)) == [.setTimer(.ready("api", 2), after: .seconds(10))])
    #expect(
      session.on(.timer(.ready("api", 2)), after: .seconds(10)) == [
        .hold("api", HoldLimits()), .stop("api", 2, StopPolicy()),
        .drain("api", 1, within: .seconds(10), isBeforeStop: true),
      ])
    #expect(session.on(.drained("api", 1, closed: 0)) == [.stop("api", 1, StopPolicy())])
    session.on(.processEnded("api", 1))
    #expect(session.on(.processEnded("api", 2)) == [.start("api", 3)])
    #expect(
      session.on(.processStarted("api", 3, pid: 300)) == [.setTimer(.ready("api", 3), after: .seconds(10))])
    // It does not listen alone either: that is told, and nobody waits for it.
    let effects = session.on(.timer(.ready("api", 3)), after: .seconds(10))
    #expect(effects.contains(.refuse("api")))
    #expect(
      session.marks.last == "run 3 does not listen after 10 s either: the run before it was not in its way")
    #expect(session.state.screen.message?.isError == true)
    session.on(.listening("api", 3, .fronted))
    #expect(session.on(.processReady("api", 3, port: 8080)).contains(.route("api", to: 3)))
  }

  @Test func `where two have lived beside each other, the old run serves on`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    session.makeReady("api", 2)
    session.save("b.go", after: .seconds(1))
    session.finishBuild()
    session.on(.processStarted("api", 3, pid: 300))
    #expect(session.on(.timer(.ready("api", 3)), after: .seconds(10)) == [.stop("api", 3, StopPolicy())])
    #expect(session.marks == ["run 3 not ready after 10s, run 2 still serves"])
    #expect(session.state.screen.message?.text.hasSuffix("; R starts it anew with run 2 killed") == true)
    #expect(session.service("api").process.name == .failed)
    #expect(session.service("api").servingRun == 2)
    #expect(session.on(.processEnded("api", 3)) == [])
    // Neither its backoff nor another run comes by itself; a save does.
    #expect(session.service("api").backoff.attempts == 0)
    session.save("c.go", after: .seconds(1))
    #expect(session.finishBuild() == [.start("api", 4)])
    session.on(.processStarted("api", 4, pid: 400))
    session.on(.processExited("api", 4, .code(1)))
    #expect(session.marks == ["run 4 exit 1, run 2 still serves"])
    session.on(.processEnded("api", 4))
    #expect(session.on(.action(.restart)).first == .start("api", 5))
  }

  @Test func `where the try with hold did not help, the code is at fault and it is not tried again`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    session.on(.processExited("api", 2, .code(1)))
    session.on(.processEnded("api", 2))
    session.on(.processEnded("api", 1))
    session.on(.processStarted("api", 3, pid: 300))
    #expect(
      session.on(.processExited("api", 3, .code(1))) == [
        .setTimer(.restart("api"), after: .milliseconds(100))
      ])
    session.on(.processEnded("api", 3))
    session.save("b.go", after: .seconds(1))
    #expect(session.finishBuild() == [.start("api", 4)])
    session.makeReady("api", 4)
    session.save("c.go", after: .seconds(1))
    #expect(session.finishBuild() == [.start("api", 5)])
    session.on(.processStarted("api", 5, pid: 500))
    session.on(.processExited("api", 5, .code(1)))
    #expect(session.marks == ["run 5 exit 1, run 4 still serves"])
  }

  @Test func `what cannot be started leaves the old run serving without another try`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild()
    #expect(session.on(.startFailed("api", 2, "tmp/api is not executable")) == [])
    #expect(session.marks.contains("run 2 cannot be started, run 1 still serves"))
    #expect(session.service("api").servingRun == 1)
  }

  @Test func `when the old run ends after the new one never got ready, the newest binary starts`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    session.makeReady("api", 2)
    session.save("b.go", after: .seconds(1))
    session.finishBuild()
    session.on(.processStarted("api", 3, pid: 300))
    session.on(.processExited("api", 3, .code(1)))
    session.on(.processEnded("api", 3))
    #expect(
      session.on(.processExited("api", 2, .code(2)), after: .seconds(60)) == [
        .stop("api", 2, StopPolicy()), .hold("api", HoldLimits()),
        .setTimer(.restart("api"), after: .milliseconds(100)),
      ])
    #expect(
      session.marks == ["exit 2 · restart 1 in 100 ms with what is newest, as run 3, which never got ready"])
    session.on(.processEnded("api", 2))
    #expect(session.on(.timer(.restart("api")), after: .milliseconds(100)) == [.start("api", 4)])
  }
}
