import DevtopCore
@testable import DevtopTerminal
import Testing

@Suite struct InputParserTests {
  private func keys(_ text: String, _ parser: inout InputParser) -> [Key] {
    parser.feed(Array(text.utf8)).compactMap { item in
      if case .event(.key(let key)) = item { key } else { nil }
    }
  }

  private func keys(_ text: String) -> [Key] {
    var parser = InputParser()
    return keys(text, &parser)
  }

  @Test func `characters and control keys`() {
    #expect(
      keys("a\u{E9}\u{65E5}\u{1F600}") == [
        .character("a"), .character("é"), .character("日"), .character("😀"),
      ])
    #expect(
      keys("\u{01}\u{1A}\u{1C}\u{1D}\u{1F}") == [
        .control("a"), .control("z"), .control("\\"), .control("]"), .control("_"),
      ])
    #expect(keys("\t\r\n\u{7F}\u{08}\u{00}") == [.tab, .enter, .enter, .backspace, .control("h")])
  }

  @Test func `cursor, editing and function keys of xterm, rxvt and the Linux console`() {
    #expect(keys("\u{1B}[A\u{1B}OA\u{1B}[1;5A\u{1B}[Z") == [.up, .up, .up, .backTab])
    #expect(
      keys("\u{1B}[H\u{1B}[1~\u{1B}[7~\u{1B}[F\u{1B}[4~\u{1B}[8~") == [.home, .home, .home, .end, .end, .end])
    #expect(keys("\u{1B}[3~\u{1B}[5~\u{1B}[6~") == [.delete, .pageUp, .pageDown])
    #expect(
      keys("\u{1B}OP\u{1B}[11~\u{1B}[[A\u{1B}[15~\u{1B}[24~") == [
        .function(1), .function(1), .function(1), .function(5), .function(12),
      ])
  }

  @Test func `a sequence may come in pieces`() {
    var parser = InputParser()
    #expect(keys("x\u{1B}", &parser) == [.character("x")])
    #expect(parser.isWaiting)
    #expect(keys("[", &parser).isEmpty)
    #expect(keys("1;", &parser).isEmpty)
    #expect(keys("2C", &parser) == [.right])
    #expect(!parser.isWaiting)
    var items = parser.feed([0xE6, 0x97])
    #expect(items.isEmpty && !parser.isWaiting)
    items = parser.feed([0xA5])
    #expect(items == [.event(.key(.character("日")))])
  }

  @Test func `an ESC alone is a key after its time`() {
    var parser = InputParser()
    #expect(parser.feed([0x1B]).isEmpty)
    #expect(parser.flush() == [.event(.key(.escape))])
    #expect(parser.flush().isEmpty)
    #expect(keys("\u{1B}q", &parser) == [.alt("q")])
  }

  @Test func `unknown sequences never become keys`() {
    for sequence in [
      "\u{1B}[?2026;2$y", "\u{1B}[99~", "\u{1B}[I", "\u{1B}[O", "\u{1B}P1$r0m\u{1B}\\", "\u{1B}]52;c;?\u{07}",
      "\u{1B}_Gi=1;OK\u{1B}\\", "\u{1B}[M !!", "\u{1B}[>41;354;0c", "\u{1B}[12;40R", "\u{1B}[97;5u",
    ] {
      #expect(keys(sequence + "z") == [.character("z")], "\(sequence.debugDescription)")
    }
  }

  @Test func `a paste is one event, whatever is in it`() {
    var parser = InputParser()
    #expect(parser.feed(Array("\u{1B}[200~rm \u{1B}[A\u{03}".utf8)).isEmpty)
    #expect(!parser.isWaiting)
    #expect(parser.feed(Array("\u{65E5}\u{1B}[20".utf8)).isEmpty)
    #expect(
      parser.feed(Array("1~k".utf8)) == [
        .event(.pasted("rm \u{1B}[A\u{03}\u{65E5}")), .event(.key(.character("k"))),
      ])
  }

  @Test func `a paste without end is cut into pieces`() {
    var parser = InputParser()
    _ = parser.feed(Array("\u{1B}[200~".utf8))
    let items = parser.feed(Array(repeating: UInt8(ascii: "x"), count: InputParser.pasteLimit + 1))
    #expect(items.count == 1)
  }

  @Test func `the mouse presses, drags and scrolls`() {
    var parser = InputParser()
    #expect(
      parser.feed(
        Array(
          "\u{1B}[<0;1;1M\u{1B}[<32;2;3M\u{1B}[<0;2;3m\u{1B}[<64;300;99M\u{1B}[<64;1;1m\u{1B}[<2;1;1M\u{1B}[<35;4;4M"
            .utf8))
        == [
          .event(.clicked(column: 0, row: 0)), .event(.dragged(column: 1, row: 2)), .event(.released),
          .event(.scrolled(column: 299, row: 98, by: -3)),
        ])
  }

  @Test func `a terminal's own sequences win`() {
    var parser = InputParser(keys: [Array("[192z".utf8): .function(1), Array("Ox".utf8): .up])
    #expect(keys("\u{1B}[192z\u{1B}Ox", &parser) == [.function(1), .up])
  }

  @Test func `any bytes are survived`() {
    var state: UInt64 = 42
    var parser = InputParser()
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let special: [UInt8] = [0x1B, 0x5B, 0x4F, 0x5D, 0x07, 0x3B, 0x7E, 0x4D]
      let byte = UInt8(truncatingIfNeeded: state >> 33)
      _ = parser.feed([state >> 60 < 6 ? special[Int(byte) % special.count] : byte])
      if state >> 58 == 1 { _ = parser.flush() }
    }
    _ = parser.feed(Array("\u{1B}[201~\u{1B}\\\u{07}".utf8))
    _ = parser.flush()
    #expect(parser.feed([UInt8(ascii: "k")]).last == .event(.key(.character("k"))))
  }
}
