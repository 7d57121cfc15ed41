import Testing

@testable import DevtopCore

/// What open pages are told, and when.
@Suite struct PageTests {
  private let finding = Diagnostic(severity: .error, file: "main.go", line: 9, message: "undefined: x")

  @Test func `pages load again only when the new run is ready`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild()
    #expect(session.news == [])
    session.on(.processStarted("api", 2, pid: 200))
    session.on(.listening("api", 2, .fronted))
    #expect(session.news == [])
    session.on(.processReady("api", 2, port: 8080))
    #expect(session.news == [.reload])
  }

  @Test func `an unchanged binary tells pages nothing`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild(binaryChanged: false)
    #expect(session.news == [])
  }

  @Test(arguments: [
    (["a.css"], BrowserNews.styles(["a.css"])), (["a.png", "b.SVG"], .images(["a.png", "b.SVG"])),
    (["a.css", "a.png"], .reload), (["a.css", "app.py"], .reload), (["css"], .reload),
  ])
  func `style sheets alone, or images alone, are swapped in place`(paths: [String], expected: BrowserNews) {
    var session = Session(.script())
    session.bringUpFronted("web")
    session.on(.filesChanged(paths.map { FileChange(path: $0, newContent: 2, roles: ["web": .asset]) }))
    session.makeReady("web", 2)
    #expect(session.news == [expected])
  }

  @Test func `what changed for a run that never served is not forgotten`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    session.save("app.py", service: "web")
    session.save("a.css", service: "web", after: .seconds(1))
    session.on(.processEnded("web", 2))
    session.makeReady("web", 3)
    #expect(session.news == [.reload])
  }

  @Test func `what changed in a build that failed is not forgotten either`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild("api", .failed(status: .code(1), reason: nil))
    session.save("a.css", role: .asset, after: .seconds(1))
    session.finishBuild()
    session.makeReady("api", 3)
    #expect(session.news == [.mended, .reload])
  }

  @Test func `an env file that is saved with a style sheet loads pages again`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.on(
      .filesChanged([
        FileChange(path: "a.css", newContent: 2, roles: ["api": .asset]),
        FileChange(path: ".env", newContent: 2, roles: ["api": .environment]),
      ]))
    session.finishBuild()
    session.makeReady("api", 2)
    #expect(session.news == [.reload])
  }

  @Test func `with reload none pages take changed files from the process that goes on`() {
    var spec = ServiceSpec.script()
    spec.reload.strategy = ReloadStrategy.none
    var session = Session(spec)
    session.bringUpFronted("web")
    #expect(session.save("a.css", service: "web") == [])
    #expect(session.news == [.styles(["a.css"])])
  }

  @Test func `a failed build is shown until one is good`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild("api", .failed(status: .code(1), reason: nil), diagnostics: [finding])
    #expect(session.news == [.problem(BrowserProblem(title: "build #2 failed", diagnostics: [finding]))])
    session.save("b.go", after: .seconds(1))
    session.on(.diagnosed("api", 3, finding))
    #expect(session.news == [])
    session.finishBuild("api", .succeeded, binaryChanged: false)
    #expect(session.news == [.mended])
  }

  @Test func `a mended build is told before the reload that it brings`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild("api", .failed(status: .code(1), reason: nil))
    session.save("b.go", after: .seconds(1))
    session.finishBuild()
    session.makeReady("api", 3)
    #expect(session.news == [.mended, .reload])
  }

  @Test func `a crash is shown with its place, and is gone when the restart is ready`() {
    var session = Session(.script())
    session.bringUpFronted("web")
    session.on(.processExited("web", 1, .code(2)))
    #expect(session.news == [.problem(BrowserProblem(title: "run 1 exit 2", run: 1))])
    session.on(.crashed("web", 1, finding))
    #expect(session.news == [.problem(BrowserProblem(title: "run 1 exit 2", diagnostics: [finding], run: 1))])
    session.on(.processEnded("web", 1))
    session.on(.timer(.restart("web")), after: .seconds(1))
    #expect(session.news == [])
    session.makeReady("web", 2)
    #expect(session.news == [.mended, .reload])
  }

  @Test func `a crash while the build is red leaves the build shown once it runs again`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.save()
    session.finishBuild("api", .failed(status: .code(1), reason: nil))
    session.on(.processExited("api", 1, .code(2)))
    session.on(.processEnded("api", 1))
    session.on(.timer(.restart("api")), after: .seconds(1))
    session.makeReady("api", 3)
    #expect(session.service("api").shownProblem?.title == "build #2 failed")
  }

  @Test func `a run that fails while the old one serves is shown`() {
    var session = Session(.go())
    session.bringUpFronted()
    session.startSecond()
    session.makeReady("api", 2)
    session.save("b.go", after: .seconds(1))
    session.finishBuild()
    session.on(.processStarted("api", 3, pid: 300))
    session.on(.processExited("api", 3, .code(1)))
    #expect(session.news == [.problem(BrowserProblem(title: "run 3 exit 1, run 2 still serves", run: 3))])
  }

  @Test func `live_reload false keeps problems alone`() {
    var spec = ServiceSpec.go()
    spec.proxy.reloadsBrowsers = false
    var session = Session(spec)
    session.bringUpFronted()
    session.save()
    session.finishBuild("api", .failed(status: .code(1), reason: nil))
    #expect(session.news.count == 1)
    session.save("b.go", after: .seconds(1))
    session.finishBuild()
    session.makeReady("api", 3)
    #expect(session.news == [.mended])
  }
}
