import DevtopCore

/// How many colours a terminal shows.
package enum ColorDepth: String, Hashable, CaseIterable, Sendable {
  /// Attributes only.
  case none
  case ansi8 = "8"
  case ansi16 = "16"
  case palette256 = "256"
  /// Any 24-bit colour; only with a terminfo entry that says so (`xterm-direct`).
  case direct = "truecolor"

  /// `--color` beats `NO_COLOR` beats `COLORTERM` beats terminfo; never more than terminfo can express.
  package static func chosen(
    _ wanted: ColorDepth?, _ environment: TerminalEnvironment, terminfoColors: Int, isDirect: Bool
  ) -> ColorDepth {
    let most: ColorDepth
    switch terminfoColors {
    case ..<8: most = .none
    case _ where isDirect: most = .direct
    case ..<16: most = .ansi8
    case ..<256: most = .ansi16
    default: most = .palette256
    }
    // Through an entry with indexed colours 24-bit ones go to the nearest of 256, so COLORTERM cannot add any.
    guard let wanted else { return environment.refusesColor ? .none : most }
    return wanted.rank < most.rank && !(isDirect && wanted != .none) ? wanted : most
  }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Whether a theme's styles for 16 colours are in force.
  package var isReduced: Bool { self == .ansi8 || self == .ansi16 }

  /// The terminal's number of a colour: -1 for its own, and whether bold has to make it bright.
  func number(of color: Color) -> (number: Int32, isBright: Bool) {
    switch color {
    case .default: (-1, false)
    case .ansi(let index), .palette(let index): number(ofIndex: index)
    case .rgb(let red, let green, let blue): number(of: RGB(red: red, green: green, blue: blue))
    }
  }

  private func number(ofIndex index: UInt8) -> (number: Int32, isBright: Bool) {
    switch self {
    case .none: return (-1, false)
    case .palette256: return (Int32(index), false)
    case .direct:
      // Entries with direct colours keep 0–7 for the terminal's own.
      return index < 8 ? (Int32(index), false) : number(of: RGB(paletteIndex: index))
    case .ansi8, .ansi16:
      let index = index < 16 ? index : RGB(paletteIndex: index).nearest(in: 0..<(self == .ansi8 ? 8 : 16))
      return self == .ansi8 && index >= 8 ? (Int32(index - 8), true) : (Int32(index), false)
    }
  }

  private func number(of color: RGB) -> (number: Int32, isBright: Bool) {
    switch self {
    case .none: return (-1, false)
    case .ansi8, .ansi16: return number(ofIndex: color.nearest(in: 0..<16))
    // 0–15 are the person's own colours, which nobody knows.
    case .palette256: return (Int32(color.nearest(in: 16..<256)), false)
    // 0–7 stand for the terminal's own colours: the darkest blues become the next.
    case .direct: return (max(8, Int32(color.red) << 16 | Int32(color.green) << 8 | Int32(color.blue)), false)
    }
  }
}
