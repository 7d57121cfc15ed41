/// One cell of the screen: 16 bytes, no reference.
package struct Cell: Equatable, Sendable {
  /// A scalar, an index into the clusters of the grid, or the right half of a wide character.
  private(set) var glyph: UInt32
  package var style: PackedStyle

  private static let clusterFlag: UInt32 = 0x8000_0000
  private static let rightHalf: UInt32 = .max

  init(scalar: UInt32, style: PackedStyle) {
    glyph = scalar
    self.style = style
  }

  init(cluster index: Int, style: PackedStyle) {
    glyph = Self.clusterFlag | UInt32(index)
    self.style = style
  }

  /// The right half of the wide character to the left.
  static func rightHalf(style: PackedStyle) -> Cell { Cell(scalar: rightHalf, style: style) }

  package var isRightHalf: Bool { glyph == Self.rightHalf }

  /// The index of its cluster; nil for a single scalar and a right half.
  var cluster: Int? {
    glyph & Self.clusterFlag != 0 && !isRightHalf ? Int(glyph & ~Self.clusterFlag) : nil
  }
}
