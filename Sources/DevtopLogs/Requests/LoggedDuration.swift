/// Reads durations as programs print them.
enum LoggedDuration {
  enum Unit: Int64 {
    case nanoseconds = 1
    case microseconds = 1_000
    case milliseconds = 1_000_000
    case seconds = 1_000_000_000
  }

  /// `1.234ms`, `12µs`, `1m2.5s` (Go's `time.Duration`), `3 s`; a bare number is taken in the given unit.
  static func parse(_ text: UnsafeBufferPointer<UInt8>, bareUnit: Unit?) -> Duration? {
    var reader = ByteReader(text)
    var total: Double = 0
    var hasUnit = false
    while !reader.isAtEnd {
      guard let value = decimal(&reader) else { return nil }
      reader.skipSpaces()
      if reader.isAtEnd {
        guard !hasUnit, let bareUnit else { return nil }
        return duration(nanoseconds: value * Double(bareUnit.rawValue))
      }
      guard let unit = unit(&reader) else { return nil }
      hasUnit = true
      total += value * unit
      reader.skipSpaces()
    }
    return hasUnit ? duration(nanoseconds: total) : nil
  }

  private static func duration(nanoseconds: Double) -> Duration? {
    guard nanoseconds >= 0, nanoseconds < 1e18 else { return nil }
    return .nanoseconds(Int64(nanoseconds.rounded()))
  }

  /// Digits, with a fraction and an exponent where there are any.
  static func decimal(_ reader: inout ByteReader) -> Double? {
    let digits = reader.take { byte in byte >= 0x30 && byte <= 0x39 || byte == 0x2E }
    guard digits.contains(where: { $0 != 0x2E }) else { return nil }
    var trial = reader
    if let next = reader.peek, next | 0x20 == UInt8(ascii: "e") {
      // An exponent, below.
    } else if let value = short(digits) {
      return value
    }
    var text = String(decoding: digits, as: UTF8.self)
    if trial.skip(UInt8(ascii: "e")) || trial.skip(UInt8(ascii: "E")) {
      let sign = trial.skip(UInt8(ascii: "-")) ? "-" : trial.skip(UInt8(ascii: "+")) ? "+" : ""
      if let exponent = trial.number() {
        text += "e\(sign)\(exponent)"
        reader = trial
      }
    }
    return Double(text)
  }

  /// A decimal of few digits: both whole numbers are exact, and so their quotient is the nearest value there is.
  private static func short(_ digits: UnsafeBufferPointer<UInt8>) -> Double? {
    guard digits.count <= 15 else { return nil }
    var mantissa = 0
    var scale: Double?
    for byte in digits {
      if byte == 0x2E {
        if scale != nil { return nil }
        scale = 1
      } else {
        mantissa = mantissa * 10 + Int(byte - 0x30)
        scale = scale.map { $0 * 10 }
      }
    }
    return Double(mantissa) / (scale ?? 1)
  }

  /// In nanoseconds.
  private static func unit(_ reader: inout ByteReader) -> Double? {
    let name = reader.take { byte in byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x80 }
    switch String(decoding: name, as: UTF8.self) {
    case "ns": return 1
    case "us", "\u{B5}s", "\u{3BC}s": return 1e3
    case "ms", "msec": return 1e6
    case "s", "sec": return 1e9
    case "m", "min": return 60e9
    case "h": return 3600e9
    default: return nil
    }
  }
}
