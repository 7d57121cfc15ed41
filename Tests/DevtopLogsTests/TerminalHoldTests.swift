import DevtopCore
import DevtopLogs
import Testing

/// Terminals that have the keyboard.
struct TerminalHoldTests {
  private let store = LogStore()
  private let answers = Locked<[UInt8]>([])

  private func hold(_ isHeld: Bool) {
    store.holdTerminal(of: "api", run: 1, isHeld) { [answers] bytes in answers.withLock { $0 += bytes } }
  }

  private func screen() throws -> TerminalScreen { try #require(store.terminalScreen(of: "api", run: 1)) }

  private func rows(_ screen: TerminalScreen, _ count: Int) -> [String] {
    (0..<count).map { String(decoding: screen.row($0).plain, as: UTF8.self) }
  }

  @Test func `the screen begins with the newest lines, and the log keeps all`() throws {
    store.setTerminalSize(Size(columns: 20, rows: 4))
    let source = store.source()
    store.append((1...6).map { "line \($0)\r\n" }.joined() + "name? ", from: source)
    #expect(store.terminalScreen(of: "api", run: 1) == nil)
    hold(true)
    #expect(rows(try screen(), 4) == ["line 4", "line 5", "line 6", "name? "].map { $0.trimmed })
    #expect(try screen().cursor.column == 6)
    store.append("Ann\r\nhello \u{1B}[32mAnn\u{1B}[0m\r\n", from: source)
    #expect(rows(try screen(), 4) == ["line 6", "name? Ann", "hello Ann", ""])
    // Stored as it comes.
    #expect(store.lines(after: 5, limit: 10).map(\.plainText) == ["name? Ann", "hello Ann"])
    hold(false)
    #expect(store.terminalScreen(of: "api", run: 1) == nil)
    store.append("end\r\n", from: source)
    store.finish(source)
    #expect(
      store.lines(after: -1, limit: 20).map(\.plainText) == (1...6).map { "line \($0)" } + [
        "name? Ann", "hello Ann", "end",
      ])
  }

  @Test func `the alternate screen is seen, and stays out of the log`() throws {
    let source = store.source()
    store.append("before\r\n", from: source)
    hold(true)
    store.append("\u{1B}[?1049h\u{1B}[2J\u{1B}[Hmenu\r\n> one", from: source)
    #expect(try screen().isAlternate)
    #expect(rows(try screen(), 2) == ["menu", "> one"])
    // Left while the program goes on: it is seen again, and nothing of it gets into the log.
    hold(false)
    hold(true)
    #expect(rows(try screen(), 2) == ["menu", "> one"])
    store.append("\u{1B}[?1049l", from: source)
    #expect(rows(try screen(), 2) == ["before", ""])
    store.append("behind\r\n", from: source)
    store.finish(source)
    #expect(store.lines(after: -1, limit: 20).map(\.plainText) == ["before", "behind"])
  }

  @Test(arguments: [
    // Reverse index, a saved cursor.
    ("\u{1B}7\u{1B}M\u{1B}M\rTWO\u{1B}8", ["one", "TWO", "three"]),
    // A line comes in above.
    ("\u{1B}7\u{1B}M\u{1B}M\u{1B}[L\rnew\u{1B}8\r\n", ["one", "new", "two", "three"]),
    // Nothing but blanks: the log keeps what was there.
    ("\u{1B}7\u{1B}M\u{1B}M\u{1B}[2K\u{1B}8", ["one", "two", "three"]),
    ("\u{1B}[1J", ["one", "two", "three"]),
    // Erased, then something else on one of the rows.
    ("\u{1B}[1J|\u{1B}7\u{1B}M\rX\u{1B}8", ["one", "two", "three", "X"]),
    // A region below the first row scrolls.
    ("\u{1B}7\u{1B}[2;4r\u{1B}8four\r\nfive\r\nsix\r\n", ["one", "two", "three", "four", "five", "six"]),
    // A program that was on the alternate screen is reset.
    ("\u{1B}[?1049hmenu\u{1B}c", ["one", "two", "three"]),
  ])
  func `what is printed above is in the log, however the cursor came there`(
    _ text: String, _ lines: [String]
  ) throws {
    store.setTerminalSize(Size(columns: 20, rows: 6))
    let source = store.source()
    store.append("one\r\n", from: source)
    hold(true)
    store.append("two\r\nthree\r\n", from: source)
    for piece in text.split(separator: "|") { store.append(String(piece), from: source) }
    store.append("end\r\n", from: source)
    hold(false)
    store.finish(source)
    let watched = WatchedView(store)
    #expect(watched.waitUntilComplete())
    #expect(watched.texts == lines + ["end"])
  }

  @Test(arguments: [Size(columns: 20, rows: 6), Size(columns: 4, rows: 6), Size(columns: 20, rows: 3)])
  func `a size that changes under a menu changes no log`(_ size: Size) throws {
    store.setTerminalSize(Size(columns: 20, rows: 6))
    let source = store.source()
    store.append("first line\r\nsecond\r\n", from: source)
    hold(true)
    store.append("third\r\n\u{1B}[?1049hmenu", from: source)
    store.setTerminalSize(size)
    store.append("\u{1B}[?1049l", from: source)
    store.append("end\r\n", from: source)
    hold(false)
    store.finish(source)
    let watched = WatchedView(store)
    #expect(watched.waitUntilComplete())
    #expect(watched.texts == ["first line", "second", "third", "end"])
  }

  @Test func `a program that clears its screen clears no log`() throws {
    let source = store.source()
    hold(true)
    store.append("one\r\ntwo", from: source)
    store.append("\u{1B}[2J\u{1B}[Hthree\r\n", from: source)
    #expect(rows(try screen(), 2) == ["three", ""])
    store.finish(source)
    #expect(
      store.lines(after: -1, limit: 20).map(\.plainText).filter { !$0.isEmpty } == ["one", "two", "three"])
  }

  @Test func `a screen that is cleared line by line is stored once`() throws {
    let source = store.source()
    store.append("one\r\ntwo\r\n", from: source)
    hold(true)
    store.append("three\r\n> ", from: source)
    for _ in 0..<3 { store.append("\u{1B}[H\u{1B}[2J> ", from: source) }
    store.append("four\r\n", from: source)
    for step in 0..<5 { store.append("\u{1B}[6;1Hfield \(step)", from: source) }
    hold(false)
    store.finish(source)
    let texts = store.lines(after: -1, limit: 100).map(\.plainText)
    for text in ["one", "two", "three", "> four"] {
      #expect(texts.count { $0 == text } == 1, "\(text) in \(texts)")
    }
    #expect(texts.contains("field 4"))
  }

  @Test func `a program that dies on the alternate screen loses nothing of the main one`() throws {
    let source = store.source()
    store.append("one\r\ntwo", from: source)
    store.append("\u{1B}[?1049hmenu", from: source)
    store.finish(source)
    #expect(store.lines(after: -1, limit: 20).map(\.plainText) == ["one", "two"])
  }

  @Test func `questions of a program are answered while the terminal is held`() {
    let source = store.source()
    store.append("\u{1B}[6n", from: source)
    #expect(answers.withLock { $0 } == [])
    hold(true)
    store.append("ab\u{1B}[6n", from: source)
    #expect(String(decoding: answers.withLock { $0 }, as: UTF8.self) == "\u{1B}[1;3R")
  }

  @Test func `another size is taken up`() throws {
    store.setTerminalSize(Size(columns: 80, rows: 24))
    let source = store.source()
    store.append((1...30).map { "line \($0)\r\n" }.joined(), from: source)
    hold(true)
    store.setTerminalSize(Size(columns: 40, rows: 10))
    #expect(try screen().rows == 10)
    #expect(try screen().columns == 40)
    store.append("\u{1B}[2A\u{1B}[2Kover\r\n", from: source)
    hold(false)
    store.finish(source)
    let watched = WatchedView(store)
    #expect(watched.waitUntilComplete())
    #expect(watched.texts == (1...28).map { "line \($0)" } + ["over", "line 30"])
  }

  @Test func `a run has a screen until it is finished, also beside the next one`() throws {
    let source = store.source("api", run: 1)
    hold(true)
    store.append("old", from: source)
    store.append("new", from: store.source("api", run: 2))
    #expect(rows(try screen(), 1) == ["old"])
    store.finish(source)
    #expect(store.terminalScreen(of: "api", run: 1) == nil)
    hold(true)
    #expect(store.terminalScreen(of: "api", run: 1) == nil)
  }
}

/// What a terminal sends for keys.
struct TerminalKeyTests {
  private func modes(_ sequences: String = "") -> TerminalModes {
    var screen = TerminalScreen(rows: 4, columns: 20)
    screen.feed(Array(sequences.utf8))
    return screen.modes
  }

  private func text(_ key: Key, _ sequences: String = "") -> String {
    String(decoding: modes(sequences).bytes(for: key), as: UTF8.self)
  }

  @Test(
    arguments: [
      (.character("a"), "a"), (.character("ä"), "ä"), (.control("c"), "\u{03}"), (.control("]"), "\u{1D}"),
      (.control("@"), "\u{00}"), (.control("?"), "\u{7F}"), (.alt("b"), "\u{1B}b"), (.enter, "\r"),
      (.tab, "\t"),
      (.backTab, "\u{1B}[Z"), (.escape, "\u{1B}"), (.backspace, "\u{7F}"), (.delete, "\u{1B}[3~"),
      (.up, "\u{1B}[A"),
      (.down, "\u{1B}[B"), (.right, "\u{1B}[C"), (.left, "\u{1B}[D"), (.home, "\u{1B}[H"), (.end, "\u{1B}[F"),
      (.pageUp, "\u{1B}[5~"), (.pageDown, "\u{1B}[6~"), (.function(1), "\u{1B}OP"),
      (.function(5), "\u{1B}[15~"),
      (.function(12), "\u{1B}[24~"), (.function(13), ""),
    ] as [(Key, String)])
  func `keys`(_ key: Key, _ expected: String) { #expect(text(key) == expected) }

  @Test func `modes change what keys send`() {
    #expect(text(.up, "\u{1B}[?1h") == "\u{1B}OA")
    #expect(text(.home, "\u{1B}[?1h") == "\u{1B}OH")
    #expect(text(.enter, "\u{1B}[20h") == "\r\n")
  }

  @Test func `pasted text cannot end its own brackets`() {
    #expect(String(decoding: modes().bytes(forPasted: "a\nb"), as: UTF8.self) == "a\rb")
    let bytes = modes("\u{1B}[?2004h").bytes(forPasted: "a\u{1B}[201~rm\n")
    #expect(String(decoding: bytes, as: UTF8.self) == "\u{1B}[200~a[201~rm\r\u{1B}[201~")
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
