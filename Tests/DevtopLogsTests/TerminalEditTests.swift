import DevtopCore
import DevtopLogs
import Testing

/// Erasing, inserting, deleting, scrolling.
///
/// Sources: ECMA-48 §8.3, the VT510 manual ("Editing"), xterm's ctlseqs.
struct TerminalEditTests {
  private static let start = "aaaaa\r\nbbbbb\r\nccccc\r\nddddd\r\neeeee\(csi)3;3H"

  private static let edits: [(String, [String])] = [
    ("J", ["aaaaa", "bbbbb", "cc"]), ("0J", ["aaaaa", "bbbbb", "cc"]),
    ("1J", ["", "", "   cc", "ddddd", "eeeee"]), ("2J", []), ("?J", ["aaaaa", "bbbbb", "cc"]),
    ("3J", ["aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee"]),
    ("9J", ["aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee"]),
    ("K", ["aaaaa", "bbbbb", "cc", "ddddd", "eeeee"]), ("1K", ["aaaaa", "bbbbb", "   cc", "ddddd", "eeeee"]),
    ("2K", ["aaaaa", "bbbbb", "", "ddddd", "eeeee"]), ("?2K", ["aaaaa", "bbbbb", "", "ddddd", "eeeee"]),
    ("X", ["aaaaa", "bbbbb", "cc cc", "ddddd", "eeeee"]),
    ("2X", ["aaaaa", "bbbbb", "cc  c", "ddddd", "eeeee"]),
    ("99999X", ["aaaaa", "bbbbb", "cc", "ddddd", "eeeee"]),
    ("@", ["aaaaa", "bbbbb", "cc cc", "ddddd", "eeeee"]),
    ("99999@", ["aaaaa", "bbbbb", "cc", "ddddd", "eeeee"]),
    ("P", ["aaaaa", "bbbbb", "cccc", "ddddd", "eeeee"]),
    ("2P", ["aaaaa", "bbbbb", "ccc", "ddddd", "eeeee"]),
    ("99999P", ["aaaaa", "bbbbb", "cc", "ddddd", "eeeee"]),
    ("L", ["aaaaa", "bbbbb", "", "ccccc", "ddddd"]), ("99999L", ["aaaaa", "bbbbb"]),
    ("M", ["aaaaa", "bbbbb", "ddddd", "eeeee"]), ("99999M", ["aaaaa", "bbbbb"]),
    ("S", ["bbbbb", "ccccc", "ddddd", "eeeee"]), ("2T", ["", "", "aaaaa", "bbbbb", "ccccc"]),
    ("99999S", []), ("99999T", []), ("1;1;1;1;1T", ["aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee"]),
  ]

  @Test(arguments: edits)
  func `edits leave the cursor where it is`(sequence: String, lines: [String]) {
    let screen = TerminalScreen(5, 5, "\(Self.start)\(csi)\(sequence)")
    #expect(screen.lines == lines)
    #expect(screen.place == [3, 3])
  }

  // VT510: IL and DL work within the margins only; what is outside stays.
  @Test(arguments: [
    ("3;3H\(csi)L", ["aaaaa", "bbbbb", "", "ccccc", "eeeee"]),
    ("3;3H\(csi)M", ["aaaaa", "bbbbb", "ddddd", "", "eeeee"]),
    ("1;1H\(csi)L", ["aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee"]),
    ("5;1H\(csi)M", ["aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee"]),
    ("4;1H\n", ["aaaaa", "ccccc", "ddddd", "", "eeeee"]),
    ("5;1H\n", ["aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee"]),
    ("2;1H\(esc)M", ["aaaaa", "", "bbbbb", "ccccc", "eeeee"]),
    ("1;1H\(esc)M", ["aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee"]),
    ("3;1H\(csi)S", ["aaaaa", "ccccc", "ddddd", "", "eeeee"]),
    ("3;1H\(csi)T", ["aaaaa", "", "bbbbb", "ccccc", "eeeee"]),
    ("4;5Hxyz", ["aaaaa", "ccccc", "ddddx", "yz", "eeeee"]),
  ])
  func `only the region between the margins scrolls`(sequence: String, lines: [String]) {
    #expect(TerminalScreen(5, 5, "\(Self.start)\(csi)2;4r\(csi)\(sequence)").lines == lines)
  }

  // xterm, "Color": erasing gives cells the background that is set ("bce").
  @Test(arguments: [
    "\(csi)K", "\(csi)J", "\(csi)3X", "\(csi)3@", "\(csi)3P", "\(csi)L", "\(csi)M", "\(csi)S", "\(csi)2J",
  ])
  func `what comes in has the background`(edit: String) {
    let screen = TerminalScreen(1, 3, "abc\r\(csi)1;31;44m\(edit)")
    for column in 0..<3 {
      #expect(screen.row(0)[column].style == TextStyle(background: .ansi(4)))
      #expect(screen.row(0)[column].bytes == [0x20])
    }
    #expect(screen.row(0).isBlank)
  }

  @Test func `colours of what is skipped are those of the erasure`() {
    var screen = TerminalScreen(2, 8, "\(csi)44m\(csi)2J\(csi)m\(csi)1;3Hx")
    #expect(
      (0..<8).map { screen.row(0)[$0].style.background == .ansi(4) } == [
        true, true, false, true, true, true, true, true,
      ])
    screen.feed("\(csi)1;6H\(csi)K")
    #expect(
      (0..<8).map { screen.row(0)[$0].style.background == .ansi(4) } == [
        true, true, false, true, true, false, false, false,
      ])
    screen.feed("\(csi)1;1H\(csi)P")
    #expect(screen.lines == [" x"])
    #expect(
      (0..<8).map { screen.row(0)[$0].style.background == .ansi(4) } == [
        true, false, true, true, false, false, false, false,
      ])
  }

  // VT510, "DECALN".
  @Test func `the alignment pattern fills the screen`() {
    var screen = TerminalScreen(3, 4, "\(csi)2;3r\(csi)3;3H\(csi)31m\(esc)#8")
    #expect(screen.lines == ["EEEE", "EEEE", "EEEE"])
    #expect(screen.place == [1, 1])
    #expect(screen.row(0)[0].style == .plain)
    screen.feed("\(csi)2;2Hx\(csi)1K\(csi)3;2H\(csi)P\(csi)1;2H\(csi)X\n\n\n")
    #expect(screen.lines == ["   E", "EEE"])
    screen.resize(rows: 3, columns: 6)
    #expect(screen.lines == ["   E", "EEE"])
  }

  @Test func `rows that leave the top are kept`() {
    var screen = TerminalScreen(2, 5, "a\r\nb\r\nc\r\ndefghij")
    #expect(screen.takeScrolledOff().map(\.text) == ["a", "b", "c"])
    #expect(screen.lines == ["defgh", "ij"])
    #expect(screen.takeScrolledOff().isEmpty)
    screen.feed("\r\nk")
    let rows = screen.takeScrolledOff()
    #expect(rows.map(\.text) == ["defgh"] && rows.map(\.isWrapped) == [true])
    screen.feed("\(csi)9S")
    #expect(screen.takeScrolledOff().map(\.text) == ["ij", "k"])
    screen.feed("\(csi)Hx\(csi)2S\(csi)2S\n\n")
    #expect(screen.takeScrolledOff().map(\.text) == ["x", ""])
  }

  @Test func `rows that leave otherwise are not`() {
    var screen = TerminalScreen(4, 5, "a\r\nb\r\nc\(csi)2;3r\(csi)3;1H\n\n\n")
    #expect(screen.takeScrolledOff().isEmpty)
    // xterm: a region that begins at the top does scroll off; apt's progress bar makes one.
    screen.feed("\(csi)1;3r\(csi)3;1H\n")
    #expect(screen.takeScrolledOff().map(\.text) == ["a"])
    screen.feed("\(csi)r\(csi)?1049h\(csi)Hx\r\n\n\n\n\n\n\n")
    #expect(screen.takeScrolledOff().isEmpty)
    screen.feed("\(csi)?1049l\(csi)H\(csi)M\(csi)2J\(esc)M\(csi)9T")
    #expect(screen.takeScrolledOff().isEmpty)
  }

  @Test func `rows that nobody takes are bounded, the newest kept`() {
    var screen = TerminalScreen(rows: 10, columns: 100)
    let line = Array(repeating: UInt8(ascii: "x"), count: 99)
    for number in 0..<60_000 { screen.feed(line + Array("\r\(number)\r\n".utf8)) }
    let rows = screen.takeScrolledOff()
    #expect(rows.count * 99 <= TerminalScreen.scrolledOffLimit)
    #expect(rows.count > 5_000)
    #expect(rows.last?.text.hasPrefix("59990x") == true)
    screen.feed("\r\n")
    #expect(screen.takeScrolledOff().count == 1)
  }

  @Test func `changed rows are told once`() {
    var screen = TerminalScreen(rows: 100, columns: 10)
    #expect(screen.takeChangedRows() == [])
    screen.feed("a\r\nb\(csi)99;1Hc\(csi)50;1H")
    #expect(screen.takeChangedRows() == [0..<2, 98..<99])
    #expect(screen.takeChangedRows() == [])
    screen.feed("\(csi)J")
    #expect(screen.takeChangedRows() == [49..<100])
    screen.feed("\(csi)60;70r\(csi)65H\(csi)M")
    #expect(screen.takeChangedRows() == [64..<70])
    screen.feed("\(csi)1;2H\u{301}\(csi)3;3H\(csi)P")
    #expect(screen.takeChangedRows() == [0..<1, 2..<3])
    screen.feed("\(csi)?1049h")
    #expect(screen.takeChangedRows() == [0..<100])
    screen.resize(rows: 30, columns: 10)
    #expect(screen.takeChangedRows() == [0..<30])
  }
}
