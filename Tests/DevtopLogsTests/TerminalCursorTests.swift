import DevtopCore
import DevtopLogs
import Testing

/// Where the cursor goes.
///
/// Sources: ECMA-48 §8.3, the VT510 manual ("Cursor movement", "Margins"), xterm's ctlseqs.
struct TerminalCursorTests {
  private static let moves: [(String, [Int])] = [
    ("A", [4, 5]), ("0A", [4, 5]), ("3A", [2, 5]), ("99A", [1, 5]), ("B", [6, 5]), ("2B", [7, 5]),
    ("99B", [10, 5]), ("C", [5, 6]), ("99C", [5, 20]), ("D", [5, 4]), ("99D", [5, 1]), ("2E", [7, 1]),
    ("2F", [3, 1]), ("7G", [5, 7]), ("0G", [5, 1]), ("99G", [5, 20]), ("7`", [5, 7]), ("2a", [5, 7]),
    ("2e", [7, 5]), ("3d", [3, 5]), ("99d", [10, 5]), ("H", [1, 1]), ("3H", [3, 1]), (";3H", [1, 3]),
    ("3;4H", [3, 4]), ("0;0H", [1, 1]), ("99;99H", [10, 20]), ("3;4f", [3, 4]),
    ("99999999999999999999;99999999999999999999H", [10, 20]), ("99999999999999999999A", [1, 5]),
    ("99999999999999999999C", [5, 20]), ("3;4;5;6H", [3, 4]), ("3:9;4H", [3, 4]),
    // Unknown, private or malformed: nothing moves.
    ("?3A", [5, 5]), ("3 A", [5, 5]), (">3A", [5, 5]), ("3!A", [5, 5]), ("3?A", [5, 5]), ("3$#A", [5, 5]),
    ("3 4A", [5, 5]),
  ]

  @Test(arguments: moves)
  func `cursor moves`(sequence: String, place: [Int]) {
    #expect(TerminalScreen(10, 20, "\(csi)5;5H\(csi)\(sequence)").place == place)
  }

  // VT510: moves stop at the margins, unless the cursor is already outside.
  @Test(arguments: [
    ("5;5H", "9A", [3, 5]), ("5;5H", "9B", [7, 5]), ("2;5H", "9A", [1, 5]), ("2;5H", "2B", [4, 5]),
    ("2;5H", "99B", [7, 5]), ("9;5H", "9B", [10, 5]), ("9;5H", "3A", [6, 5]), ("9;5H", "99A", [3, 5]),
    ("5;5H", "1;1H", [1, 1]), ("5;5H", "1d", [1, 5]), ("9;5H", "99E", [10, 1]), ("5;5H", "99F", [3, 1]),
  ])
  func `margins stop relative moves`(from: String, move: String, place: [Int]) {
    #expect(TerminalScreen(10, 20, "\(csi)3;7r\(csi)\(from)\(csi)\(move)").place == place)
  }

  // VT510, "DECOM".
  @Test func `with origin mode rows count from the top margin`() {
    var screen = TerminalScreen(10, 20, "\(csi)3;7r\(csi)?6h")
    #expect(screen.place == [3, 1])
    #expect(screen.modes.origin)
    screen.feed("\(csi)2;4H")
    #expect(screen.place == [4, 4])
    screen.feed("\(csi)99;99H")
    #expect(screen.place == [7, 20])
    screen.feed("\(csi)2d\(csi)6n")
    #expect(screen.place == [4, 20])
    #expect(screen.takeReplies() == Array("\(csi)2;20R".utf8))
    screen.feed("\(csi)99A")
    #expect(screen.place == [3, 20])
    screen.feed("\(csi)?6l")
    #expect(screen.place == [1, 1])
  }

  // VT510, "DECSTBM": two rows at least, and the cursor goes home.
  @Test(arguments: [
    ("3;7r", [1, 1]), ("7;3r", [5, 5]), ("3;3r", [5, 5]), ("r", [1, 1]), (";4r", [1, 1]), ("4r", [1, 1]),
    ("10;99r", [5, 5]), ("9;99r", [1, 1]), ("99;100r", [5, 5]),
  ])
  func `margins take two rows`(sequence: String, place: [Int]) {
    #expect(TerminalScreen(10, 20, "\(csi)5;5H\(csi)\(sequence)").place == place)
  }

  // VT510, "DECSC"; xterm: SCOSC and SCORC are the same without left and right margins.
  @Test(arguments: [("\(esc)7", "\(esc)8"), ("\(csi)s", "\(csi)u"), ("\(csi)?1048h", "\(csi)?1048l")])
  func `the cursor is saved with its colours, character set and origin mode`(save: String, restore: String) {
    var screen = TerminalScreen(
      10, 20,
      "\(csi)2;4r\(csi)?6h\(csi)2;5H\(csi)1;31m\(esc)(0\(save)\(csi)?6l\(csi)m\(esc)(B\(csi)9;9H\(restore)q")
    #expect(screen.modes.origin)
    #expect(screen.place == [3, 6])
    let cell = screen.row(2)[4]
    #expect(cell.bytes == Array("─".utf8))
    #expect(cell.style.foreground == .ansi(1) && cell.style.attributes == .bold)
    screen = TerminalScreen(10, 20, "\(csi)5;5H\(csi)1m\(restore)x")
    #expect(screen.place == [1, 2])
    #expect(screen.row(0)[0].style == .plain)
  }

  @Test func `C1 controls do as their forms of two bytes`() {
    #expect(TerminalScreen(5, 20, "ab\u{85}c").lines == ["ab", "c"])
    #expect(TerminalScreen(5, 20, "ab\u{84}c").lines == ["ab", "  c"])
    #expect(TerminalScreen(5, 20, "\nab\u{8D}c").lines == ["  c", "ab"])
    #expect(TerminalScreen(5, 20, "ab\u{9B}1Dc").lines == ["ac"])
    #expect(TerminalScreen(5, 20, "\(csi)3g\(csi)4G\u{88}\r\tx").lines == ["   x"])
    #expect(TerminalScreen(5, 20, "a\u{9D}0;t\u{9C}b\u{90}q\u{9C}c\u{9F}x\u{9C}d").lines == ["abcd"])
    #expect(TerminalScreen(5, 20, "ab\(esc)Ec\(esc)Dd\(esc)Me").lines == ["ab", "c e", " d"])
  }

  // ECMA-48 §8.3.124 with VT510, "LNM".
  @Test func `line feeds`() {
    #expect(TerminalScreen(5, 20, "a\nb\u{B}c\u{C}d").lines == ["a", " b", "  c", "   d"])
    #expect(TerminalScreen(5, 20, "\(csi)20ha\nb").lines == ["a", "b"])
    #expect(TerminalScreen(5, 20, "a\u{8}\u{8}\u{8}b").lines == ["b"])
  }

  // VT500 parser: controls within a sequence are executed, CAN and SUB abort it, ESC begins anew.
  @Test func `controls within sequences`() {
    #expect(TerminalScreen(5, 20, "ab\(csi)\r2Cc").lines == ["abc"])
    #expect(TerminalScreen(5, 20, "ab\(csi)2\nCc").lines == ["ab", "    c"])
    #expect(TerminalScreen(5, 20, "ab\(csi)2\u{18}Cc").lines == ["abCc"])
    #expect(TerminalScreen(5, 20, "ab\(csi)2\u{1A}Cc").lines == ["abCc"])
    #expect(TerminalScreen(5, 20, "ab\(csi)2\(csi)Dc").lines == ["ac"])
    #expect(TerminalScreen(5, 20, "ab\(csi)2é").lines == ["abé"])
    #expect(TerminalScreen(5, 20, "ab\(csi)1\u{7F}Dc").lines == ["ac"])
    #expect(TerminalScreen(5, 20, "ab\(esc)\(esc)\(csi)Dc").lines == ["ac"])
    #expect(TerminalScreen(5, 20, "a\(esc) Fb\(esc)%Gc\(esc)#3d").lines == ["abcd"])
    #expect(TerminalScreen(5, 20, "a\(csi)" + String(repeating: "1;", count: 2000) + "Hb").lines == ["ab"])
  }
}
