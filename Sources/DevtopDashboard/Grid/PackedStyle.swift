package import DevtopCore

/// A `TextStyle` in 64 bits, so that cells are small and compared in one step.
package struct PackedStyle: Hashable, Sendable {
  // Bits 0–25 foreground, 26–51 background, 52–57 attributes; a colour is 2 bits of kind over 24 of value.
  private var bits: UInt64

  private static let colorMask: UInt64 = (1 << 26) - 1

  package static let plain = PackedStyle(TextStyle.plain)

  package init(_ style: TextStyle) {
    bits =
      Self.pack(style.foreground) | Self.pack(style.background) << 26
      | UInt64(style.attributes.rawValue & 63) << 52
  }

  package var foreground: Color {
    get { Self.unpack(bits & Self.colorMask) }
    set { bits = bits & ~Self.colorMask | Self.pack(newValue) }
  }

  package var background: Color {
    get { Self.unpack(bits >> 26 & Self.colorMask) }
    set { bits = bits & ~(Self.colorMask << 26) | Self.pack(newValue) << 26 }
  }

  package var attributes: TextAttributes {
    get { TextAttributes(rawValue: UInt8(truncatingIfNeeded: bits >> 52 & 63)) }
    set { bits = bits & ~(63 << 52) | UInt64(newValue.rawValue & 63) << 52 }
  }

  /// Both colours without the attributes: what a colour pair of the terminal stands for.
  package var colors: UInt64 { bits & ((1 << 52) - 1) }

  /// This style with another one laid over it: colours that the other names win, attributes add up.
  package func overlaid(with other: PackedStyle) -> PackedStyle {
    var result = self
    if other.bits & Self.colorMask != 0 {
      result.bits = result.bits & ~Self.colorMask | other.bits & Self.colorMask
    }
    let shifted = Self.colorMask << 26
    if other.bits & shifted != 0 { result.bits = result.bits & ~shifted | other.bits & shifted }
    result.bits |= other.bits & (63 << 52)
    return result
  }

  private static func pack(_ color: Color) -> UInt64 {
    switch color {
    case .default: 0
    case .ansi(let index), .palette(let index): 1 << 24 | UInt64(index)
    case .rgb(let red, let green, let blue): 2 << 24 | UInt64(red) << 16 | UInt64(green) << 8 | UInt64(blue)
    }
  }

  private static func unpack(_ packed: UInt64) -> Color {
    let value = packed & 0xFF_FFFF
    switch packed >> 24 {
    case 0: return .default
    case 1:
      let index = UInt8(truncatingIfNeeded: value)
      return index < 16 ? .ansi(index) : .palette(index)
    default:
      return .rgb(
        red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
        blue: UInt8(truncatingIfNeeded: value))
    }
  }
}
