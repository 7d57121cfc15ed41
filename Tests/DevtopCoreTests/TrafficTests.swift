import Testing

@testable import DevtopCore

/// What becomes of requests while no run is ready, and of ports.
@Suite struct TrafficTests {
  @Test func `the first run has the requests once it is ready`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    #expect(session.on(.listening("web", 1, .fronted)) == [])
    #expect(session.on(.processReady("web", 1, port: 8080)) == [.route("web", to: 1)])
  }

  @Test func `another port of the run that has the requests is routed, too`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    var second = TakenPort.fronted
    second.address.port = 9090
    #expect(session.on(.listening("web", 1, second)) == [.route("web", to: 1)])
  }

  @Test func `a first run whose probe does not pass in time has the requests all the same`() {
    var spec = ServiceSpec.script()
    spec.readiness = .http(path: "/healthz", port: nil)
    var session = Session(spec)
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    session.on(.listening("web", 1, .fronted))
    #expect(session.on(.timer(.ready("web", 1))).contains(.route("web", to: 1)))
    session.on(.processReady("web", 1, port: 8080))
    #expect(session.state.services[0].traffic == .routed(1))
  }

  @Test func `trouble is made and ended by one action, where it is configured`() {
    var spec = ServiceSpec.script()
    spec.proxy.protection.fault = FaultSpec()
    var session = Session(spec, .script("api"))
    session.on(.began)
    #expect(session.on(.action(.toggleFault)).contains(.setFault("web", isOn: true)))
    #expect(session.on(.action(.toggleFault)).contains(.setFault("web", isOn: false)))
    session.on(.action(.toggleFault))
    var new = session.state.configuration
    new.services[0].proxy.protection.fault = nil
    #expect(session.on(.configurationChanged(new)).contains(.setFault("web", isOn: false)))
    #expect(!session.on(.action(.toggleFault)).contains { if case .setFault = $0 { true } else { false } })
  }

  @Test func `requests wait for the restart after a crash`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    #expect(
      session.on(.processExited("web", 1, .code(2))) == [
        .hold("web", HoldLimits()), .setTimer(.restart("web"), after: .milliseconds(100)),
      ])
    session.on(.processEnded("web", 1))
    session.on(.timer(.restart("web")), after: .seconds(1))
    session.on(.processStarted("web", 2, pid: 2))
    session.on(.listening("web", 2, .fronted))
    #expect(session.on(.processReady("web", 2, port: 8080)) == [.route("web", to: 2)])
  }

  @Test func `the third failed restart in a row ends the waiting, until a run is ready`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    var refusals: [Int] = []
    session.on(.processExited("web", 1, .code(2)))
    session.on(.processEnded("web", 1))
    for run in 2...6 {
      session.on(.timer(.restart("web")), after: .seconds(10))
      session.on(.processStarted("web", run, pid: 2))
      let effects = session.on(.processExited("web", run, .code(2)))
      #expect(!effects.contains(.hold("web", HoldLimits())))
      if effects.contains(.refuse("web")) { refusals.append(run) }
      session.on(.processEnded("web", run))
    }
    #expect(refusals == [4])
    session.on(.timer(.restart("web")), after: .seconds(10))
    session.on(.processStarted("web", 7, pid: 2))
    session.on(.listening("web", 7, .fronted))
    #expect(session.on(.processReady("web", 7, port: 8080)) == [.route("web", to: 7)])
  }

  @Test func `a change after a crash loop lets requests wait again`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    session.state.services[0].traffic = .refused
    session.state.services[0].process = .failed(1, ProcessPhase.Failure(status: .code(1)))
    session.state.services[0].liveRun = nil
    #expect(session.save("app.py", service: "web") == [.hold("web", HoldLimits()), .start("web", 2)])
  }

  @Test func `requests fail fast where no restart is coming`() {
    var spec = ServiceSpec.script()
    spec.restart = .never
    var session = Session(spec)
    session.bringUpFronted("web")
    #expect(session.on(.processExited("web", 1, .code(2))) == [.refuse("web")])
  }

  @Test func `requests fail fast where nothing was started`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    session.on(.processExited("web", 1, .code(2)))
    session.on(.processEnded("web", 1))
    session.on(.timer(.restart("web")), after: .seconds(1))
    #expect(session.on(.startFailed("web", 2, "python3 is not installed")) == [.refuse("web")])
  }

  @Test func `a planned reload is no failure`() {
    var spec = ServiceSpec.script()
    spec.reload.strategy = .hold
    var session = Session(spec)
    session.bringUpFronted("web")
    session.save("app.py", service: "web")
    #expect(session.on(.processExited("web", 1, .signal(15, name: "SIGTERM"))) == [])
    #expect(session.service("web").backoff.attempts == 0)
    #expect(session.on(.processEnded("web", 1)) == [.start("web", 2)])
  }

  @Test func `stopping gives the ports back at once, a restart does not`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    #expect(!session.on(.action(.restart)).contains(.releasePorts("web")))
    session.makeReady("web", 2)
    #expect(session.on(.action(.stop)).first == .releasePorts("web"))
    // What listens while it is being stopped is not taken again.
    #expect(session.on(.listening("web", 2, .fronted)) == [])
    #expect(session.service("web").publicAddresses.isEmpty)
  }

  @Test func `a fallback is in force and said once`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    session.on(.portsFellBack("web", .off, reason: "seccomp is missing"))
    #expect(session.service("web").portMode == .off)
    session.on(.portsFellBack("web", .off, reason: "seccomp is missing"))
    #expect(
      session.state.notices.map(\.text.message) == [
        "web: ports = \"off\" is used instead of \"takeover\": seccomp is missing"
      ])
    #expect(session.on(.action(.restart)).first == .hold("web", HoldLimits()))
  }

  @Test func `other ports in the configuration start the service anew, alone`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    session.on(.portsFellBack("web", .off, reason: "seccomp is missing"))
    var new = session.state.configuration
    new.services[0].ports.mode = .handoff
    #expect(
      session.on(.configurationChanged(new)).last
        == .drain("web", 1, within: .seconds(10), isBeforeStop: true))
    #expect(session.service("web").portMode == .handoff)
  }

  @Test func `other ports and another build start the service anew, alone, too`() {
    var session = Session(.go())
    session.bringUpFronted()
    var new = session.state.configuration
    new.services[0].ports.mode = .handoff
    new.services[0].build = [BuildStep(.shell("make"))]
    session.on(.configurationChanged(new))
    #expect(
      session.finishBuild() == [
        .hold("api", HoldLimits()), .drain("api", 1, within: .seconds(10), isBeforeStop: true),
      ])
  }
}
