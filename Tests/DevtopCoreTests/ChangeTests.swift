import Testing

@testable import DevtopCore

/// What a save leads to.
@Suite struct ChangeTests {
  @Test func `the session begins with a build of every service that has one`() {
    var session = Session(.go(), .script("web"))
    #expect(session.on(.began) == [.build("api", 1, clean: false), .start("web", 1)])
  }

  @Test func `a save builds at once`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.save() == [.build("api", 2, clean: false)])
    #expect(
      session.reports.first == .filesChanged(paths: ["main.go"], result: .build, services: ["api"], rule: nil)
    )
    #expect(session.state.files.first?.outcome == .build(["api": 2]))
  }

  @Test func `a save without a difference builds nothing`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.save(old: 7, new: 7) == [])
    #expect(
      session.reports == [.filesChanged(paths: ["main.go"], result: .unchanged, services: [], rule: nil)])
  }

  @Test func `unchanged means as the newest started build saw it`() {
    var session = Session(.go())
    session.bringUp()
    session.save(old: 1, new: 2)
    session.finishBuild()
    session.advance(.seconds(5))
    // Back to what run 1 had: the newest started build had 2.
    #expect(session.save(old: 2, new: 1) == [.build("api", 3, clean: false)])
  }

  @Test func `an edit that is undone before its build starts is unchanged at the second save`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.pause))
    session.save(old: 1, new: 2)
    session.save(old: 2, new: 1)
    #expect(session.state.files.first?.outcome == .unchanged)
  }

  @Test func `any save builds while the last build failed`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    session.finishBuild("api", .failed(status: .code(1), reason: nil))
    #expect(session.save(old: 2, new: 2, after: .seconds(1)) == [.build("api", 3, clean: false)])
  }

  @Test func `any save builds while the service is down`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.processExited("api", 1, .code(2)))
    session.on(.processEnded("api", 1))
    #expect(session.save(old: 2, new: 2, after: .seconds(1)) == [.build("api", 2, clean: false)])
  }

  @Test func `where contents are not compared a touch builds`() {
    var spec = ServiceSpec.go()
    spec.watch.comparesContent = false
    var session = Session(spec)
    session.bringUp()
    #expect(session.save(old: 7, new: 7) == [.build("api", 2, clean: false)])
  }

  @Test func `an ignored change is told with its rule`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.save("tmp/x", role: .ignored(rule: ".gitignore:3")) == [])
    #expect(
      session.reports == [
        .filesChanged(paths: ["tmp/x"], result: .ignored, services: [], rule: ".gitignore:3")
      ])
    session.save("tmp/x", role: .ignored(rule: ".gitignore:3"))
    #expect(session.state.files.count == 1)
    #expect(session.state.files.first?.count == 2)
  }

  @Test func `a change during a build cancels it and the next starts when its tree is gone`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    #expect(session.save(old: 2, new: 3, after: .milliseconds(300)) == [.cancelBuild("api", 2)])
    #expect(session.finishBuild("api", .cancelled) == [.build("api", 3, clean: false)])
    #expect(session.service("api").changes.building.paths.all == ["main.go"])
  }

  @Test
  func `after three cancellations in a row the build is let finish, and the newest state is built next`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    for content in 3...5 {
      #expect(
        session.save(old: UInt64(content - 1), new: UInt64(content), after: .milliseconds(300)).first
          == .cancelBuild("api", content - 1))
      session.finishBuild("api", .cancelled)
    }
    #expect(session.save("other.go", after: .milliseconds(300)) == [])
    let effects = session.finishBuild()
    #expect(effects.contains(.stop("api", 1, StopPolicy())))
    #expect(effects.last == .build("api", 6, clean: false))
  }

  @Test func `ten seconds of cancellations are enough, too`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    #expect(session.save(old: 2, new: 3, after: .seconds(5)) == [.cancelBuild("api", 2)])
    session.finishBuild("api", .cancelled)
    #expect(session.save(old: 3, new: 4, after: .seconds(11)) == [])
  }

  @Test func `a stale build that ended well in spite of its cancellation never reaches the service`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    session.save(old: 2, new: 3, after: .milliseconds(300))
    #expect(session.finishBuild("api", .succeeded) == [.build("api", 3, clean: false)])
  }

  @Test func `a burst is awaited after its first save`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.save("a.go") == [.build("api", 2, clean: false)])
    let effects = session.save("b.go", after: .milliseconds(5))
    #expect(effects == [.setTimer(.settle("api"), after: .milliseconds(50)), .cancelBuild("api", 2)])
    session.save("c.go", after: .milliseconds(5))
    #expect(session.finishBuild("api", .cancelled) == [])
    #expect(session.on(.timer(.settle("api")), after: .milliseconds(50)) == [.build("api", 3, clean: false)])
    #expect(session.service("api").changes.building.paths.all == ["a.go", "b.go", "c.go"])
  }

  @Test func `a branch switch in one batch is awaited from the start`() {
    var session = Session(.go())
    session.bringUp()
    let changes = (0..<50).map {
      FileChange(path: "f\($0).go", oldContent: 1, newContent: 2, roles: ["api": .source])
    }
    #expect(session.on(.filesChanged(changes)) == [.setTimer(.settle("api"), after: .milliseconds(62))])
  }

  @Test func `a burst that never ends is built all the same`() {
    var session = Session(.go())
    session.bringUp()
    session.save("a.go")
    var started = 0
    for number in 0..<60 {
      let effects = session.save("b\(number).go", after: .milliseconds(50))
      if session.service("api").build.run != nil, case .cancelling = session.service("api").build {
        session.finishBuild("api", .cancelled)
      }
      started += effects.count { if case .build = $0 { true } else { false } }
    }
    #expect(started == 1)
  }

  @Test func `delay of the configuration is honoured`() {
    var spec = ServiceSpec.go()
    spec.watch.delay = .seconds(1)
    var session = Session(spec)
    session.bringUp()
    #expect(session.save() == [.setTimer(.settle("api"), after: .seconds(1))])
    #expect(session.on(.timer(.settle("api"))) == [.build("api", 2, clean: false)])
  }

  @Test func `an env file restarts without a build`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.save(".env", role: .environment) == [.stop("api", 1, StopPolicy())])
    #expect(session.on(.processEnded("api", 1)) == [.start("api", 2)])
    #expect(session.state.files.first?.outcome == .restart(["api"]))
  }

  @Test func `a service without a build restarts on any change`() {
    var session = Session(.script("web"))
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 5))
    session.advance(.seconds(3))
    #expect(session.save("app.py", service: "web") == [.stop("web", 1, StopPolicy())])
    #expect(session.on(.processEnded("web", 1)) == [.start("web", 2)])
  }

  @Test func `a build that writes what it watches is found, named once and stopped`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    var content: UInt64 = 10
    // Every build writes gen.go while it runs.
    for _ in 0..<AppState.cancellationLimit {
      content += 1
      session.save("gen.go", old: content - 1, new: content, after: .milliseconds(200))
      session.finishBuild("api", .cancelled)
    }
    content += 1
    session.save("gen.go", old: content - 1, new: content, after: .milliseconds(200))
    let held = session.finishBuild()
    #expect(held.contains(.setTimer(.settle("api"), after: AppState.loopHold)))
    #expect(!held.contains { if case .build = $0 { true } else { false } })
    // Nobody writes the file meanwhile; the build that proves it runs, and writes it again.
    session.on(.timer(.settle("api")), after: AppState.loopHold)
    session.save("gen.go", old: content, new: content + 1, after: .milliseconds(200))
    #expect(
      session.state.notices.first?.text.message.contains("gen.go is written by the build of api itself")
        == true)
    #expect(session.finishBuild().allSatisfy { if case .build = $0 { false } else { true } })
    #expect(session.save("main.go", old: 2, new: 9, after: .seconds(5)).count == 1)
    #expect(session.save("gen.go", old: 50, new: 51, after: .milliseconds(200)) == [])
    #expect(session.finishBuild().allSatisfy { if case .build = $0 { false } else { true } })
  }

  @Test func `a build that writes files of ever new names is stopped too, and other files still build`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    func write(_ path: String) -> [Effect] {
      session.on(
        .filesChanged([FileChange(path: path, kind: .created, newContent: 7, roles: ["api": .asset])]),
        after: .milliseconds(200))
    }
    for number in 0..<AppState.cancellationLimit {
      _ = write("dist/app.\(number).js")
      session.finishBuild("api", .cancelled)
    }
    _ = write("dist/app.x.js")
    #expect(session.finishBuild().contains(.setTimer(.settle("api"), after: AppState.loopHold)))
    session.on(.timer(.settle("api")), after: AppState.loopHold)
    _ = write("dist/app.y.js")
    let message = session.state.notices.first?.text.message
    #expect(message?.contains("a new file such as dist/app.y.js") == true, "\(message ?? "")")
    #expect(message?.contains("dist/*.js are ignored while builds run") == true, "\(message ?? "")")
    #expect(session.finishBuild().allSatisfy { if case .build = $0 { false } else { true } })
    // Another kind of file, and one of that kind while nothing builds, are a person's.
    #expect(session.save("main.go", old: 2, new: 9, after: .seconds(5)).count == 1)
    #expect(write("dist/app.z.js") == [])
    #expect(session.finishBuild().allSatisfy { if case .build = $0 { false } else { true } })
    session.advance(.seconds(5))
    #expect(!write("dist/mine.js").isEmpty)
  }

  @Test func `many new files during one build are built at once`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    // A person saves until a build is let finish; then a branch is switched.
    for content in 10..<10 + UInt64(AppState.cancellationLimit) {
      session.save(old: content - 1, new: content, after: .milliseconds(200))
      session.finishBuild("api", .cancelled)
    }
    let batch = (0..<10).map { number in
      FileChange(path: "pages/\(number).go", kind: .created, newContent: 7, roles: ["api": .source])
    }
    session.on(.filesChanged(batch), after: .milliseconds(200))
    let next = session.finishBuild()
    #expect(next.contains { if case .build = $0 { true } else { false } }, "\(next)")
    #expect(session.service("api").changes.suspects.isEmpty)
  }

  @Test func `a person who saves through every build is not taken for the build`() {
    var session = Session(.go())
    session.bringUp()
    session.save()
    var content: UInt64 = 10
    for _ in 0...AppState.cancellationLimit {
      content += 1
      session.save("main.go", old: content - 1, new: content, after: .milliseconds(200))
      session.finishBuild("api", session.service("api").build.run.map { _ in .cancelled } ?? .succeeded)
    }
    if case .running = session.service("api").build { session.finishBuild() }
    // A save while the build is held proves that a person writes the file.
    session.save("main.go", old: content, new: content + 1, after: .milliseconds(300))
    #expect(session.service("api").changes.muted.isEmpty)
    #expect(session.state.notices.isEmpty)
  }

  @Test func `without a build, unchanged means as the running process saw it`() {
    var session = Session(.script("web"))
    session.on(.began)
    func restart(_ run: RunNumber) {
      session.on(.processEnded("web", run))
      session.on(.processStarted("web", run + 1, pid: 100))
    }
    session.on(.processStarted("web", 1, pid: 99))
    #expect(session.save("app.py", old: 1, new: 2, service: "web").count == 1)
    restart(1)
    #expect(session.save("app.py", old: 2, new: 2, service: "web", after: .seconds(1)) == [])
    // Undone: the process that runs has the other text.
    #expect(session.save("app.py", old: 2, new: 1, service: "web", after: .seconds(1)).count == 1)
    restart(2)
    #expect(session.save("app.py", old: 1, new: 1, service: "web", after: .seconds(1)) == [])
  }

  @Test func `an environment file that is changed and changed back restarts twice`() {
    var session = Session(.go())
    session.bringUp()
    #expect(session.save(".env", old: 1, new: 2, role: .environment).count == 1)
    session.on(.processEnded("api", 1))
    session.on(.processStarted("api", 2, pid: 101))
    #expect(session.save(".env", old: 2, new: 1, role: .environment, after: .seconds(1)).count == 1)
  }

  @Test func `a service that the change does not concern is left alone`() {
    var session = Session(.go("api"), .go("web"))
    session.on(.began)
    session.finishBuild("api")
    session.finishBuild("web")
    #expect(session.save("a.go", service: "web", after: .seconds(9)) == [.build("web", 2, clean: false)])
    #expect(session.service("api").build == .idle)
  }
}

extension ChangeTests {
  @Test func `a burst restarts a service without a build once it is over`() {
    var session = Session(.script("web"))
    session.on(.began)
    session.on(.processStarted("web", 1, pid: 5))
    session.advance(.seconds(3))
    #expect(session.save("a.py", service: "web") == [.stop("web", 1, StopPolicy())])
    session.on(.processEnded("web", 1))
    session.on(.processStarted("web", 2, pid: 6))
    for name in ["b.py", "c.py"] {
      #expect(
        session.save(name, service: "web", after: .milliseconds(5)) == [
          .setTimer(.settle("web"), after: .milliseconds(50))
        ])
    }
    #expect(session.on(.timer(.settle("web")), after: .milliseconds(50)) == [.stop("web", 2, StopPolicy())])
  }

  @Test func `a hundred thousand changes in a batch are one build`() {
    var session = Session(.go())
    session.bringUp()
    let changes = (0..<100_000).map {
      FileChange(path: "f\($0).go", oldContent: 1, newContent: 2, roles: ["api": .source])
    }
    #expect(session.on(.filesChanged(changes)) == [.setTimer(.settle("api"), after: .milliseconds(300))])
    #expect(session.on(.timer(.settle("api"))) == [.build("api", 2, clean: false)])
    #expect(session.state.files.count == AppState.fileEntryLimit)
  }
}
