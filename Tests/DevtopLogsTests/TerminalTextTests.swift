import DevtopCore
import DevtopLogs
import Testing

/// What is printed.
///
/// Where no other source is named: xterm's control sequences (ctlseqs) and the VT510 manual.
struct TerminalTextTests {
  // VT510, "DECAWM": the wrap waits for the next character.
  @Test func `a row ends when something follows`() {
    var screen = TerminalScreen(3, 5, "abcde")
    #expect(screen.place == [1, 5])
    #expect(!screen.isWrapped(0))
    screen.feed("f")
    #expect(screen.lines == ["abcde", "f"])
    #expect(screen.isWrapped(0) && !screen.isWrapped(1))
    #expect(screen.place == [2, 2])
  }

  @Test func `a full row and a line break make one row`() {
    let screen = TerminalScreen(4, 5, "abcde\r\nfghij\r\nk")
    #expect(screen.lines == ["abcde", "fghij", "k"])
    #expect((0..<4).allSatisfy { !screen.isWrapped($0) })
  }

  @Test(arguments: [
    ("abcde\u{8}X", ["abcXe"]), ("abcde\rX", ["Xbcde"]), ("abcde\(csi)DX", ["abcXe"]),
    ("abcde\(csi)CX", ["abcdX"]), ("abcde\(csi)KX", ["abcdX"]), ("abcde\(csi)1mX", ["abcde", "X"]),
    ("abcde\tX", ["abcde", "X"]), ("abcde\nX", ["abcde", "    X"]), ("abcde\(csi)XX", ["abcdX"]),
    ("abcde\(csi)PX", ["abcdX"]), ("abcde\(csi)@X", ["abcdX"]), ("abcde\u{7}X", ["abcde", "X"]),
    ("abcde\(esc)7\(csi)H\(esc)8X", ["abcde", "X"]), ("abcde\(csi)JX", ["abcdX"]),
    ("abcde\(csi)25mX", ["abcde", "X"]),
  ])
  func `what ends a pending wrap`(text: String, lines: [String]) {
    #expect(TerminalScreen(3, 5, text).lines == lines)
  }

  @Test func `without autowrap the last column is written over`() {
    var screen = TerminalScreen(3, 5, "\(csi)?7labcdefgh")
    #expect(screen.lines == ["abcdh"])
    screen.feed("日")
    #expect(screen.lines == ["abcdh"])
    screen.feed("\(csi)?7h\rabcdefgh")
    #expect(screen.lines == ["abcde", "fgh"])
  }

  @Test func `a row that was written anew does not go on`() {
    var screen = TerminalScreen(4, 5, "abcdefg\(csi)A\rabcde\r\n")
    #expect(!screen.isWrapped(0))
    screen.feed("\(csi)Habcdefg\(csi)A\(csi)K")
    #expect(!screen.isWrapped(0))
    screen.feed("\(csi)Habcdefg\(csi)A\(csi)P")
    #expect(!screen.isWrapped(0))
  }

  @Test func `a row that goes on keeps its blanks`() {
    var screen = TerminalScreen(3, 6, "ab    cd")
    #expect(screen.row(0).text == "ab    ")
    #expect(String(decoding: screen.row(0).encoded, as: UTF8.self) == "ab    ")
    // But not the column that a wide character did not fit into.
    screen = TerminalScreen(3, 6, "abcde日")
    #expect(screen.lines == ["abcde", "日"])
    #expect(screen.isWrapped(0))
  }

  @Test func `wide characters take two columns`() {
    let screen = TerminalScreen(3, 6, "a日本é")
    #expect(screen.place == [1, 6] || screen.place == [1, 7])
    let row = screen.row(0)
    #expect((0..<6).map { row[$0].width } == [1, 2, 0, 2, 0, 1])
    #expect(row[1].bytes == Array("日".utf8) && row[2].bytes.isEmpty)
    #expect(row[100].bytes == [0x20])
    #expect(TerminalScreen(3, 1, "日本a").lines == ["a"])
  }

  @Test(arguments: [
    ("日本\(csi)2GX", " X本"), ("日本\(csi)1GX", "X 本"), ("日本\(csi)2GXY", " XY"), ("日本\(csi)3G日", "日日"),
    ("日本\(csi)2G日", " 日"), ("日本\(csi)2G\(csi)K", ""), ("日本\(csi)2G\(csi)1K", "  本"),
    ("日本\(csi)2G\(csi)X", "  本"), ("日本\(csi)2G\(csi)2X", ""), ("日本\(csi)2G\(csi)@", "   本"),
    ("日本\(csi)2G\(csi)P", " 本"), ("日本x\(csi)1G\(csi)P", " 本x"), ("a日本\(csi)1G\(csi)@", " a日本"),
    ("aa日本\(csi)1G\(csi)@", " aa日"),
  ])
  func `half a wide character leaves a blank`(text: String, line: String) {
    #expect(TerminalScreen(1, 6, text).lines == (line.isEmpty ? [] : [line]))
  }

  @Test func `marks join the character before the cursor`() {
    var screen = TerminalScreen(2, 5, "e\u{301}x")
    #expect(screen.row(0)[0].bytes == Array("e\u{301}".utf8))
    #expect(screen.row(0).text == "e\u{301}x")
    screen.feed("\(csi)2G\u{302}")
    #expect(screen.row(0)[0].bytes == Array("e\u{301}\u{302}".utf8))
    screen = TerminalScreen(2, 3, "abc\u{301}d")
    #expect(screen.lines == ["abc\u{301}", "d"])
    screen = TerminalScreen(2, 5, "日\u{3099}")
    #expect(screen.row(0)[0].bytes == Array("日\u{3099}".utf8))
    #expect(TerminalScreen(2, 5, "\u{301}x").lines == ["x"])
  }

  @Test func `a character with ever more marks keeps the first`() {
    let screen = TerminalScreen(1, 5, "a" + String(repeating: "\u{301}", count: 10_000) + "b")
    #expect(screen.row(0)[0].bytes.count <= 48)
    #expect(screen.row(0)[1].bytes == [0x62])
  }

  @Test func `many marked characters in one place keep the last`() {
    let screen = TerminalScreen(1, 5, String(repeating: "e\u{301}o\u{302}\r", count: 10_000))
    #expect(screen.lines == ["e\u{301}o\u{302}"])
  }

  // UTS #51: sequences are one emoji.
  @Test(arguments: [
    "👩\u{200D}🚀", "👩\u{200D}👩\u{200D}👧", "🏳\u{FE0F}\u{200D}🌈", "👍🏽", "🇩🇪", "❤\u{FE0F}", "1\u{FE0F}\u{20E3}",
  ])
  func `an emoji of several scalars is one character of two columns`(emoji: String) {
    let screen = TerminalScreen(1, 10, emoji + "x")
    let row = screen.row(0)
    #expect(row[0].bytes == Array(emoji.utf8))
    #expect(row[0].width == 2)
    #expect(row[2].bytes == [0x78])
  }

  @Test func `flags are made of pairs`() {
    let row = TerminalScreen(1, 10, "🇩🇪🇫🇷").row(0)
    #expect(row[0].bytes == Array("🇩🇪".utf8) && row[2].bytes == Array("🇫🇷".utf8))
  }

  @Test(arguments: [
    ("a\u{202E}b", "ab"), ("a\u{200B}b", "ab"), ("a\u{AD}b", "a\u{FFFD}b"), ("a\u{200D}b", "ab"),
    ("a\u{FFFE}b", "a\u{FFFD}b"), ("\u{FE0F}a", "a"), ("a\u{2028}b", "ab"),
    ("क\u{94D}\u{200D}ष", "क\u{94D}\u{200D}ष"),
    ("a\u{7F}b", "ab"), ("a\u{FEFF}b", "ab"),
  ])
  func `nothing hides`(text: String, shown: String) {
    #expect(TerminalScreen(1, 10, text).lines == [shown])
  }

  // Unicode §3.9: a maximal subpart is one U+FFFD.
  @Test(
    arguments: [
      ([0x61, 0xFF, 0x62], "a\u{FFFD}b"), ([0xE2, 0x82, 0x41], "\u{FFFD}A"),
      ([0xF0, 0x9F, 0x98, 0x41], "\u{FFFD}A"),
      ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"), ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
      ([0xE2, 0xE2, 0x82, 0xAC], "\u{FFFD}€"), ([0x9B, 0x31, 0x6D, 0x61], "\u{FFFD}1ma"),
    ] as [([UInt8], String)])
  func `what is no UTF-8 is shown as such`(bytes: [UInt8], shown: String) {
    var screen = TerminalScreen(rows: 1, columns: 20)
    screen.feed(bytes)
    #expect(screen.lines == [shown])
    screen = TerminalScreen(rows: 1, columns: 20)
    for byte in bytes { screen.feed([byte]) }
    #expect(screen.lines == [shown])
  }

  // VT510, "DEC Special Graphic"; ISO 2022 for the designations.
  @Test func `line drawing characters`() {
    var screen = TerminalScreen(8, 40, "\(esc)(0lqqk\r\nx~x\r\nmqqj\(esc)(B lqqk")
    #expect(screen.lines == ["┌──┐", "│·│", "└──┘ lqqk"])
    screen = TerminalScreen(8, 40, "\(esc))0a\u{0E}a\u{0F}a#\(esc)(A#")
    #expect(screen.lines == ["a▒a#£"])
    screen = TerminalScreen(8, 40, "\(esc)(0_`abcdefghijklmnopqrstuvwxyz{|}~")
    #expect(screen.lines == [" ◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"])
    screen = TerminalScreen(8, 40, "\(esc)*0\(esc)+0aq")
    #expect(screen.lines == ["aq"])
  }

  // ECMA-48 §8.3.103.
  @Test func `repeats the last character`() {
    #expect(TerminalScreen(2, 10, "ab\(csi)3b").lines == ["abbbb"])
    #expect(TerminalScreen(2, 10, "日\(csi)2b").lines == ["日日日"])
    #expect(TerminalScreen(2, 10, "\(csi)5b").lines == [])
    #expect(TerminalScreen(3, 4, "a\(csi)99999b").lines == ["aaaa", "a"])
    #expect(TerminalScreen(2, 10, "\(esc)(0q\(csi)b").lines == ["──"])
  }

  // ECMA-48 §8.3.60, §8.3.154; VT510, "TBC", "HTS".
  @Test func `tab stops`() {
    #expect(TerminalScreen(1, 30, "a\tb\tc").lines == ["a       b       c"])
    #expect(
      TerminalScreen(1, 30, "\(csi)3g\(csi)5G\(esc)H\ra\tb\tc").lines == [
        "a   b" + String(repeating: " ", count: 24) + "c"
      ])
    #expect(TerminalScreen(1, 30, "\(csi)9G\(csi)g\ra\tb").lines == ["a               b"])
    #expect(TerminalScreen(1, 30, "\(csi)2Ia\(csi)2Zb").lines == ["        b       a"])
    #expect(TerminalScreen(1, 30, "\(csi)3g\(csi)?5W\tx").lines == ["        x"])
    #expect(
      TerminalScreen(1, 30, "\(csi)99999999Ix\(csi)99999999Zy").lines == [
        "y" + String(repeating: " ", count: 28) + "x"
      ])
  }

  // ECMA-48 §7.2.10, VT510 "IRM".
  @Test func `insert mode moves the rest of the row`() {
    #expect(TerminalScreen(2, 8, "abcdef\r\(csi)4hXYZ\(csi)4lQ").lines == ["XYZQbcde"])
    #expect(TerminalScreen(2, 6, "ab日x\r\(csi)4h日").lines == ["日ab日"])
    #expect(TerminalScreen(2, 5, "ab日x\r\(csi)4h日").lines == ["日ab"])
  }
}
