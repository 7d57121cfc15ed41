import DevtopCore
@testable import DevtopTerminal
import Testing

@Suite struct ColorDepthTests {
  private let plain = TerminalEnvironment(type: "xterm")
  private let refusing = TerminalEnvironment(type: "xterm", refusesColor: true)

  @Test func `the flag beats NO_COLOR, which beats terminfo`() {
    #expect(ColorDepth.chosen(nil, plain, terminfoColors: 256, isDirect: false) == .palette256)
    #expect(ColorDepth.chosen(nil, refusing, terminfoColors: 256, isDirect: false) == .none)
    #expect(ColorDepth.chosen(.ansi16, refusing, terminfoColors: 256, isDirect: false) == .ansi16)
    #expect(ColorDepth.chosen(.some(.none), plain, terminfoColors: 256, isDirect: false) == .none)
    #expect(ColorDepth.chosen(.palette256, plain, terminfoColors: 8, isDirect: false) == .ansi8)
    #expect(ColorDepth.chosen(nil, plain, terminfoColors: -1, isDirect: false) == .none)
    #expect(ColorDepth.chosen(nil, plain, terminfoColors: 1 << 24, isDirect: true) == .direct)
  }

  @Test func `24-bit colours go to the nearest of 256 without the person's own 16`() {
    #expect(ColorDepth.palette256.number(of: .rgb(red: 255, green: 0, blue: 0)).number == 196)
    #expect(ColorDepth.palette256.number(of: .rgb(red: 0, green: 0, blue: 0)).number == 16)
    #expect(ColorDepth.palette256.number(of: .rgb(red: 128, green: 128, blue: 128)).number == 244)
    #expect(ColorDepth.palette256.number(of: .ansi(9)).number == 9)
  }

  @Test func `bright colours of eight are bold`() {
    let red = ColorDepth.ansi8.number(of: .ansi(9))
    #expect(red.number == 1 && red.isBright)
    let nord = ColorDepth.ansi16.number(of: .rgb(red: 191, green: 97, blue: 106))
    #expect((0..<16).contains(nord.number))
    #expect(ColorDepth.none.number(of: .ansi(9)).number == -1)
  }

  @Test func `COLORFGBG tells dark from light`() {
    #expect(TerminalEnvironment(foregroundAndBackground: "15;0").isDark == true)
    #expect(TerminalEnvironment(foregroundAndBackground: "0;default;15").isDark == false)
    #expect(TerminalEnvironment(foregroundAndBackground: "default").isDark == nil)
    #expect(TerminalEnvironment().isDark == nil)
  }

  @Test func `Base64 as in RFC 4648`() {
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.encoded(Array(text.utf8)) == Array(encoded.utf8))
    }
  }
}
