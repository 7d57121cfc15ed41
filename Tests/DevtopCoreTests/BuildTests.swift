import Testing

@testable import DevtopCore

/// What the end of a build leads to.
@Suite struct BuildTests {
  @Test func `a good build replaces the process: stop, then start`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    #expect(session.finishBuild() == [.stop("api", 1, StopPolicy())])
    #expect(session.on(.processExited("api", 1, .signal(15, name: "SIGTERM"))) == [])
    #expect(session.on(.processEnded("api", 1)) == [.start("api", 2)])
  }

  @Test func `a failed build leaves the old process serving`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    let error = Diagnostic(severity: .error, file: "main.go", line: 9, column: 3, message: "undefined: x")
    session.on(.diagnosed("api", 2, error))
    #expect(session.reports == [.diagnostic("api", 2, error)])
    #expect(session.finishBuild("api", .failed(status: .code(1), reason: nil), diagnostics: [error]) == [])
    #expect(session.service("api").process.port == 8080)
    #expect(session.service("api").isRed)
    #expect(session.marks.first?.contains("#1 still serves") == true)
    #expect(session.state.buildRows == [.diagnostic("api", error)])
  }

  @Test func `with stop_on_error a failed build stops the process`() {
    var spec = ServiceSpec.go()
    spec.stopsOnBuildError = true
    var session = Session(spec)
    session.bringUp()
    session.save()
    #expect(
      session.finishBuild("api", .failed(status: .code(1), reason: nil)) == [.stop("api", 1, StopPolicy())])
    session.on(.processEnded("api", 1))
    #expect(session.service("api").process == .stopped(1))
  }

  @Test func `an unchanged binary restarts nothing when only source changed`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    #expect(session.finishBuild(binaryChanged: false) == [])
    #expect(session.marks.first?.contains("unchanged binary, not restarted") == true)
    #expect(session.service("api").history.first?.keptProcess == .unchangedBinary)
  }

  @Test func `an unchanged binary restarts when a template changed`() {
    var session = Session(.go())
    session.bringUp()
    session.save("page.tmpl", role: .asset)
    #expect(session.finishBuild(binaryChanged: false) == [.stop("api", 1, StopPolicy())])
  }

  @Test func `an unchanged binary starts when nothing runs`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.processExited("api", 1, .code(2)))
    session.on(.processEnded("api", 1))
    session.save(after: .seconds(1))
    #expect(session.finishBuild(binaryChanged: false) == [.start("api", 2)])
  }

  @Test func `a result of an older run is ignored`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    #expect(session.on(.buildFinished("api", 1, BuildOutcome(.succeeded))) == [])
    #expect(session.reports.isEmpty)
    #expect(session.service("api").build.run == 2)
  }

  @Test func `what was fixed and what is new is counted against the build before`() {
    var session = Session(.go())
    session.bringUp()
    let one = Diagnostic(severity: .error, file: "a.go", line: 1, message: "one")
    let two = Diagnostic(severity: .error, file: "a.go", line: 2, message: "two")
    session.save()
    session.finishBuild("api", .failed(status: .code(1), reason: nil), diagnostics: [one])
    session.save(old: 2, new: 3, after: .seconds(1))
    session.finishBuild("api", .failed(status: .code(1), reason: nil), diagnostics: [two])
    #expect(session.service("api").history.first?.newDiagnostics == 1)
    #expect(session.service("api").history.first?.fixedDiagnostics == 1)
  }

  @Test func `a start builds what a person kept from being built`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    session.on(.command(.stop("api")))
    session.on(.buildFinished("api", 2, BuildOutcome(.cancelled)))
    session.on(.processEnded("api", 1))
    #expect(session.on(.command(.start("api"))) == [.build("api", 3, clean: false)])
    session.finishBuild()
    session.on(.processStarted("api", 3, pid: 101))
    session.on(.command(.stop("api")))
    session.on(.processEnded("api", 3))
    // Nothing is newer now.
    #expect(session.on(.command(.start("api"))).contains(.start("api", 4)))
  }

  @Test func `x in the Build pane cancels the build and keeps the process`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    session.on(.action(.focusBuild))
    #expect(session.on(.action(.stop)) == [.cancelBuild("api", 2)])
    #expect(session.finishBuild("api", .cancelled) == [])
    #expect(session.service("api").process.isUp)
    #expect(session.service("api").build == .idle)
  }

  @Test func `b builds again, B builds clean`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.on(.action(.rebuild)) == [.build("api", 2, clean: false)])
    #expect(session.finishBuild(binaryChanged: false) == [.stop("api", 1, StopPolicy())])
    #expect(session.on(.action(.cleanRebuild)) == [.build("api", 3, clean: true)])
  }

  @Test func `a service that was stopped by hand is built but not started`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.stop))
    session.on(.processEnded("api", 1))
    #expect(session.save(after: .seconds(1)) == [.build("api", 2, clean: false)])
    #expect(session.finishBuild() == [])
    #expect(session.on(.action(.start)) == [.start("api", 3)])
  }
}
