import Testing

@testable import DevtopCore

/// Keys, prompts and the panes that they move.
@Suite struct KeyTests {
  private func type(_ text: String, in session: inout Session) {
    for character in text { session.on(.key(.character(character))) }
  }

  @Test func `a filter is previewed at each key, kept by Enter and reverted by Escape`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.key(.character("f")))
    #expect(session.on(.key(.character("a"))) == [.logs(.setFilter("a"))])
    session.on(.logs(.filterApplied("a")))
    #expect(session.on(.key(.enter)) == [.logs(.setFilter("a"))])
    #expect(session.state.screen.logs.filter == "a")
    session.on(.key(.character("f")))
    #expect(session.on(.key(.character("b"))) == [.logs(.setFilter("ab"))])
    #expect(session.on(.key(.escape)) == [.logs(.setFilter("a"))])
    #expect(session.state.screen.prompt == nil)
    #expect(session.state.screen.logs.filter == "a")
  }

  @Test func `a filter with an error is not kept, and says what is wrong and where`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.key(.character("f")))
    type("level:x", in: &session)
    session.on(.logs(.filterRejected("level:x", message: "no such level", column: 7)))
    #expect(session.on(.key(.enter)) == [])
    #expect(session.state.screen.prompt?.error?.column == 7)
    #expect(session.state.screen.logs.filter == "")
  }

  @Test func `the arrow up brings older filters back`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.key(.character("f")))
    type("one", in: &session)
    session.on(.key(.enter))
    session.on(.key(.character("f")))
    session.on(.key(.control("u")))
    #expect(session.on(.key(.up)) == [.logs(.setFilter("one"))])
  }

  @Test(arguments: [("x", 867), ("日", 1_753)])
  func `a long line is read to its end, and back from there at once`(character: String, last: Int) {
    var session = Session(.go())
    session.on(.resized(Size(columns: 80, rows: 24)))
    // 65,536 characters in 74 columns, or 37 wide ones, are 886 or 1,772 rows; one more row is below, 20 are shown.
    let lines = [String(repeating: character, count: 65_536), "the line was longer"]
    session.state.screen.overlay = .detail(title: "api", lines: lines, scroll: 0)
    func scroll() -> Int? {
      if case .detail(_, _, let scroll)? = session.state.screen.overlay { scroll } else { nil }
    }
    session.on(.key(.character("G")))
    #expect(scroll() == last)
    session.on(.key(.pageDown))
    #expect(scroll() == last)
    session.on(.key(.up))
    #expect(scroll() == last - 1)
    session.on(.key(.home))
    #expect(scroll() == 0)
    session.on(.key(.pageDown))
    #expect(scroll() == 20)
    session.on(.key(.end))
    #expect(scroll() == last)
  }

  @Test func `Escape backs out step by step and never quits`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.action(.zoom))
    session.on(.logs(.moved(cursor: 3, bottom: 9)))
    session.state.screen.message = nil
    session.on(.key(.escape))
    #expect(!session.state.screen.isZoomed)
    session.on(.key(.escape))
    #expect(session.state.screen.logs.follows)
    #expect(session.on(.key(.escape)) == [])
    #expect(session.state.phase == .running)
  }

  @Test func `scrolling up pauses following and G resumes it`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.logs(.moved(cursor: 3, bottom: 9)))
    #expect(!session.state.screen.logs.follows)
    session.on(.key(.character("G")))
    #expect(session.state.screen.logs.follows)
    #expect(session.state.screen.logs.bottom == nil)
  }

  @Test func `e shows the first error of a red build, then walks through them`() {
    var session = Session(.go())
    session.bringUp()
    let errors = (1...3).map { Diagnostic(severity: .error, file: "a.go", line: $0, message: "e\($0)") }
    session.save()
    session.finishBuild("api", .failed(status: .code(1), reason: nil), diagnostics: errors)
    session.on(.key(.character("e")))
    #expect(session.state.screen.focus == .build)
    #expect(session.state.screen.build.cursor.selected == 0)
    session.on(.key(.character("e")))
    #expect(session.state.screen.build.cursor.selected == 1)
    session.on(.key(.character("E")))
    session.on(.key(.character("E")))
    #expect(session.state.screen.build.cursor.selected == 2)
    #expect(session.on(.key(.enter)) == [.open(path: "/shop/a.go", line: 3, column: nil)])
  }

  @Test func `e without a red build finds the newest line of level warn or worse`() {
    var session = Session(.go())
    session.bringUp()
    guard
      case .logs(.findLevel(.warn, from: nil, forward: false, _))? = session.on(.key(.character("e"))).first
    else {
      Issue.record("\(session.effects)")
      return
    }
  }

  @Test func `the palette runs what is selected`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.key(.character(":")))
    type("pause", in: &session)
    session.on(.key(.enter))
    #expect(session.state.watch.isPaused)
    #expect(session.state.screen.overlay == nil)
  }

  @Test func `a key of the configuration replaces the default, which is free then`() {
    let origin = SourcePosition(file: "devtop.toml", line: 9)
    let table = KeyTable(overrides: [KeyBinding(action: .rebuild, key: .character("x"), origin: origin)])
    #expect(table.action(for: .character("x"), in: .logs) == .rebuild)
    #expect(table.action(for: .character("b"), in: .logs) == nil)
    #expect(table.keyName(for: .stop) == nil)
  }

  @Test func `every action has a key or is for the palette, and every key one meaning a pane`() {
    let table = KeyTable()
    let forPalette: Set<Action> = [.toggleFault]
    for action in Action.allCases {
      #expect((table.keyName(for: action) == nil) == forPalette.contains(action), "\(action.rawValue)")
      #expect(
        PaletteList.items(action.rawValue, table).contains {
          if case .action(let binding) = $0 { binding.action == action } else { false }
        })
    }
    for pane in Pane.allCases {
      var seen: [Key: Action] = [:]
      for binding in table.bindings where binding.panes.isEmpty || binding.panes.contains(pane) {
        for key in binding.keys {
          #expect(seen.updateValue(binding.action, forKey: key) == nil, "\(key.name) in \(pane.title)")
        }
      }
    }
  }

  @Test(arguments: KeyTable().bindings.flatMap(\.keys))
  func `every key can be written in the configuration as help names it`(key: Key) {
    #expect(Key(name: key.name) == key)
  }

  @Test func `the line editor edits as readline does`() {
    var editor = LineEditor(text: "one two three")
    _ = editor.handle(.control("w"))
    #expect(editor.text == "one two ")
    _ = editor.handle(.control("a"))
    _ = editor.handle(.control("f"))
    _ = editor.handle(.control("k"))
    #expect(editor.text == "o")
    editor.insert("a\nb")
    #expect(editor.text == "oa b")
    _ = editor.handle(.backspace)
    _ = editor.handle(.left)
    _ = editor.handle(.delete)
    #expect(editor.text == "oa")
    _ = editor.handle(.control("u"))
    #expect(editor.text == "")
    _ = editor.handle(.control("y"))
    #expect(editor.text == "oa")
    editor.insert(" svc:api x")
    _ = editor.handle(.alt("b"))
    _ = editor.handle(.alt("b"))
    _ = editor.handle(.alt("d"))
    #expect(editor.text == "oa svc: x")
    let isHandled = editor.handle(.tab)
    #expect(!isHandled)
  }

  @Test(arguments: [
    ("./main.go:9:3: undefined: x", FileLocation(path: "./main.go", line: 9, column: 3)),
    ("\tat handle (/srv/app.js:12:7)", FileLocation(path: "/srv/app.js", line: 12, column: 7)),
    ("  File \"app.py\", line 7, in <module>", FileLocation(path: "app.py", line: 7)),
    ("main.handler(...)\t/srv/api/order.go:88 +0x1d", FileLocation(path: "/srv/api/order.go", line: 88)),
  ])
  func `a line of the log leads to the file that it names`(text: String, expected: FileLocation) {
    #expect(FileLocation.find(in: text) == expected)
  }

  @Test(arguments: ["listening on 10.0.0.1:8080", "at 12:30:01", "http://localhost:80/", "no file here"])
  func `addresses and times are no files`(text: String) {
    #expect(FileLocation.find(in: text) == nil)
  }
}

/// Named filters, times and files, by the palette and the prompts.
@Suite struct PaletteTests {
  private func run(_ text: String, in session: inout Session) -> [Effect] {
    session.on(.key(.character(":")))
    for character in text { session.on(.key(.character(character))) }
    return session.on(.key(.enter))
  }

  @Test func `a filter gets a name, is used by it, and the name is forgotten`() {
    var session = Session(.go())
    session.bringUp()
    #expect(
      run("w slow", in: &session).contains { if case .keepFilters = $0 { true } else { false } } == false)
    #expect(session.state.screen.message?.isError == true)
    session.state.screen.logs.filter = ".took:>1s"
    let kept = NamedFilter(name: "slow ones", text: ".took:>1s")
    #expect(run("w slow  ones", in: &session).contains(.keepFilters([kept])))
    session.state.screen.logs.filter = ""
    #expect(run("slo", in: &session) == [.logs(.setFilter(".took:>1s"))])
    #expect(
      session.state.screen.logs.filter == ".took:>1s" && session.state.screen.filterHistory == [".took:>1s"])
    session.state.screen.logs.filter = ""
    #expect(run("w slow ones", in: &session).contains(.keepFilters([])))
    #expect(session.state.filters.isEmpty)
  }

  @Test func `a digit or a minus jumps in the log`() {
    var session = Session(.go())
    session.bringUp()
    session.state.screen.focus = .files
    #expect(run("14:02", in: &session) == [.logs(.jump("14:02", height: session.state.logHeight))])
    #expect(session.state.screen.focus == .logs)
    #expect(run("-5m", in: &session) == [.logs(.jump("-5m", height: session.state.logHeight))])
  }

  @Test func `lines are written to the file that is named`() {
    var session = Session(.go())
    session.bringUp()
    session.on(.key(.character("S")))
    #expect(session.state.screen.prompt?.editor.text.hasSuffix(".log") == true)
    session.on(.key(.control("u")))
    for character in "x.jsonl" { session.on(.key(.character(character))) }
    #expect(session.on(.key(.enter)) == [.logs(.export("x.jsonl"))])
    #expect(session.state.screen.exportHistory == ["x.jsonl"])
    // Nothing is built or restarted for it.
    let change = FileChange(path: "x.jsonl", kind: .created, newContent: 7, roles: ["api": .source])
    #expect(!session.on(.filesChanged([change])).contains { if case .setTimer = $0 { true } else { false } })
    #expect(session.state.files.first?.outcome == .ignored(rule: "written by devtop"))
  }

  @Test func `context goes through its steps`() {
    var session = Session(.go())
    session.bringUp()
    session.state.screen.focus = .logs
    let steps = (0..<4).map { _ in session.on(.key(.character("C"))).first }
    #expect(steps == [3, 10, 0, 3].map { .logs(.setContext($0)) })
  }
}
