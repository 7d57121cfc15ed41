import Testing

@testable import DevtopCore

/// Sequences that once led to the wrong thing.
@Suite struct RegressionTests {
  @Test func `an edit that is undone restarts a service without a build again`() {
    var session = Session(.script("web"))
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 5))
    session.advance(.seconds(3))
    session.save("app.py", old: 1, new: 2, service: "web")
    session.on(.processEnded("web", 1))
    session.on(.processStarted("web", 2, pid: 6))
    #expect(
      session.save("app.py", old: 2, new: 1, service: "web", after: .seconds(1)) == [
        .stop("web", 2, StopPolicy())
      ])
  }

  @Test func `a failed build owes the restart that it was to bring`() {
    var session = Session(.go())
    session.bringUp()
    session.on(
      .filesChanged([
        FileChange(path: "page.tmpl", oldContent: 1, newContent: 2, roles: ["api": .asset]),
        FileChange(path: "main.go", oldContent: 1, newContent: 2, roles: ["api": .source]),
      ]))
    session.finishBuild("api", .failed(status: .code(1), reason: nil))
    session.save(old: 2, new: 1, after: .seconds(1))
    #expect(session.finishBuild(binaryChanged: false) == [.stop("api", 1, StopPolicy())])
  }

  @Test func `an env file that is saved during a failing build restarts at the next good one`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    session.save(".env", role: .environment, after: .milliseconds(200))
    session.finishBuild("api", .failed(status: .code(1), reason: nil))
    session.save(old: 2, new: 1, after: .seconds(1))
    #expect(session.finishBuild(binaryChanged: false) == [.stop("api", 1, StopPolicy())])
  }

  @Test func `a muted path that a person saves while nothing builds is built again`() {
    var session = Session(.go())
    session.bringUp()
    session.state.services[0].changes.muted = ["main.go"]
    #expect(session.save() == [.build("api", 2, clean: false)])
    #expect(session.service("api").changes.muted.isEmpty)
  }

  @Test func `the same signal twice in a moment is one`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.on(.signalled(15)) == [.releasePorts("api"), .stop("api", 1, StopPolicy())])
    #expect(session.on(.signalled(15), after: .milliseconds(2)) == [])
    let forced = session.on(.signalled(15), after: .seconds(1))
    #expect(forced.contains(.stop("api", 1, StopPolicy(signal: 9, grace: .zero))))
  }

  @Test func `what survives SIGKILL does not hold devtop for ever`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.interrupt))
    #expect(session.on(.action(.interrupt)).contains(.setTimer(.ending, after: .seconds(3))))
    #expect(session.on(.timer(.ending), after: .seconds(3)) == [.exit(130)])
  }

  @Test func `a service that is leaving is not built or restarted`() {
    var session = Session(.go("api"), .go("web"))
    session.on(.began)
    session.finishBuild("api")
    session.finishBuild("web")
    var new = session.state.configuration
    new.services = [new.services[0]]
    session.on(.configurationChanged(new))
    #expect(session.on(.action(.rebuild)) == [.build("api", 2, clean: false)])
    #expect(session.on(.command(.restart("web"))) == [])
    session.on(.processEnded("web", 1))
    #expect(session.state.services.map(\.id) == ["api"])
  }

  @Test func `a change for a rule that is gone does nothing`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.save("a.scss", role: .rule(3)) == [])
  }

  @Test func `a service may depend on one that is only built`() {
    var library = ServiceSpec.go("lib")
    library.run = nil
    var session = Session(library, .script("web", dependsOn: ["lib"]))
    #expect(session.on(.began) == [.build("lib", 1, clean: false)])
    #expect(session.finishBuild("lib").contains(.start("web", 1)))
  }

  @Test func `a crash stays on the screen until something new is started for it`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    session.on(.processExited("web", 1, .code(2)))
    session.on(.crashed("web", 1, Diagnostic(severity: .error, file: "app.py", line: 7, message: "boom")))
    session.on(.processEnded("web", 1))
    session.on(.timer(.restart("web")))
    session.on(.processStarted("web", 2, pid: 2))
    #expect(session.state.buildRows.count == 1)
    session.on(.processReady("web", 2, port: 80))
    #expect(session.state.buildRows.count == 1)
    session.save("app.py", service: "web", after: .seconds(1))
    #expect(session.state.buildRows.isEmpty)
  }

  @Test func `a one-shot is waited for to its end, however long it takes`() {
    var migrate = ServiceSpec.script("migrate")
    migrate.restart = .never
    var session = Session(migrate, .script("api", dependsOn: ["migrate"]))
    session.on(.began)
    session.on(.processStarted("migrate", 1, pid: 1))
    #expect(session.on(.timer(.ready("migrate", 1)), after: .seconds(2)) == [])
    #expect(session.on(.processExited("migrate", 1, .code(0)), after: .seconds(4)) == [.start("api", 1)])
  }

  @Test func `a server that says its port is taken and ends with 0 has failed`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    session.on(.processExited("web", 1, .code(0)))
    session.on(.portInUse("web", 1, PortHolder(port: 8080, pid: 9)))
    guard case .failed = session.service("web").process else {
      Issue.record("\(session.service("web").process)")
      return
    }
  }

  @Test func `a start failure is forgotten when a start succeeds`() {
    var session = Session(.script())
    session.on(.began)
    session.on(.startFailed("web", 1, "python3 is not installed"))
    session.on(.action(.restart))
    session.on(.processStarted("web", 2, pid: 2))
    #expect(session.state.notices.isEmpty)
  }

  @Test func `x and then s during the first build end as last asked`() {
    var session = Session(.go())
    session.on(.began)
    session.on(.action(.stop))
    session.on(.action(.start))
    #expect(session.finishBuild("api", .cancelled) == [.build("api", 2, clean: false)])
    #expect(session.finishBuild() == [.start("api", 2)])
  }

  @Test func `what x cancelled leaves no trace in the next build`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.focusBuild))
    session.on(.action(.cleanRebuild))
    session.on(.action(.stop))
    session.finishBuild("api", .cancelled)
    #expect(session.save(after: .seconds(1)) == [.build("api", 3, clean: false)])
    #expect(session.state.files.first?.outcome == .build(["api": 3]))
  }

  @Test func `a pause holds what was about to be built`() {
    var spec = ServiceSpec.go()
    spec.watch.delay = .seconds(1)
    var session = Session(spec)
    session.bringUp()
    session.save()
    session.on(.action(.pause))
    #expect(session.on(.timer(.settle("api")), after: .seconds(1)) == [])
    #expect(session.on(.action(.buildPending)) == [.build("api", 2, clean: false)])
  }

  @Test func `t in a pause replaces the build that runs`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    session.on(.action(.pause))
    session.save("b.go", after: .milliseconds(300))
    #expect(session.on(.action(.buildPending)) == [.cancelBuild("api", 2)])
    #expect(session.finishBuild("api", .cancelled) == [.build("api", 3, clean: false)])
  }

  @Test func `a write with the same content does not cancel the build that retries`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    session.finishBuild("api", .failed(status: .code(1), reason: nil))
    session.save(old: 2, new: 2, after: .seconds(1))
    #expect(session.save(old: 2, new: 2, after: .milliseconds(300)) == [])
  }

  @Test func `the error of a configuration goes when the old content comes back`() {
    var session = Session(.go())
    session.bringUp()
    session.on(
      .configurationRejected([ConfigurationNotice("odd", at: SourcePosition(file: "devtop.toml", line: 3))]))
    session.on(.configurationChanged(session.state.configuration))
    #expect(session.state.notices.isEmpty)
  }

  @Test func `a service that is removed and put back comes up again`() {
    var session = Session(.go("api"), .script("web"))
    session.bringUp()
    session.on(.processStarted("web", 1, pid: 7))
    let both = session.state.configuration
    var one = both
    one.services = [both.services[0]]
    session.on(.configurationChanged(one))
    session.on(.configurationChanged(both))
    #expect(session.on(.processEnded("web", 1)) == [.start("web", 2)])
  }

  @Test func `a new service waits for a dependency that is new, too, whatever the order`() {
    var session = Session(.go("api"))
    session.bringUp()
    var new = session.state.configuration
    new.services += [.script("web", dependsOn: ["db"]), .script("db")]
    #expect(session.on(.configurationChanged(new)) == [.applyConfiguration(new), .start("db", 1)])
  }

  @Test func `a renamed service starts when the old one has let go of its port`() {
    var session = Session(.script("web"))
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 7))
    var new = session.state.configuration
    new.services = [.script("site")]
    #expect(
      session.on(.configurationChanged(new)) == [
        .applyConfiguration(new), .releasePorts("web"), .stop("web", 1, StopPolicy()),
      ])
    #expect(session.on(.processEnded("web", 1)) == [.start("site", 1)])
  }

  @Test func `a changed configuration does not start what a person has stopped`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.stop))
    session.on(.processEnded("api", 1))
    var new = session.state.configuration
    new.services[0].build = [BuildStep(.shell("make"))]
    #expect(
      session.on(.configurationChanged(new)) == [.applyConfiguration(new), .build("api", 2, clean: false)])
    #expect(session.finishBuild() == [])
  }

  @Test func `the log shows all services again when the one shown alone is removed`() {
    var session = Session(.go("api"), .script("web"))
    session.bringUp()
    session.state.screen.service = "web"
    session.on(.processExited("web", 1, .code(0)))
    session.on(.processEnded("web", 1))
    var new = session.state.configuration
    new.services = [new.services[0]]
    #expect(session.on(.configurationChanged(new)).contains(.logs(.showService(nil))))
  }

  @Test func `an incremental search begins where the cursor was, and Escape goes back there`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.logs(.moved(cursor: 40, bottom: 50)))
    session.on(.key(.character("/")))
    session.on(.key(.character("a")))
    session.on(.logs(.moved(cursor: 30, bottom: 35)))
    guard case .logs(.find("ab", from: 41, forward: false, _))? = session.on(.key(.character("b"))).first
    else {
      Issue.record("\(session.effects)")
      return
    }
    session.on(.key(.escape))
    #expect(session.state.screen.logs.cursor == 40)
    #expect(session.state.screen.logs.bottom == 50)
  }

  @Test func `a tiny restart delay does not spin`() {
    var spec = ServiceSpec.script()
    spec.restart = .always
    spec.restartDelay = .zero
    var session = Session(spec)
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 1))
    #expect(
      session.on(.processExited("web", 1, .code(0))) == [
        .setTimer(.restart("web"), after: .milliseconds(100))
      ])
  }
}
