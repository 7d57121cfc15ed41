import DevtopCore

/// Select Graphic Rendition (ECMA-48 §8.3.117, colours by ITU-T T.416 §13.1.8 and as xterm has them).
enum GraphicRendition {
  /// Applies the parameters of `CSI … m` to a style.
  ///
  /// Conceal and blink are left out: nothing hides in a log.
  static func apply(
    _ parameters: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>, to style: inout TextStyle
  ) {
    if applySimple(parameters, of: bytes, to: &style) { return }
    var fields: [[Int?]] = []
    for field in bytes[parameters].split(separator: 0x3B, omittingEmptySubsequences: false) {
      fields.append(field.split(separator: 0x3A, omittingEmptySubsequences: false).map(number))
      if fields.count == 64 { break }
    }
    if fields.isEmpty { fields = [[0]] }
    var index = 0
    while index < fields.count {
      let field = fields[index]
      index += 1
      let code = (field.first ?? nil) ?? 0
      switch code {
      case 38, 48, 58:
        let color: Color?
        if field.count > 1 {
          color = colonColor(Array(field.dropFirst()))
        } else {
          color = semicolonColor(fields, &index)
        }
        guard let color else { continue }
        if code == 38 { style.foreground = color }
        if code == 48 { style.background = color }
      case 4 where field.count > 1:
        if field[1] == 0 { style.attributes.remove(.underline) } else { style.attributes.insert(.underline) }
      default: simple(code, &style)
      }
    }
  }

  /// Applies parameters that all stand for themselves.
  ///
  /// - Returns: false, and changes nothing, where some do not.
  private static func applySimple(
    _ parameters: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>, to style: inout TextStyle
  ) -> Bool {
    guard parameters.count <= 16 else { return false }
    var changed = style
    var code = 0
    for index in parameters.lowerBound...parameters.upperBound {
      let byte = index < parameters.upperBound ? bytes[index] : 0x3B
      switch byte {
      case 0x30...0x39 where code < 100: code = code * 10 + Int(byte - 0x30)
      case 0x3B where code != 38 && code != 48 && code != 58:
        simple(code, &changed)
        code = 0
      default: return false
      }
    }
    style = changed
    return true
  }

  /// Applies one parameter that stands for itself.
  static func simple(_ code: Int, _ style: inout TextStyle) {
    switch code {
    case 0: style = .plain
    case 1: style.attributes.insert(.bold)
    case 2: style.attributes.insert(.dim)
    case 3: style.attributes.insert(.italic)
    case 4, 21: style.attributes.insert(.underline)
    case 7: style.attributes.insert(.reverse)
    case 9: style.attributes.insert(.strikethrough)
    case 22: style.attributes.subtract([.bold, .dim])
    case 23: style.attributes.remove(.italic)
    case 24: style.attributes.remove(.underline)
    case 27: style.attributes.remove(.reverse)
    case 29: style.attributes.remove(.strikethrough)
    case 30...37: style.foreground = .ansi(UInt8(code - 30))
    case 39: style.foreground = .default
    case 40...47: style.background = .ansi(UInt8(code - 40))
    case 49: style.background = .default
    case 90...97: style.foreground = .ansi(UInt8(code - 90 + 8))
    case 100...107: style.background = .ansi(UInt8(code - 100 + 8))
    default: break
    }
  }

  /// `38:5:n`, `38:2::r:g:b` and the common `38:2:r:g:b`.
  private static func colonColor(_ values: [Int?]) -> Color? {
    switch values.first {
    case 5: return values.count > 1 ? palette(values[1]) : nil
    case 2:
      let channels = values.count >= 5 ? values[2..<5] : values.dropFirst()
      return channels.count == 3 ? rgb(Array(channels)) : nil
    default: return nil
    }
  }

  /// `38;5;n` and `38;2;r;g;b`: `index` moves over what belongs to the colour.
  private static func semicolonColor(_ fields: [[Int?]], _ index: inout Int) -> Color? {
    guard index < fields.count else { return nil }
    let kind = fields[index].first ?? nil
    index += 1
    let count = kind == 5 ? 1 : kind == 2 ? 3 : 0
    let values = fields[index..<min(index + count, fields.count)].map { $0.first ?? nil }
    index += values.count
    guard count > 0, values.count == count else { return nil }
    return count == 1 ? palette(values[0]) : rgb(values)
  }

  private static func palette(_ value: Int?) -> Color? {
    guard let code = UInt8(exactly: value ?? 0) else { return nil }
    return code < 16 ? .ansi(code) : .palette(code)
  }

  private static func rgb(_ values: [Int?]) -> Color? {
    guard let red = UInt8(exactly: values[0] ?? 0), let green = UInt8(exactly: values[1] ?? 0),
      let blue = UInt8(exactly: values[2] ?? 0)
    else { return nil }
    return .rgb(red: red, green: green, blue: blue)
  }

  private static func number(_ digits: some Sequence<UInt8>) -> Int? {
    var value: Int?
    for digit in digits { value = min((value ?? 0) * 10 + Int(digit) - 0x30, 1 << 16) }
    return value
  }
}
