import DevtopCore
import DevtopLogs
import Glibc
import Testing

@testable import devtop

/// What the log pane does with lines that a clear has hidden, and with files that lines name.
@Suite struct LogNavigatorTests {
  private let store = LogStore(capacityInBytes: 1 << 20) { WallTime(milliseconds: 0) }
  private let view: LogView
  private let navigator: LogNavigator

  init() {
    view = LogView(store: store, root: "/shop") {}
    navigator = LogNavigator(store: store, view: view)
  }

  /// Waits until the view shows all that is in the log.
  private func settle() {
    for _ in 0..<5_000 where !view.counts.isComplete { usleep(1_000) }
  }

  private func print(_ lines: [String], service: ServiceID = "api") {
    let source = store.source(service: service, run: 1, stream: .output)
    for line in lines { Array((line + "\n").utf8).withUnsafeBytes { store.append($0, from: source) } }
    settle()
  }

  private func answer(_ command: LogCommand) -> [Event] {
    defer { settle() }
    return navigator.answer(command, root: "/shop")
  }

  @Test func `what a filter leaves fills the window, wherever that was`() {
    print((0..<100).map { "row \($0)" })
    #expect(navigator.rows(endingAt: 20, count: 5).map(\.sequence) == [16, 17, 18, 19, 20])
    _ = answer(.setFilter("9"))
    #expect(navigator.rows(endingAt: 20, count: 5).map(\.sequence) == [9, 19, 29, 39, 49])
    _ = answer(.setFilter("98"))
    #expect(navigator.rows(endingAt: 20, count: 5).map(\.sequence) == [98])
    #expect(navigator.rows(endingAt: nil, count: 5).map(\.sequence) == [98])
    _ = answer(.clear)
    #expect(navigator.rows(endingAt: 20, count: 5).isEmpty)
  }

  @Test func `a record is one stop for errors`() {
    let trace = ["Traceback (most recent call last):", "  File \"a.py\", line 1, in f", "KeyError: 'x'"]
    print(["ERROR one"] + trace + ["between"] + trace + ["end"])
    func stop(_ from: Int?, _ forward: Bool) -> Int? {
      let events = answer(.findLevel(.warn, from: from, forward: forward, height: 10))
      guard case .logs(.moved(let cursor, _))? = events.first else { return nil }
      return cursor
    }
    #expect(stop(nil, false) == 5 && stop(5, false) == 1 && stop(1, false) == 0)
    #expect(stop(0, true) == 1 && stop(1, true) == 5)
  }

  @Test func `what was too slow is said`() {
    print((0..<300).map { String(repeating: "a", count: 3_000) + " !\($0)" })
    _ = answer(.setFilter("/(a|aa)+!$/"))
    #expect(navigator.counts(searching: "", cursor: nil).problem?.contains("too slow") == true)
    _ = answer(.setFilter(""))
    #expect(navigator.counts(searching: "", cursor: nil).problem == nil)
  }

  // MARK: Requests

  private func lines(id: String?, service: ServiceID = "api") -> LogCommand {
    // 1970-01-01, 0 to 50 ms.
    .showRequest(
      RequestLines(
        requestID: id, service: service, run: 4,
        time: WallTime(milliseconds: 0)...WallTime(milliseconds: 50)))
  }

  @Test func `the lines of a request are those with its id, also where the filter hides them`() {
    print(["one req=9f3a", "two", "three req=9f3a"])
    _ = answer(.setFilter("two"))
    #expect(answer(lines(id: "9f3a")) == [.logs(.requestLines(filter: "req:9f3a", isByTime: false))])
    #expect(
      answer(.linesWithID("9f3a"))
        == [.logs(.linesWithID("9f3a", ["one req=9f3a", "three req=9f3a"], hasMore: false))])
    #expect(answer(.linesWithID("none")) == [.logs(.linesWithID("none", [], hasMore: false))])
  }

  @Test func `without its id in the log they are those of the run in its time`() throws {
    print(["one", "a \"quoted\\ id"])
    #expect(
      answer(lines(id: "\"quoted\\ id"))
        == [.logs(.requestLines(filter: "req:\"\\\"quoted\\\\ id\"", isByTime: false))])
    for (id, service, name) in [("9f3a", "api", "svc:api"), (nil, "my app", "svc:\"my app\"")]
      as [(String?, ServiceID, String)]
    {
      guard case .logs(.requestLines(let filter, true))? = answer(lines(id: id, service: service)).first
      else {
        Issue.record("not by time")
        continue
      }
      #expect(filter.hasPrefix("\(name) run:4 t:") && filter.hasSuffix("00.050"), "\(filter)")
      #expect(answer(.setFilter(filter)) == [.logs(.filterApplied(filter))])
    }
  }

  @Test func `a filter of requests is read, and its errors are told`() {
    #expect(
      answer(.setRequestFilter("status:5xx"))
        == [.logs(.requestFilter(RequestFilter(text: "status:5xx") { _, _ in true }))])
    #expect(answer(.setRequestFilter("")) == [.logs(.requestFilter(nil))])
    guard case .logs(.filterRejected("status:x", _, 8))? = answer(.setRequestFilter("status:x")).first else {
      Issue.record("no error")
      return
    }
  }

  // MARK: Clearing

  @Test func `behind a clear nothing hidden is found or reached`() {
    print(["error one", "two", "error three"])
    _ = answer(.clear)
    print(["four", "five"])
    #expect(navigator.rows(endingAt: nil, count: 10).map(\.sequence) == [3, 4])
    for forward in [true, false] {
      for from in [nil, 3, 4] as [Int?] {
        #expect(
          answer(.find("error", from: from, forward: forward, height: 10)) == [
            .logs(.notFound("no line has error"))
          ])
        #expect(
          answer(.findLevel(.error, from: from, forward: forward, height: 10))
            == [.logs(.notFound("no error or worse in the log"))])
      }
    }
    // Up from the first visible row stays there, in a full window.
    #expect(
      answer(.move(cursor: 3, bottom: nil, by: -5, height: 10)) == [.logs(.moved(cursor: 3, bottom: 4))])
    #expect(answer(.move(cursor: 4, bottom: nil, by: -5, height: 1)) == [.logs(.moved(cursor: 3, bottom: 3))])
    #expect(answer(.moveToStart(height: 10)) == [.logs(.moved(cursor: 3, bottom: 4))])

    print(["error six", "seven"])
    for forward in [true, false] {
      #expect(
        answer(.find("error", from: 6, forward: forward, height: 1)) == [.logs(.moved(cursor: 5, bottom: 5))])
      #expect(
        answer(.find("error", from: 3, forward: forward, height: 1)) == [.logs(.moved(cursor: 5, bottom: 5))])
    }
    _ = answer(.undoClear)
    #expect(
      answer(.find("error", from: 5, forward: false, height: 1)) == [.logs(.moved(cursor: 2, bottom: 2))])
  }

  @Test(arguments: [
    ("/orders slow", 2), ("/orders/", 1), ("/or.ers/", 1), ("/OR.ERS/i", 1), ("slow /orders", 3),
  ])
  func `a search is for a piece of text, or for an expression between slashes`(text: String, found: Int) {
    print(["GET", "GET /orders", "GET /orders slow", "slow /orders"])
    let answer = answer(.find(text, from: nil, forward: true, height: 1))
    #expect(answer == [.logs(.moved(cursor: found, bottom: found))])
  }

  @Test func `a file is looked for in the service's directory, then in the project's root`() throws {
    var template = Array("/tmp/devtop-navigator.XXXXXX".utf8CString)
    let root = String(cString: try #require(mkdtemp(&template)))
    defer {
      for name in ["api/main.go", "go.go", "api/src/Foo.java"] { unlink("\(root)/\(name)") }
      for name in ["api/src", "api"] { rmdir("\(root)/\(name)") }
      rmdir(root)
    }
    for name in ["api", "api/src"] { mkdir("\(root)/\(name)", 0o755) }
    for name in ["api/main.go", "go.go", "api/src/Foo.java"] {
      close(open("\(root)/\(name)", O_CREAT | O_WRONLY, 0o644))
    }
    func place(_ line: String) -> String? {
      print([line])
      let events = navigator.answer(.openLocation(nil), root: root) { $0 == "api" ? root + "/api" : nil }
      guard case .logs(.location(let path, 7, _))? = events.first else { return nil }
      return path
    }
    #expect(place("main.go:7:1: odd") == root + "/api/main.go")
    #expect(place("go.go:7:1: odd") == root + "/go.go")
    #expect(place("at com.shop.Foo.pay(Foo.java:7)") == root + "/api/src/Foo.java")
    #expect(place("gone.go:7:1: odd") == nil)
    #expect(place("/etc/gone.go:7:1: odd") == "/etc/gone.go")
  }
}

/// Records, times, files and counts.
extension LogNavigatorTests {
  private static let trace = [
    "before", "panic: boom", "", "goroutine 1 [running]:", "main.pay()", "\t/shop/pay.go:7 +0x1",
    "exit status 2",
  ]

  @Test func `Enter unfolds a record and folds it again by its first line`() {
    print(Self.trace)
    #expect(navigator.rows(endingAt: nil, count: 9).map(\.sequence) == [0, 1, 2])
    #expect(answer(.openLine(2, bottom: nil, height: 9)) == [.logs(.moved(cursor: 1, bottom: 6))])
    #expect(navigator.rows(endingAt: nil, count: 9).count == 7)
    guard case .logs(.detail(_, let lines))? = answer(.openLine(4, bottom: 6, height: 9)).first else {
      Issue.record("no detail")
      return
    }
    #expect(lines == ["main.pay()"])
    _ = answer(.openLine(1, bottom: 6, height: 9))
    #expect(navigator.rows(endingAt: nil, count: 9).map(\.sequence) == [0, 1, 2])
    #expect(answer(.openLocation(1)) == [.logs(.location(path: "/shop/pay.go", line: 7, column: nil))])
    #expect(answer(.copy(1)) == [.logs(.copied(Self.trace.dropFirst().joined(separator: "\n")))])
    #expect(answer(.copy(0)) == [.logs(.copied("before"))])
  }

  @Test func `a search unfolds what it finds, and folds it when it goes on`() {
    print(Self.trace + ["after pay.go"])
    _ = answer(.find("\"pay.go\"", from: nil, forward: false, height: 9))
    #expect(
      answer(.find("goroutine", from: nil, forward: false, height: 9)) == [
        .logs(.moved(cursor: 3, bottom: 7))
      ])
    #expect(navigator.rows(endingAt: nil, count: 9).count == 8)
    _ = answer(.find("after", from: nil, forward: false, height: 9))
    #expect(navigator.rows(endingAt: nil, count: 9).map(\.sequence) == [0, 1, 2, 7])
  }

  @Test func `a search is counted, with the place of the selected line`() {
    print(["one hit", "two", "three hit", "four hit"])
    func counts(_ cursor: Int?) -> SearchCounts? {
      for _ in 0..<5_000 where navigator.counts(searching: "hit", cursor: cursor).search?.isComplete != true {
        usleep(1_000)
      }
      return navigator.counts(searching: "hit", cursor: cursor).search
    }
    #expect(counts(nil) == SearchCounts(place: nil, total: 3, isComplete: true))
    #expect(counts(2) == SearchCounts(place: 2, total: 3, isComplete: true))
    #expect(counts(1)?.place == nil)
    _ = answer(.setFilter("!one"))
    #expect(counts(2) == SearchCounts(place: 1, total: 2, isComplete: true))
    #expect(navigator.counts(searching: "", cursor: 2).search == nil)
  }

  @Test func `a time that is none is told`() {
    print(["one"])
    guard case .logs(.notFound(let text))? = answer(.jump("25:00", height: 9)).first else {
      Issue.record("no answer")
      return
    }
    #expect(text.contains("14:02"))
    // 1970-01-01, where the log is.
    #expect(answer(.jump("-1s", height: 9)) == [.logs(.notFound("no line since -1s"))])
  }

  @Test func `lines are written as they are shown, and no file is overwritten`() throws {
    print(["one", "\u{1B}[31mtwo\u{1B}[0m"] + Self.trace)
    _ = answer(.setFilter("two | pay.go"))
    let path = "/tmp/devtop-export-\(getpid())"
    for (suffix, expected) in [
      (".log", "1970-01-01T00:00:00.000Z api | two"),
      (".ansi", "1970-01-01T00:00:00.000Z api | \u{1B}[31mtwo\u{1B}[0m"),
      (
        ".jsonl",
        #"{"time":"1970-01-01T00:00:00.000Z","event":"log","service":"api","run":1,"stream":"out","text":"two"}"#
      ),
    ] {
      let file = path + suffix
      defer { unlink(file) }
      let told = Locked<String?>(nil)
      #expect(navigator.exporter(to: file).start { text in told.withLock { $0 = text } } == nil)
      for _ in 0..<5_000 where told.withLock({ $0 == nil }) { usleep(1_000) }
      #expect(told.withLock { $0 } == "wrote 7 lines to \(file)")
      let stream = try #require(fopen(file, "r"))
      defer { fclose(stream) }
      var line = [CChar](repeating: 0, count: 400)
      #expect(fgets(&line, 400, stream) != nil)
      #expect(
        String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) == expected
          + "\n")
      #expect(
        navigator.exporter(to: file).start { _ in }?.hasSuffix("is there already: choose another name")
          == true)
    }
    #expect(navigator.exporter(to: "/nowhere/x.log").start { _ in }?.contains("No such file") == true)
  }
}
