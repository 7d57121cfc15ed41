import DevtopCore

extension GraphicRendition {
  /// Appends the code that makes any style this one (ECMA-48 §8.3.117; colours as xterm has them).
  static func append(_ style: TextStyle, to bytes: inout [UInt8]) {
    bytes += [0x1B, 0x5B]
    guard style != .plain else { return bytes.append(0x6D) }
    bytes.append(0x30)
    for (attribute, code) in attributeCodes where style.attributes.contains(attribute) {
      append(code, to: &bytes)
    }
    append(style.foreground, base: 30, to: &bytes)
    append(style.background, base: 40, to: &bytes)
    bytes.append(0x6D)
  }

  private static let attributeCodes: [(TextAttributes, Int)] = [
    (.bold, 1), (.dim, 2), (.italic, 3), (.underline, 4), (.reverse, 7), (.strikethrough, 9),
  ]

  private static func append(_ color: Color, base: Int, to bytes: inout [UInt8]) {
    switch color {
    case .default: break
    case .ansi(let code) where code < 8: append(base + Int(code), to: &bytes)
    case .ansi(let code) where code < 16: append(base + 60 + Int(code) - 8, to: &bytes)
    case .ansi(let code), .palette(let code):
      for number in [base + 8, 5, Int(code)] { append(number, to: &bytes) }
    case .rgb(let red, let green, let blue):
      for number in [base + 8, 2, Int(red), Int(green), Int(blue)] { append(number, to: &bytes) }
    }
  }

  private static func append(_ number: Int, to bytes: inout [UInt8]) {
    bytes.append(0x3B)
    bytes.append(contentsOf: String(number).utf8)
  }
}
