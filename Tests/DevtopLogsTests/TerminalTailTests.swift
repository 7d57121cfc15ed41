import DevtopCore
import Testing

@testable import DevtopLogs

/// Lines that a program goes back to are in the log as they were last.
struct TerminalTailTests {
  private static let up = "\u{1B}[1A"
  private static let erase = "\u{1B}[2K"

  /// What a view shows.
  private func shown(_ store: LogStore, filter: String? = nil) throws -> [String] {
    let watched = WatchedView(store)
    try watched.show(filter)
    #expect(watched.waitUntilComplete())
    return watched.texts
  }

  private func store(_ size: Size = Size(columns: 80, rows: 24)) -> LogStore {
    let store = LogStore()
    store.setTerminalSize(size)
    return store
  }

  private func shown(_ pieces: [String]) throws -> [String] {
    let store = store()
    let source = store.source()
    for piece in pieces { store.append(piece, from: source) }
    store.finish(source)
    return try shown(store)
  }

  /// Whether a view shows this soon, unfinished lines included.
  private func shows(_ expected: [String], of store: LogStore) -> Bool {
    let watched = WatchedView(store)
    return watched.wait { $0.isComplete && watched.texts == expected }
  }

  /// As `docker compose pull` does: up over all lines, each written anew.
  private func frame(_ states: [String]) -> String {
    "\u{1B}[\(states.count)A" + states.map { "\r\(Self.erase)\($0)\r\n" }.joined()
  }

  @Test func `blocks are what they were last`() throws {
    let pieces =
      ["pulling\r\na 0%\r\nb 0%\r\nc 0%\r\n"]
      + (1...100).map { frame(["a \($0)%", "b \($0 / 2)%", "c waits"]) }
    #expect(try shown(pieces) == ["pulling", "a 100%", "b 50%", "c waits"])
    let store = store()
    let source = store.source()
    for piece in pieces { store.append(piece, from: source) }
    #expect(shows(["pulling", "a 100%", "b 50%", "c waits"], of: store))
    #expect(
      try shown(pieces + ["all pulled\r\nstarting\r\n"])
        == ["pulling", "a 100%", "b 50%", "c waits", "all pulled", "starting"])
  }

  @Test func `what is printed over goes, however much others said meanwhile`() throws {
    let store = store()
    let (pull, flood) = (store.source(), store.source("web"))
    store.append("pulling\r\na 0%\r\n", from: pull)
    let line = String(repeating: "x", count: 1_000)
    // Four chunks of 1 MiB.
    for number in 0..<4_200 { store.append("\(number) \(line)\r\n", from: flood) }
    let watched = WatchedView(store)
    try watched.show("!x")
    #expect(watched.waitUntilComplete())
    #expect(watched.texts == ["pulling", "a 0%"])
    store.append(frame(["a 100%"]), from: pull)
    let isShown = watched.wait { _ in watched.texts == ["pulling", "a 100%"] }
    #expect(isShown, "\(watched.texts)")
  }

  @Test func `a spinner that erases its lines one by one`() throws {
    // As log-update does for ink and listr: erase a line, go up, erase, …
    func frame(_ lines: [String]) -> String {
      Self.erase + String(repeating: Self.up + Self.erase, count: 2) + "\u{1B}[G"
        + lines.map { $0 + "\r\n" }.joined()
    }
    let pieces = ["⠋ build\r\n⠋ test\r\n"] + ["⠙", "⠹", "⠸"].map { frame(["\($0) build", "\($0) test"]) }
    #expect(
      try shown(pieces + [frame(["✔ build", "✔ test"]), "done\r\n"]) == ["✔ build", "✔ test", "done"])
  }

  @Test func `lines that are printed above a block stay`() throws {
    var pieces = ["a 0\r\nb 0\r\n"]
    for step in 1...5 {
      pieces.append("\u{1B}[2A\u{1B}[Jlog \(step)\r\na \(step)\r\nb \(step)\r\n")
      pieces.append(frame(["a \(step).5", "b \(step).5"]))
    }
    #expect(try shown(pieces) == (1...5).map { "log \($0)" } + ["a 5.5", "b 5.5"])
  }

  @Test func `what is printed over is in no view, filter or count`() throws {
    let store = store()
    let source = store.source()
    store.append("first\r\nold\r\n", from: source)
    let watched = WatchedView(store)
    #expect(watched.waitUntilComplete())
    #expect(watched.texts == ["first", "old"])
    store.append("\u{1B}[1A\(Self.erase)new\r\n", from: source)
    #expect(watched.wait { $0.isComplete && watched.texts == ["first", "new"] })
    store.append("last\r\n", from: source)
    #expect(watched.wait { $0.isComplete && watched.texts == ["first", "new", "last"] })
    #expect(watched.view.counts.total == 3)
    #expect(try shown(store, filter: "old") == [])
    #expect(try shown(store, filter: "new") == ["new"])
    #expect(watched.view.find(try LogFilter.parse("old"), from: nil, forward: false) == nil)
  }

  @Test func `the last state is shown also where what it replaces said the same`() throws {
    for (text, expected) in [
      ("Elapsed 00:00:01\r\n\u{1B}[1AElapsed 00:00:09\r\ndone\r\n", ["Elapsed 00:00:09", "done"]),
      (
        "Tasks\r\n  a…\r\n  b…\r\n  c…\r\n\u{1B}[3A  a ok\r\n  b ok\r\n  c…\r\nend\r\n",
        ["Tasks", "  a ok", "  b ok", "  c…", "end"]
      ),
    ] {
      let store = store()
      store.append(text, from: store.source())
      let watched = WatchedView(store, root: "/srv")
      #expect(watched.waitUntilComplete())
      watched.view.setUnfolded(true, line: 0)
      #expect(watched.texts == expected)
    }
  }

  @Test(arguments: [1, 2, 5, 12, 23, 24, 40], [1, 3, 10, 23, 24, 30, 60])
  func `another size is taken up whatever was going on`(lines: Int, rows: Int) throws {
    let store = store()
    let source = store.source()
    let block = (0..<lines).map { "row \($0)" }
    store.append(block.map { $0 + "\r\n" }.joined() + frame(block), from: source)
    store.setTerminalSize(Size(columns: 80, rows: rows))
    store.append("\u{1B}[1A\r\(Self.erase)last\r\n", from: source)
    store.setTerminalSize(Size(columns: 80, rows: 24))
    store.append("done\r\n", from: source)
    store.finish(source)
    let shown = try shown(store)
    #expect(shown.suffix(2) == ["last", "done"])
    #expect(shown.count >= lines)
  }

  @Test func `a line without an end is cut, not kept whole`() throws {
    let store = store()
    let source = store.source()
    store.append("a\r\n\u{1B}[1A", from: source)
    for _ in 0..<40 { store.append(String(repeating: "x", count: 20_000), from: source) }
    #expect(
      store.read { log in log.partialLines.allSatisfy { $0.bytes.count <= PartialLine.maximumSizeInBytes } })
    store.finish(source)
    #expect(try shown(store).allSatisfy { $0.utf8.count <= PartialLine.maximumSizeInBytes })
  }

  @Test func `many frames take no memory`() throws {
    let store = store()
    let source = store.source()
    store.append("a\r\nb\r\n", from: source)
    for step in 0..<5_000 { store.append(frame(["a \(step)", "b \(step)"]), from: source) }
    store.append("done\r\n", from: source)
    #expect(store.statistics.totalLines == 5)
    #expect(try shown(store) == ["a 4999", "b 4999", "done"])
  }

  @Test func `a line of progress may be longer than any line`() throws {
    let store = store()
    let source = store.source()
    for step in 0...10_000 {
      store.append(
        "\r\u{1B}[32m\(step / 100)%\u{1B}[0m \(String(repeating: "#", count: step / 200))\u{1B}[K",
        from: source)
    }
    #expect(shows(["100% " + String(repeating: "#", count: 50)], of: store))
    store.append("\r\n", from: source)
    #expect(store.statistics.truncatedLines == 0)
    #expect(try shown(store) == ["100% " + String(repeating: "#", count: 50)])
  }

  @Test func `the alternate screen leaves nothing, what is before and behind it stays`() throws {
    let editor = "\u{1B}[?1049h\u{1B}[H\u{1B}[2Jfile\r\n~\r\n~\u{1B}[5;1Hinsert\u{1B}[2A up\u{1B}[?1049l"
    #expect(try shown(["before\r\n", editor, "behind\r\n"]) == ["before", "behind"])
  }

  @Test func `clearing the screen clears no log`() throws {
    let pieces = ["one\r\n\u{1B}[2J\u{1B}[Htwo\r\n\u{1B}[1Athree\u{1B}[K\r\n\u{1B}c\u{1B}[3Jfour\r\n"]
    #expect(try shown(pieces) == ["one", "three", "four"])
  }

  @Test func `other services are not touched`() throws {
    let store = store()
    let (api, web) = (store.source("api"), store.source("web"))
    store.append("api 1\r\n", from: api)
    store.append("web 1\r\n", from: web)
    store.append("\u{1B}[1A\(Self.erase)api 2\r\nrest\r\n", from: api)
    store.append("web 2\r\n", from: web)
    #expect(try shown(store) == ["web 1", "api 2", "rest", "web 2"])
  }

  @Test func `a pipe has no cursor`() throws {
    let store = store()
    let source = store.source("api", .output)
    store.append("one\n\u{1B}[1Atwo\n", from: source)
    #expect(try shown(store) == ["one", "two"])
  }

  @Test func `it does not matter how reads cut it`() throws {
    let text =
      "start\r\na 0%\r\nb ä0%\r\n" + frame(["a \u{1B}[32m1%\u{1B}[0m", "b ä1%"]) + frame(["a 2%", "b ä2%"])
      + "end\r\n"
    let bytes = Array(text.utf8)
    for place in bytes.indices {
      let store = store()
      let source = store.source()
      store.append(Array(bytes[..<place]), from: source)
      store.append(Array(bytes[place...]), from: source)
      #expect(try shown(store) == ["start", "a 2%", "b ä2%", "end"], "cut at \(place)")
    }
  }

  /// A terminal and the log must agree on every stream that does not clear the screen.
  @Test(arguments: 1...150) func `the log is what a terminal shows and what it has scrolled off`(seed: UInt64)
    throws
  {
    var random = SeededGenerator(state: seed)
    // Wide enough for progress: that of a line that wraps is better in the log than on a terminal.
    let size = Size(
      columns: Int.random(in: 14...40, using: &random), rows: Int.random(in: 2...12, using: &random))
    let store = store(size)
    let source = store.source()
    var screen = TerminalScreen(rows: size.rows, columns: size.columns)
    var lines: [[UInt8]] = [[]]
    func take(_ row: TerminalRow) {
      lines[lines.count - 1] += row.plain
      if !row.isWrapped { lines.append([]) }
    }
    for step in 0..<60 {
      var piece = ""
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: piece = "line \(step)\r\n"
      case 5:
        piece = String(repeating: "long\(step)-", count: Int.random(in: 1...12, using: &random)) + "\r\n"
      case 6: piece = "\r\(Self.erase)progress \(step)"
      default:
        // Up, over it, and back to below.
        let count = Int.random(in: 1...4, using: &random)
        piece = "\u{1B}[\(count)A" + (0..<count).map { "\r\(Self.erase)over \(step) \($0)\r\n" }.joined()
      }
      store.append(piece, from: source)
      screen.feed(Array(piece.utf8))
      for row in screen.takeScrolledOff() { take(row) }
    }
    store.finish(source)
    for row in 0..<size.rows { take(screen.row(row)) }
    var expected = lines.map { String(decoding: $0, as: UTF8.self) }
    while expected.last == "" { expected.removeLast() }
    var found = try shown(store)
    while found.last == "" { found.removeLast() }
    #expect(found == expected)
  }
}
