import DevtopCore
import DevtopLogs
import Testing

struct TerminalRowTests {
  // ECMA-48 §8.3.117; ITU-T T.416 §13.1.8 for colours with colons.
  @Test(arguments: [
    ("\(csi)1;3;4mx", "\(csi)0;1;3;4mx\(csi)m"), ("\(csi)31mx\(csi)my", "\(csi)0;31mx\(csi)my"),
    ("\(csi)38;5;200;48;5;3mx", "\(csi)0;38;5;200;43mx\(csi)m"),
    ("\(csi)38;2;1;2;3mx", "\(csi)0;38;2;1;2;3mx\(csi)m"),
    ("\(csi)38:2::1:2:3;48:5:100mx", "\(csi)0;38;2;1;2;3;48;5;100mx\(csi)m"),
    ("\(csi)91;107mx", "\(csi)0;91;107mx\(csi)m"),
    ("\(csi)2;7;9mx\(csi)22;27;29my", "\(csi)0;2;7;9mx\(csi)my"),
    ("\(csi)4:3mx\(csi)4:0my", "\(csi)0;4mx\(csi)my"),
    ("\(csi)31m日\(csi)mb", "\(csi)0;31m日\(csi)mb"), ("a\(csi)31m  ", "a"),
    ("a\(csi)41m ", "a\(csi)0;41m \(csi)m"),
    ("a\(csi)4m ", "a\(csi)0;4m \(csi)m"), ("plain", "plain"), ("", ""), ("\(csi)>4;2mx\(csi)?4my", "xy"),
    ("\(csi)8mhidden", "hidden"),
  ])
  func `codes give a row its colours`(text: String, encoded: String) {
    #expect(String(decoding: TerminalScreen(1, 20, text).row(0).encoded, as: UTF8.self) == encoded)
  }

  @Test func `an encoded row gives the same cells again`() {
    var generator = SeededGenerator(state: 7)
    for _ in 0..<200 {
      var screen = TerminalScreen(rows: 1, columns: 30)
      for _ in 0..<Int.random(in: 0..<30, using: &generator) {
        let code = [0, 1, 2, 3, 4, 7, 9, 22, 31, 39, 42, 49, 95, 104].randomElement(using: &generator) ?? 0
        let color =
          "\(csi)\(Bool.random(using: &generator) ? 38 : 48);5;\(UInt8.random(in: 0...255, using: &generator))m"
        screen.feed(Bool.random(using: &generator) ? "\(csi)\(code)m" : color)
        screen.feed("\(csi)\(Int.random(in: 1...30, using: &generator))G")
        screen.feed(["a", " ", "日", "e\u{301}", "xyz", "👩\u{200D}🚀"].randomElement(using: &generator) ?? "")
      }
      var copy = TerminalScreen(rows: 1, columns: 30)
      copy.feed(screen.row(0).encoded)
      for column in 0..<30 {
        let (old, new) = (screen.row(0)[column], copy.row(0)[column])
        #expect(old.bytes == new.bytes && old.width == new.width)
        // Blanks at the end whose colour cannot be seen are left out.
        if old.bytes != [0x20] || new.style != .plain { #expect(old.style == new.style || old.width == 0) }
      }
      #expect(copy.row(0).encoded == screen.row(0).encoded)
    }
  }

  @Test func `a row to be drawn has spans`() {
    let row = TerminalScreen(1, 20, "a\(csi)31mb日\(csi)m c \(csi)44m \(csi)m").row(0)
    #expect(
      row.styledText.spans == [
        .init(text: "a"), .init(text: "b日", style: TextStyle(foreground: .ansi(1))), .init(text: " c "),
        .init(text: " ", style: TextStyle(background: .ansi(4))),
      ])
    #expect(row.text == "ab日 c")
  }

  @Test func `blank rows`() {
    #expect(TerminalScreen(1, 5, "").row(0).isBlank)
    #expect(TerminalScreen(1, 5, "a\u{8} ").row(0).isBlank)
    #expect(!TerminalScreen(1, 5, "a").row(0).isBlank)
    #expect(TerminalScreen(1, 5, "a").row(1).isBlank && TerminalScreen(1, 5, "a").row(-1).isBlank)
  }
}
