import Testing

@testable import DevtopCore

/// What becomes of processes.
@Suite struct ProcessTests {
  @Test func `a crash restarts with a delay that doubles to ten seconds`() {
    var session = Session(.script())
    session.on(.began)
    var delays: [Duration] = []
    for run in 1...9 {
      session.on(.processStarted("web", run, pid: Int32(run)))
      for case .setTimer(.restart, let delay) in session.on(.processExited("web", run, .code(2))) {
        delays.append(delay)
      }
      session.on(.processEnded("web", run))
      session.on(.timer(.restart("web")), after: .seconds(10))
    }
    #expect(delays.map(\.inMilliseconds) == [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
  }

  @Test func `thirty seconds up reset the backoff`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    session.on(.processExited("web", 1, .code(2)))
    session.on(.processEnded("web", 1))
    session.on(.timer(.restart("web")), after: .seconds(1))
    session.on(.processStarted("web", 2, pid: 2))
    let effects = session.on(.processExited("web", 2, .code(2)), after: .seconds(31))
    #expect(effects == [.setTimer(.restart("web"), after: .milliseconds(100))])
  }

  @Test func `the state of a crash says what, which restart and when`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    session.on(.processExited("web", 1, .code(2)))
    #expect(session.marks == ["exit 2 · restart 1 in 100 ms"])
    #expect(
      session.reports == [.serviceState("web", 1, .failed, pid: nil, port: nil, status: .code(2))])
  }

  @Test func `restart never leaves a crashed service down`() {
    var spec = ServiceSpec.script()
    spec.restart = .never
    var session = Session(spec)
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    #expect(session.on(.processExited("web", 1, .signal(11, name: "SIGSEGV"))) == [])
    #expect(session.service("web").process.name == .failed)
  }

  @Test func `exit 0 is no failure, and restarts only under always`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    #expect(session.on(.processExited("web", 1, .code(0))) == [])
    #expect(session.service("web").process == .exited(1, .code(0)))

    var spec = ServiceSpec.script()
    spec.restart = .always
    spec.restartDelay = .milliseconds(500)
    var always = Session(spec)
    always.on(.began)
    always.on(.processStarted("web", 1, pid: 1))
    #expect(
      always.on(.processExited("web", 1, .code(0))) == [.setTimer(.restart("web"), after: .milliseconds(500))]
    )
    #expect(always.service("web").process.name == .exited)
  }

  @Test func `restart pressed a hundred times leaves one instance, the newest`() {
    var session = Session(.go())
    session.bringUp()
    var stops = 0
    for _ in 0..<100 { stops += session.on(.action(.restart)).count }
    #expect(stops == 1)
    #expect(session.on(.processEnded("api", 1)) == [.start("api", 101)])
  }

  @Test func `a stop during a restart ends as last asked`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.restart))
    session.on(.action(.stop))
    #expect(session.on(.processEnded("api", 1)) == [])
    #expect(session.service("api").process == .stopped(1))
  }

  @Test func `a start during a stop ends as last asked`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.stop))
    session.on(.action(.start))
    #expect(session.on(.processEnded("api", 1)) == [.start("api", 2)])
  }

  @Test func `a hard restart kills at once`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.on(.action(.hardRestart)) == [.stop("api", 1, StopPolicy(signal: 9, grace: .zero))])
  }

  @Test func `descendants that outlive a crash are ended before the restart`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    session.on(.processExited("web", 1, .code(1)))
    #expect(session.on(.timer(.restart("web"))) == [.stop("web", 1, StopPolicy())])
    #expect(session.on(.processEnded("web", 1)) == [.start("web", 2)])
  }

  @Test func `ready comes with the port and after how long`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 9))
    session.on(.processReady("web", 1, port: 3000), after: .milliseconds(41))
    #expect(session.marks == ["#1 ready on :3000 after 41 ms"])
    #expect(session.reports == [.serviceState("web", 1, .ready, pid: 9, port: 3000, status: nil)])
  }

  @Test func `a service without a listener runs after two seconds, and is ready when one appears later`() {
    var session = Session(.script())
    session.on(.began)
    #expect(
      session.on(.processStarted("web", 1, pid: 9)) == [.setTimer(.ready("web", 1), after: .seconds(2))])
    session.on(.timer(.ready("web", 1)), after: .seconds(2))
    #expect(session.service("web").process.name == .running)
    session.on(.processReady("web", 1, port: 3000))
    #expect(session.service("web").process.port == 3000)
  }

  @Test func `a probe that does not pass in time is warned about`() {
    var spec = ServiceSpec.script()
    spec.readiness = .http(path: "/healthz", port: nil)
    var session = Session(spec)
    session.on(.began)
    #expect(
      session.on(.processStarted("web", 1, pid: 9)) == [.setTimer(.ready("web", 1), after: .seconds(10))])
    session.on(.timer(.ready("web", 1)), after: .seconds(10))
    #expect(session.state.notices.first?.text.message.contains("not ready after 10 s (GET /healthz)") == true)
    #expect(session.service("web").process.name == .starting)
  }

  @Test func `a service waits for what it depends on, and for a one-shot to succeed`() {
    var session = Session(
      .script("db"), .script("migrate", dependsOn: ["db"]), .script("api", dependsOn: ["migrate"]))
    #expect(session.on(.began) == [.start("db", 1)])
    session.on(.processStarted("db", 1, pid: 1))
    #expect(session.on(.processReady("db", 1, port: 5432)) == [.start("migrate", 1)])
    session.on(.processStarted("migrate", 1, pid: 2))
    #expect(session.on(.processExited("migrate", 1, .code(0))) == [.start("api", 1)])
  }

  @Test func `who waits for a service that will not come is told so, once`() {
    var database = ServiceSpec.script("db")
    database.restart = .never
    var session = Session(database, .script("api", dependsOn: ["db"]))
    session.on(.began)
    session.on(.processStarted("db", 1, pid: 1))
    session.on(.processExited("db", 1, .code(3)))
    let said =
      "api waits for db, which failed (exit 3): start that one, mend it, or take it out of depends_on"
    #expect(session.state.notices.map(\.text.message) == [said])
    session.on(.processEnded("db", 1))
    #expect(session.on(.command(.restart("api"))) == [])
    #expect(session.state.notices.map(\.text.message) == [said])
    #expect(session.on(.command(.start("db"))) == [.start("db", 2)])
  }

  @Test func `who waits for a service that was stopped is told so`() {
    var session = Session(.script("db"), .script("api", dependsOn: ["db"]))
    session.on(.began)
    session.on(.processStarted("db", 1, pid: 1))
    session.on(.command(.stop("db")))
    session.on(.processEnded("db", 1))
    #expect(
      session.state.notices.map(\.text.message).contains {
        $0.hasPrefix("api waits for db, which is stopped")
      })
  }

  @Test func `a port in use names its holder, and x asks before it ends it`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    let start = WallTime(milliseconds: session.state.now.wall.milliseconds - 720_000)
    session.on(
      .portInUse("web", 1, PortHolder(port: 8080, pid: 812, command: "node server.js", since: start)))
    #expect(
      session.marks == [
        "port 8080 is held by pid 812 (node server.js) for 12 m; x in the Build pane, or kill 812, ends it"
      ])
    session.on(.processExited("web", 1, .code(1)))
    session.on(.processEnded("web", 1))
    #expect(session.on(.key(.character("x"))) == [])
    #expect(session.on(.key(.character("y"))) == [.endHolder("web", pid: 812, port: 8080)])
    #expect(session.on(.holderEnded("web", pid: 812)) == [.start("web", 2)])
  }

  @Test func `a server that only logs that its port is taken has failed, though it ends with status 0`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 7))
    // Told before the exit where devtop answers for the port.
    session.on(.portInUse("web", 1, PortHolder(port: 8080, pid: 812, command: "node server.js")))
    session.on(.processExited("web", 1, .code(0)))
    let failure = ProcessPhase.Failure(status: .code(0), reason: "port 8080 in use")
    #expect(session.state["web"]?.process == .failed(1, failure))
  }

  @Test func `the holder of another user is not offered`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    session.on(.portInUse("web", 1, PortHolder(port: 80, otherUser: "root")))
    session.on(.processExited("web", 1, .code(1)))
    session.on(.action(.stop))
    #expect(session.state.screen.overlay == nil)
    #expect(session.state.screen.message?.text.contains("user root") == true)
  }

  @Test func `what could not be started is a failure with its reason and is not tried in a loop`() {
    var session = Session(.script())
    session.on(.began)
    #expect(session.on(.startFailed("web", 1, "python3 is not installed")) == [])
    #expect(session.service("web").process.name == .failed)
    #expect(session.state.notices.first?.isError == true)
  }

  @Test func `a crash that is due for restart during a build is left to the build`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.processExited("api", 1, .code(2)))
    session.on(.processEnded("api", 1))
    session.save()
    #expect(session.on(.timer(.restart("api")), after: .milliseconds(100)) == [])
    #expect(session.finishBuild("api", .failed(status: .code(1), reason: nil)) == [.start("api", 3)])
  }

  @Test func `open files that only grow are warned about once`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    for count in 0..<30 {
      session.on(
        .sampled(
          "web", 1,
          ProcessSample(
            processes: 1, residentBytes: 1, cpuTime: .zero, openFiles: 10 + count * 3, closeWaitSockets: 0)),
        after: .seconds(30))
    }
    #expect(session.state.notices.count == 1)
    #expect(session.state.notices.first?.text.message.contains("open files") == true)
  }

  @Test func `open files that rise and fall are not warned about`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    for count in 0..<60 {
      session.on(
        .sampled(
          "web", 1,
          ProcessSample(
            processes: 1, residentBytes: 1, cpuTime: .zero, openFiles: 10 + (count % 9) * 30,
            closeWaitSockets: 0)),
        after: .seconds(30))
    }
    #expect(session.state.notices.isEmpty)
  }
}
