/// Writes one JSON object (RFC 8259), key by key, in the order of the calls.
package struct JSONText: Sendable {
  private var text = "{"

  package init() {}

  /// The object, closed.
  package var closed: String { text + "}" }

  package mutating func add(_ key: String, _ value: String) {
    begin(key)
    Self.appendString(value, to: &text)
  }

  package mutating func add(_ key: String, _ value: Int) {
    begin(key)
    text += String(value)
  }

  package mutating func add(_ key: String, _ value: Bool) {
    begin(key)
    text += value ? "true" : "false"
  }

  package mutating func add(_ key: String, _ values: [String]) {
    begin(key)
    text += "["
    for (index, value) in values.enumerated() {
      if index > 0 { text += "," }
      Self.appendString(value, to: &text)
    }
    text += "]"
  }

  /// Milliseconds with at most three digits behind the point.
  package mutating func addMilliseconds(_ key: String, _ duration: Duration) {
    begin(key)
    let microseconds = max(0, duration.inNanoseconds / 1_000)
    text += String(microseconds / 1_000)
    var fraction = microseconds % 1_000
    guard fraction > 0 else { return }
    var digits = 3
    while fraction % 10 == 0 {
      fraction /= 10
      digits -= 1
    }
    let written = String(fraction)
    text += "." + String(repeating: "0", count: digits - written.count) + written
  }

  private mutating func begin(_ key: String) {
    if text.utf8.count > 1 { text += "," }
    text += "\"" + key + "\":"
  }

  /// Appends a string literal; `isInScript`: also safe within an HTML script element, and for old JavaScript readers.
  package static func appendString(_ value: String, to text: inout String, isInScript: Bool = false) {
    text += "\""
    defer { text += "\"" }
    // Nearly all are plain, and scalar by scalar takes ten times as long.
    guard !value.utf8.allSatisfy({ isPlain($0, isInScript: isInScript) }) else {
      text += value
      return
    }
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "<" where isInScript, ">" where isInScript, "&" where isInScript, "\u{2028}" where isInScript,
        "\u{2029}" where isInScript:
        appendEscape(scalar, to: &text)
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        appendEscape(scalar, to: &text)
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  private static func isPlain(_ byte: UInt8, isInScript: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): false
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): !isInScript
    case 0x20..<0x7F: true
    case _: false
    }
  }

  private static func appendEscape(_ scalar: Unicode.Scalar, to text: inout String) {
    let hex = String(scalar.value, radix: 16)
    text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
  }
}
