import DevtopCore
import DevtopLogs
import Testing

struct LineTextTests {
  private static let removed: [(String, String)] = [
    ("\u{1B}]0;title\u{07}text", "text"),
    ("\u{1B}]0;title\u{1B}\\text", "text"),
    ("a\u{1B}]8;;https://x.example\u{1B}\\link\u{1B}]8;;\u{1B}\\b", "alinkb"),
    ("\u{1B}]52;c;aGFjaw==\u{07}x", "x"),
    ("\u{1B}]52;c;aGFjaw==\u{9C}x", "x"),
    ("\u{1B}P1$r0m\u{1B}\\x", "x"),
    ("\u{1B}Pq#0;2;0;0;0\u{07}still\u{1B}\\x", "x"),
    ("\u{1B}_Gf=100;AAAA\u{1B}\\x", "x"),
    ("\u{1B}^private\u{1B}\\x", "x"),
    ("\u{1B}Xstart of string\u{1B}\\x", "x"),
    ("a\u{1B}[6nb\u{1B}[cc\u{1B}[>0qd\u{1B}[?25le\u{1B}[!pf", "abcdef"),
    ("\u{1B}[2J\u{1B}[H\u{1B}[10;20Hx\u{1B}[5A\u{1B}[3B", "x"),
    ("\u{1B}(B\u{1B})0\u{1B}*A\u{1B}%Gx\u{0E}y\u{0F}", "xy"),
    ("\u{1B}7x\u{1B}8\u{1B}=\u{1B}>\u{1B}cy\u{1B}My", "xyy"),
    ("\u{9B}31mred\u{9B}0m", "red"),
    ("\u{9D}0;title\u{07}x\u{9D}0;t\u{9C}y", "xy"),
    ("\u{90}q\u{9C}x\u{9F}y\u{9C}z", "xz"),
    ("\u{1B}[38;2;1;2;3", "^[[38;2;1;2;3"),
    ("\u{1B}]0;no end", "^[]0;no end"),
    ("\u{1B}P no end", "^[P no end"),
    ("x\u{1B}", "x^["),
    ("x\u{1B}\u{1B}[1my", "x^[y"),
    ("\u{1B}[1\u{1B}[31mred", "^[[1red"),
    ("a\u{1B}[1;é", "a^[[1;é"),
    ("\u{1B}]0;a\u{18}b", "b"),
    ("\u{1B}]0;a\u{1B}[31mb", "b"),
    ("bell\u{07} null\u{00} vt\u{0B} del\u{7F}", "bell^G null␀ vt^K del^?"),
    ("next\u{85}line", "next<U+0085>line"),
  ]

  @Test(arguments: removed)
  func `escape sequences do not reach the terminal`(line: String, shown: String) throws {
    let row = try row(line)
    #expect(row.text.plain == shown)
    #expect(row.plainText == shown)
  }

  @Test func `C1 controls as single bytes are removed too`() throws {
    #expect(try row([0x9B] + Array("31mred".utf8)).text.plain == "red")
    #expect(try row([0x61, 0x9D] + Array("0;t".utf8) + [0x07, 0x62]).text.plain == "ab")
    #expect(try row([0x61, 0x90, 0x71, 0x9C, 0x62]).text.plain == "ab")
    #expect(try row([0x61, 0x85, 0x62]).text.plain == "a\u{FFFD}b")
    // A quotation mark's last byte is no String Terminator.
    #expect(try row("\u{1B}]0;“title”\u{07}x").text.plain == "x")
  }

  @Test func `a sequence may come in pieces`() {
    let store = LogStore()
    let api = store.source()
    for byte in "\u{1B}]0;t\u{1B}\\\u{1B}[1;31mé日\u{1B}[0m!\n".utf8 { store.append([byte], from: api) }
    let row = store.lines(after: -1, limit: 1).first
    #expect(
      row?.text.spans == [
        .init(text: "é日", style: TextStyle(foreground: .ansi(1), attributes: .bold)), .init(text: "!"),
      ])
  }

  private static let colours: [(String, TextStyle)] = [
    ("31", TextStyle(foreground: .ansi(1))),
    ("94;103", TextStyle(foreground: .ansi(12), background: .ansi(11))),
    ("38;5;9", TextStyle(foreground: .ansi(9))), ("48;5;200", TextStyle(background: .palette(200))),
    ("38;2;1;2;3", TextStyle(foreground: .rgb(red: 1, green: 2, blue: 3))),
    ("38:2::1:2:3", TextStyle(foreground: .rgb(red: 1, green: 2, blue: 3))),
    ("38:2:1:2:3", TextStyle(foreground: .rgb(red: 1, green: 2, blue: 3))),
    ("38:5:130", TextStyle(foreground: .palette(130))),
    ("58;5;9;1", TextStyle(attributes: .bold)), ("4:3", TextStyle(attributes: .underline)),
    ("4;4:0;1", TextStyle(attributes: .bold)),
    ("1;2;3;4;7;9", TextStyle(attributes: TextAttributes(rawValue: 63))),
    ("1;3;22", TextStyle(attributes: .italic)), ("31;0;32", TextStyle(foreground: .ansi(2))),
    ("31;;1", TextStyle(attributes: .bold)), ("38;5;999;1", TextStyle(attributes: .bold)), ("8", .plain),
    (">4;2", .plain), ("?4", .plain), ("38;2;1", .plain), ("99999999999999999999", .plain),
  ]

  @Test(arguments: colours)
  func `colours are kept`(parameters: String, style: TextStyle) throws {
    #expect(try row("\u{1B}[\(parameters)mx").text.spans == [.init(text: "x", style: style)])
  }

  private static let overwritten: [(String, String)] = [
    ("10%\r50%\r100%", "100%"), ("Downloading\rDone", "Doneloading"), ("Downloading\r\u{1B}[KDone", "Done"),
    ("abc\u{1B}[2K\rx", "x"), ("ab\u{08}c", "ac"), ("abc\u{08}\u{08}\u{08}\u{08}x", "xbc"),
    ("日本\rab", "ab本"), ("日本\rx", "x 本"), ("a日\u{08}x", "a x"), ("abc\u{1B}[3Dx", "xbc"),
    ("abc\u{1B}[2Gx", "axc"), ("a\u{1B}[3Cb", "a   b"), ("a\tb\rX", "X       b"), ("abc\r", "abc"),
    ("\rabc", "abc"),
    ("match\u{1B}[m\u{1B}[K rest", "match rest"), ("é\u{301}x\ry", "yx"), ("abcdef\r12\u{1B}[K", "12"),
    ("\u{1B}[99999999Cx\r", String(repeating: " ", count: 4096) + "x"),
  ]

  @Test(arguments: overwritten)
  func `a line that overwrites itself shows its last state`(line: String, shown: String) throws {
    #expect(try row(line).text.plain == shown)
  }

  @Test func `colours stay with what they were written with`() throws {
    #expect(
      try row("\u{1B}[31mabc\u{1B}[0m\rx").text.spans == [
        .init(text: "x"), .init(text: "bc", style: TextStyle(foreground: .ansi(1))),
      ])
  }

  private static let invisible: [(String, String)] = [
    ("a\u{202E}b", "a<U+202E>b"), ("\u{2066}x\u{2069}", "<U+2066>x<U+2069>"), ("a\u{200B}b", "a<U+200B>b"),
    ("\u{FEFF}x", "<U+FEFF>x"), ("a\u{200D}b", "a<U+200D>b"), ("a\u{2028}b", "a<U+2028>b"),
    ("👩\u{200D}💻 x", "👩\u{200D}💻 x"), ("❤\u{FE0F}\u{200D}🔥", "❤\u{FE0F}\u{200D}🔥"),
    ("👩🏽\u{200D}🚀", "👩🏽\u{200D}🚀"), ("❤️", "❤️"), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"), ("a\u{E0041}", "a<U+E0041>"),
    ("می\u{200C}خواهم", "می\u{200C}خواهم"), ("soft\u{AD}hyphen", "soft<U+00AD>hyphen"),
    ("e\u{301}", "e\u{301}"),
  ]

  @Test(arguments: invisible)
  func `what cannot be seen is made visible`(line: String, shown: String) throws {
    #expect(Array(try row(line).text.plain.unicodeScalars) == Array(shown.unicodeScalars))
  }

  @Test func `a line of beginnings without an end is read in one go`() throws {
    let hostile = ["\u{9D}", "\u{90}", "\u{1B}]", "\u{1B}[1K", "\r", "a\u{08}", "\u{9B}1", "\u{1B}[9C\r"]
    for part in hostile {
      let line = String(repeating: part, count: 60_000 / part.utf8.count)
      #expect(
        try row("x" + line).text.plain.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
      )
    }
  }

  @Test func `tabs go to every eighth column`() throws {
    #expect(try row("a\tb\t\tc").text.plain == "a       b               c")
    #expect(try row("日\tx").text.plain == "日      x")
    #expect(try row("a\tb").plainText == "a\tb")
  }

  private static let notUTF8: [([UInt8], String)] = [
    ([0x61, 0xFF, 0x62], "a\u{FFFD}b"), ([0xE2, 0x82], "\u{FFFD}"), ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"),
    ([0xED, 0xA0, 0xA1], "\u{FFFD}\u{FFFD}\u{FFFD}"), ([0xF0, 0x9F, 0x98, 0x41], "\u{FFFD}A"),
    ([0xF5, 0xA0], "\u{FFFD}\u{FFFD}"),
  ]

  @Test(arguments: notUTF8)
  func `what is no UTF-8 is replaced, and kept in the bytes`(line: [UInt8], shown: String) throws {
    #expect(try row(line).text.plain == shown)
    #expect(try row(line).bytes == line)
  }

  @Test func `only the beginning is read when only that is shown`() throws {
    let text = try row(String(repeating: "abc ", count: 10_000)).text(columns: 80)
    #expect(text.plain.utf8.count >= 80)
    #expect(text.plain.utf8.count < 200)
    #expect(try row("\u{1B}[31m" + "abc\tdef\u{1B}[0mghi").text(columns: 3).plain.hasPrefix("abc"))
  }

  @Test(arguments: 0..<20)
  func `nothing that acts on a terminal comes out of any bytes`(seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    let alphabet: [UInt8] = [
      0x1B, 0x5B, 0x5D, 0x50, 0x3B, 0x6D, 0x30, 0x31, 0x07, 0x9B, 0xC2, 0x9D, 0x9C, 0x5C, 0x0D, 0x08, 0x4B,
      0x44,
      0xE2, 0x80, 0xAE, 0x8B, 0xF0, 0x9F, 0x98, 0x80, 0x00, 0x7F, 0x61, 0x09, 0x18, 0x3A, 0x33, 0x38, 0xE6,
      0x97, 0xA5,
    ]
    for _ in 0..<400 {
      let count = Int.random(in: 0...60, using: &generator)
      let line = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      let row = try row(line)
      for scalar in row.text.plain.unicodeScalars {
        let isControl = scalar.properties.generalCategory == .control
        let isBidi = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        #expect(!isControl && !isBidi, "\(line)")
      }
      #expect(
        row.plainText.unicodeScalars.allSatisfy { $0.value == 9 || $0.properties.generalCategory != .control }
      )
    }
  }
}
