/// A colour by its parts, for finding near ones.
struct RGB: Hashable, Sendable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  private static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]
  /// xterm's defaults; the person may have others.
  private static let ansi: [(UInt8, UInt8, UInt8)] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
  ]

  /// A colour of xterm's 256: 16 ANSI colours, a 6×6×6 cube, 24 greys.
  init(paletteIndex index: UInt8) {
    switch index {
    case ..<16: (red, green, blue) = Self.ansi[Int(index)]
    case ..<232:
      let cube = Int(index) - 16
      (red, green, blue) = (
        Self.cubeLevels[cube / 36], Self.cubeLevels[cube / 6 % 6], Self.cubeLevels[cube % 6]
      )
    default:
      let level = 8 + (index - 232) * 10
      (red, green, blue) = (level, level, level)
    }
  }

  /// The palette index whose colour is nearest; the first of equals.
  func nearest(in indices: Range<Int>) -> UInt8 {
    var best = UInt8(truncatingIfNeeded: indices.lowerBound)
    var least = Int.max
    for index in indices {
      let distance = distance(to: RGB(paletteIndex: UInt8(truncatingIfNeeded: index)))
      if distance < least { (best, least) = (UInt8(truncatingIfNeeded: index), distance) }
    }
    return best
  }

  /// Weighted as eyes are: green counts most.
  private func distance(to other: RGB) -> Int {
    let (red, green, blue) = (
      Int(self.red) - Int(other.red), Int(self.green) - Int(other.green), Int(self.blue) - Int(other.blue)
    )
    return 2 * red * red + 4 * green * green + 3 * blue * blue
  }

  /// Relative luminance below a half, by the weights of ITU-R BT.709.
  var isDark: Bool { 2126 * Int(red) + 7152 * Int(green) + 722 * Int(blue) < 10_000 * 128 }
}
