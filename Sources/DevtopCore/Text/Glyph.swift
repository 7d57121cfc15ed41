/// What one character becomes on the screen: scalars that are safe to send to a terminal, and their columns.
///
/// The one gate between text of others (log lines, paths, messages of compilers) and the cells: no control
/// character, no bidirectional override and nothing invisible gets through.
package struct Glyph: Equatable, Sendable {
  /// A base and its marks, at most `longest`; never empty.
  package private(set) var scalars: [UInt32]
  /// 1 or 2.
  package private(set) var columns: Int

  /// As many as a cell of ncurses holds (CCHARW_MAX).
  package static let longest = 5
  /// Stands for what must not be shown.
  package static let replacement: UInt32 = 0xFFFD

  private static let zeroWidthJoiner: UInt32 = 0x200D
  private static let regionalIndicators: ClosedRange<UInt32> = 0x1F1E6...0x1F1FF

  package init(_ character: Character) {
    var rest = character.unicodeScalars.makeIterator()
    let first = rest.next()?.value ?? 0x20
    let base = Self.visible(first)
    scalars = [base]
    columns = max(1, DisplayWidth.columns(of: base))
    guard base == first else { return }
    while let scalar = rest.next()?.value, scalars.count < Self.longest { append(scalar) }
    if scalars.last == Self.zeroWidthJoiner { scalars.removeLast() }
  }

  private mutating func append(_ scalar: UInt32) {
    switch scalar {
    case 0xFE0E: break
    case 0xFE0F:
      scalars.append(scalar)
      if DisplayWidth.isWidenedByVS16(scalars[0]) { columns = 2 }
    case Self.zeroWidthJoiner:
      // Joins emoji only; elsewhere it would be an invisible difference.
      if columns == 2 { scalars.append(scalar) }
    case Self.regionalIndicators:
      scalars.append(scalar)
      columns = 2
    case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xE0000...0xE0FFF: break
    default:
      scalars.append(scalar)
      columns = max(columns, DisplayWidth.columns(of: scalar))
    }
  }

  /// The scalar itself where it shows something by itself, else a visible stand-in.
  ///
  /// C0 controls become their pictures (U+2400 to U+2421); C1 controls, bidirectional overrides and other
  /// characters without a width become `�`.
  static func visible(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0x20..<0x7F: scalar
    case 0..<0x20: 0x2400 + scalar
    case 0x7F: 0x2421
    case 0xAD: replacement
    default: DisplayWidth.columns(of: scalar) == 0 ? replacement : scalar
    }
  }
}
