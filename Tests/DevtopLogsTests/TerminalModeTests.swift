import DevtopCore
import DevtopLogs
import Testing

/// Modes, the alternate screen, control strings, reports, other sizes.
///
/// Sources: xterm's ctlseqs, the VT510 manual.
struct TerminalModeTests {
  @Test func `modes that tell how keys are sent`() {
    var screen = TerminalScreen(3, 10, "\(csi)?1;66;1002;1006;1004;2004h\(csi)4;20h\(csi)?5h")
    #expect(
      screen.modes.applicationCursorKeys && screen.modes.applicationKeypad && screen.modes.bracketedPaste)
    #expect(screen.modes.mouseReporting == .drags && screen.modes.sgrMouse && screen.modes.focusReporting)
    #expect(screen.modes.insert && screen.modes.newLine && screen.modes.reverseScreen)
    screen.feed("\(csi)?1003h")
    #expect(screen.modes.mouseReporting == .moves)
    screen.feed("\(csi)?1000h")
    #expect(screen.modes.mouseReporting == .buttons)
    screen.feed("\(csi)?1;5;66;1000;1006;1004;2004l\(csi)4;20l")
    #expect(screen.modes == TerminalModes())
    screen.feed("\(esc)=")
    #expect(screen.modes.applicationKeypad)
    screen.feed("\(esc)>\(csi)?25l")
    #expect(!screen.modes.applicationKeypad && !screen.cursor.isVisible)
    screen.feed("\(csi)?25h\(csi)?3;12;2026h\(csi)?99999999999h\(csi)?;;h")
    #expect(screen.cursor.isVisible && screen.modes == TerminalModes())
  }

  // ctlseqs, "The Alternate Screen Buffer".
  @Test func `1049 saves the cursor, and gives a blank screen`() {
    var screen = TerminalScreen(3, 10, "main\(csi)?1049h")
    #expect(screen.isAlternate && screen.lines == [] && screen.place == [1, 5])
    screen.feed("\(csi)2;2Halt\(csi)?1049h")
    #expect(screen.lines == ["", " alt"])
    screen.feed("\(csi)?1049l")
    #expect(!screen.isAlternate && screen.lines == ["main"] && screen.place == [1, 5])
    screen.feed("\(csi)?1049l\(csi)?1049h")
    #expect(screen.lines == [])
  }

  @Test func `47 keeps the alternate screen, 1047 does not`() {
    var screen = TerminalScreen(3, 10, "main\r\(csi)?47halt\(csi)?47l")
    #expect(screen.lines == ["main"] && screen.place == [1, 4])
    screen.feed("\(csi)?47h")
    #expect(screen.lines == ["alt"])
    screen.feed("\(csi)?1047l\(csi)?1047h")
    #expect(screen.isAlternate && screen.lines == [])
  }

  @Test func `each screen has a saved cursor`() {
    var screen = TerminalScreen(5, 10, "\(csi)2;2H\(esc)7\(csi)?47h\(csi)3;3H\(esc)7\(csi)H\(esc)8")
    #expect(screen.place == [3, 3])
    screen.feed("\(csi)?47l\(esc)8")
    #expect(screen.place == [2, 2])
  }

  // VT510, "RIS" and "DECSTR".
  @Test func `resets`() {
    var screen = TerminalScreen(
      5, 10,
      "main\(csi)?1049halt\(csi)2;3r\(csi)?1;6;25l\(csi)?7l\(csi)31m\(csi)3g\(esc)(0\(esc)]0;t\u{7}\(esc)c")
    #expect(!screen.isAlternate && screen.lines == [] && screen.place == [1, 1])
    #expect(screen.modes == TerminalModes() && screen.cursor.isVisible && screen.title == nil)
    screen.feed("q\tx\(csi)?47h")
    #expect(screen.lines == [])
    screen = TerminalScreen(
      5, 10, "ab\(csi)2;3r\(csi)?6;1h\(csi)?7;25l\(csi)4h\(esc)=\(csi)31m\(esc)(0\(esc)7\(csi)2;2H\(csi)!pq")
    #expect(screen.place == [3, 3] && screen.modes == TerminalModes() && screen.cursor.isVisible)
    #expect(screen.lines == ["ab", "", " q"] && screen.row(2)[1].style == .plain)
    screen.feed("\(esc)8")
    #expect(screen.place == [1, 1])
  }

  @Test(arguments: [
    ("\(csi)c", "\(csi)?62;22c"), ("\(csi)0c", "\(csi)?62;22c"), ("\(csi)1c", ""),
    ("\(csi)>c", "\(csi)>1;10;0c"),
    ("\(csi)5n", "\(csi)0n"), ("\(csi)2;3H\(csi)6n", "\(csi)2;3R"), ("\(csi)2;3H\(csi)?6n", "\(csi)?2;3;1R"),
    ("\(csi)?7$p", "\(csi)?7;1$y"), ("\(csi)?1$p", "\(csi)?1;2$y"), ("\(csi)?3$p", "\(csi)?3;4$y"),
    ("\(csi)?2026$p", "\(csi)?2026;0$y"), ("\(csi)4$p", "\(csi)4;2$y"),
    ("\(csi)20h\(csi)20$p", "\(csi)20;1$y"),
    ("\(csi)?1049h\(csi)?1049$p", "\(csi)?1049;1$y"), ("\(csi)9$p", "\(csi)9;0$y"), ("\(csi)7n", ""),
    // What could send text of the program back as keys is not answered.
    ("\(esc)]0;rm -rf\u{7}\(csi)21t\(csi)20t", ""), ("\(esc)P$qm\(esc)\\", ""), ("\(esc)]52;c;?\u{7}", ""),
    ("\(esc)]10;?\u{7}", ""), ("\u{5}", ""), ("\(csi)x", ""), ("\(esc)P+q544e\(esc)\\", ""),
    ("\(csi)1;1;1;1;1;1*y", ""),
  ])
  func `reports`(question: String, answer: String) {
    var screen = TerminalScreen(5, 10, question)
    #expect(String(decoding: screen.takeReplies(), as: UTF8.self) == answer)
    #expect(screen.takeReplies().isEmpty)
  }

  @Test func `answers that nobody takes are bounded`() {
    var screen = TerminalScreen(5, 10, String(repeating: "\(csi)c", count: 100_000))
    #expect(screen.takeReplies().count <= 4096)
  }

  // ECMA-48 §5.6, ctlseqs: BEL ends an OSC.
  @Test(arguments: [
    "\(esc)]52;c;aGFjaw==\u{7}", "\(esc)]8;;http://x\(esc)\\", "\(esc)P1$r0m\(esc)\\",
    "\(esc)_Gf=100;AA\u{7}A\(esc)\\",
    "\(esc)^private\(esc)\\", "\(esc)Xstring\u{9C}", "\(esc)Pq\u{18}", "\(esc)]0;x\u{1A}",
    "\(esc)]0;x\(csi)1m",
    "\(esc)]0;“title”\u{7}", "\u{90}data\u{9C}", "\(esc)P\r\n\t\(esc)\\",
  ])
  func `control strings are swallowed whole`(string: String) {
    #expect(TerminalScreen(2, 20, "a\(string)b").lines == ["ab"])
  }

  @Test func `a string without an end takes no memory and ends at last`() {
    var screen = TerminalScreen(2, 20, "a\(esc)]0;")
    let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
    for _ in 0..<32 { screen.feed(block) }
    #expect(screen.lines == ["a"])
    for _ in 0..<64 { screen.feed(block) }
    screen.feed("\r\nb")
    #expect(screen.lines.last == "b")
    #expect(screen.title == nil)
  }

  @Test(
    arguments: [
      ("\(esc)]0;vim\u{7}", "vim"), ("\(esc)]2;a\(esc)\\", "a"), ("\u{9D}2;é日\u{9C}", "é日"),
      ("\(esc)]0;\u{7}", ""),
      ("\(esc)]0;a\u{202E}b\u{85}c\nd\u{7}", "abcd"), ("\(esc)]1;icon\u{7}", nil),
      ("\(esc)]4;1;red\u{7}", nil),
      ("\(esc)]0;a", nil), ("\(esc)]0;a\(esc)[1m", nil),
    ] as [(String, String?)])
  func `titles`(sequence: String, title: String?) {
    #expect(TerminalScreen(2, 20, sequence).title.map { String(decoding: $0, as: UTF8.self) } == title)
  }

  @Test func `a long title is cut between characters`() throws {
    let title = try #require(
      TerminalScreen(2, 20, "\(esc)]0;\(String(repeating: "日", count: 2000))\u{7}").title)
    #expect(title.count == 255 && TerminalInvariants.isClean(title))
  }

  // MARK: - Other sizes

  @Test func `fewer rows leave out those below the cursor, then those at the top`() {
    var screen = TerminalScreen(5, 5, "a\r\nb\r\nc\r\nd\r\ne\(csi)3;1H")
    screen.resize(rows: 4, columns: 5)
    #expect(screen.lines == ["a", "b", "c", "d"] && screen.place == [3, 1])
    screen.resize(rows: 2, columns: 5)
    #expect(screen.lines == ["b", "c"] && screen.place == [2, 1])
    #expect(screen.takeScrolledOff().map(\.text) == ["a"])
    screen.resize(rows: 4, columns: 5)
    #expect(screen.lines == ["b", "c"] && screen.place == [2, 1])
  }

  @Test func `columns are cut and filled`() {
    var screen = TerminalScreen(2, 6, "ab日cd\r\nx\(csi)4;6H")
    screen.resize(rows: 2, columns: 3)
    #expect(screen.lines == ["ab", "x"] && screen.place == [2, 3])
    screen.resize(rows: 2, columns: 20)
    #expect(screen.lines == ["ab", "x"])
    screen.feed("\r\t\ty")
    #expect(screen.lines == ["ab", "x               y"])
  }

  @Test func `the hidden screen changes with the shown one`() {
    var screen = TerminalScreen(4, 6, "a\r\nb\r\nc\r\nd\(csi)?1049h\(csi)1;1Halt")
    screen.resize(rows: 2, columns: 4)
    #expect(screen.lines == ["alt"])
    #expect(screen.takeScrolledOff().map(\.text) == ["a", "b"])
    screen.feed("\(csi)?1049l")
    #expect(screen.lines == ["c", "d"] && screen.place == [2, 2])
    screen = TerminalScreen(4, 6, "\(csi)?47h\(csi)4;1Halt\(csi)?47lmain")
    screen.resize(rows: 3, columns: 5)
    screen.feed("\(csi)?47h")
    #expect(screen.lines.contains("alt"))
  }

  @Test(arguments: [(0, 0), (-5, -5), (1, 1), (1_000_000, 1_000_000), (Int.max, Int.min)])
  func `sizes are clamped`(rows: Int, columns: Int) {
    var screen = TerminalScreen(rows: rows, columns: columns)
    screen.feed("abc日\r\n\(csi)2J\(csi)5;5Hx\tx\(csi)9b\(csi)99@\(csi)L")
    #expect(TerminalInvariants.violation(of: &screen) == nil)
    screen.resize(rows: columns, columns: rows)
    screen.feed("abc日\r\n")
    #expect(TerminalInvariants.violation(of: &screen) == nil)
  }
}
