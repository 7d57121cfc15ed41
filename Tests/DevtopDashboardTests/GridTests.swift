import DevtopCore
@testable import DevtopDashboard
import Testing

@Suite struct GridTests {
  private func canvas(_ columns: Int, _ rows: Int) -> Canvas {
    Canvas(size: Size(columns: columns, rows: rows), theme: .sample, symbols: .wide)
  }

  @Test(
    arguments: [
      ("a", 1), ("é", 1), ("e\u{301}", 1), ("日", 2), ("ｱ", 1), ("Ａ", 2), ("😀", 2), ("👨‍👩‍👧", 2), ("❤️", 2),
      ("❤", 1),
      ("🇩🇪", 2), ("👍🏽", 2), ("한", 2), ("ᄒ\u{1161}\u{11AB}", 2), ("#️⃣", 2), ("│", 1), ("▁", 1), ("🫩", 2),
    ] as [(Character, Int)])
  func `a character takes its columns`(_ character: Character, _ columns: Int) {
    #expect(Glyph(character).columns == columns)
  }

  @Test func `what must not reach a terminal is made visible`() {
    #expect(Glyph("\u{1B}").scalars == [0x241B])
    #expect(Glyph("\n").scalars == [0x240A])
    #expect(Glyph("\u{7F}").scalars == [0x2421])
    for character in ["\u{9B}", "\u{202E}", "\u{2066}", "\u{200B}", "\u{FEFF}", "\u{301}", "\u{AD}"]
      as [Character]
    {
      #expect(Glyph(character).scalars == [Glyph.replacement])
    }
    // Only marks that belong to their base stay with it.
    #expect(Glyph("a\u{200D}").scalars == [0x61])
    #expect(Glyph("🏴\u{E0067}\u{E0062}\u{E007F}").scalars == [0x1F3F4])
    let marks = Character("a" + String(repeating: "\u{301}", count: 40))
    #expect(Glyph(marks).scalars.count == Glyph.longest)
  }

  @Test func `text that does not fit ends in an ellipsis`() {
    var canvas = canvas(6, 2)
    #expect(canvas.draw("abcdef", column: 0, row: 0) == 6)
    #expect(canvas.draw("abcdefg", column: 0, row: 1) == 6)
    #expect(canvas.grid.text == "abcdef\nabcde…")
  }

  @Test func `half of a wide character is a space`() {
    var wide = canvas(6, 1)
    wide.draw("日本語x", column: 0, row: 0, limit: 5)
    #expect(wide.grid.text == "日本… ")
    wide.draw("x", column: 1, row: 0)
    #expect(wide.grid.text == " x本… ")
    var clipped = canvas(6, 1)
    clipped.clipped(to: Layout.Frame(column: 1, row: 0, columns: 4, rows: 1)) {
      $0.draw("日本語", column: 0, row: 0)
    }
    #expect(clipped.grid.text == "  本… ")
  }

  @Test func `nothing is drawn outside of the clip`() {
    var canvas = canvas(6, 3)
    canvas.clipped(to: Layout.Frame(column: 1, row: 1, columns: 3, rows: 1)) { canvas in
      for row in -1..<4 { canvas.draw("abcdef", column: -1, row: row) }
      canvas.fill(Layout.Frame(column: 3, row: 0, columns: 9, rows: 9), .text)
    }
    #expect(canvas.grid.text == "      \n cd   \n      ")
  }

  @Test func `changes are the cells that differ`() {
    var before = canvas(5, 2)
    before.draw("👍🏽ab", column: 0, row: 0)
    var after = canvas(5, 2)
    after.draw("x", column: 4, row: 1)
    after.draw("👍🏽aB", column: 0, row: 0)
    #expect(after.grid.changes(since: before.grid) == [.init(column: 3, row: 0), .init(column: 4, row: 1)])
    #expect(after.grid.changes(since: after.grid).isEmpty)
    #expect(after.grid.changes(since: nil).count == 10)
    #expect(after.grid.changes(since: canvas(5, 3).grid).count == 10)
  }

  @Test func `clusters are told apart although they are kept aside`() {
    var before = canvas(2, 1)
    before.draw("👍🏽", column: 0, row: 0)
    var after = canvas(2, 1)
    after.draw("👍🏿", column: 0, row: 0)
    #expect(after.grid.changes(since: before.grid) == [.init(column: 0, row: 0)])
  }

  @Test func `a style survives packing`() {
    let styles = [
      TextStyle(), TextStyle(foreground: .ansi(0), background: .ansi(15), attributes: [.bold, .reverse]),
      TextStyle(foreground: .palette(16), background: .palette(255), attributes: .strikethrough),
      TextStyle(foreground: .rgb(red: 0, green: 0, blue: 0), background: .rgb(red: 1, green: 2, blue: 255)),
    ]
    for style in styles {
      let packed = PackedStyle(style)
      #expect(packed.foreground == style.foreground && packed.background == style.background)
      #expect(packed.attributes == style.attributes)
    }
    #expect(Set(styles.map(PackedStyle.init)).count == styles.count)
  }

  @Test func `a program's colours lie on the theme's background`() {
    var theme = Theme(name: "paper", isDark: false)
    theme.set(.background, TextStyle(background: .ansi(7)))
    theme.set(.text, TextStyle(foreground: .ansi(0)))
    let sheet = StyleSheet(theme)
    #expect(sheet.styled(TextStyle(foreground: .ansi(1))).background == .ansi(7))
    #expect(sheet[.buildOK].foreground == .ansi(0))
  }
}
