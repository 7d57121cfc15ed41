/// Quoting for a POSIX shell (XCU §2.2).
enum ShellWord {
  /// One argument, whatever it contains; NUL, which no argument can have, is left out.
  static func quoted(_ text: String) -> String {
    let bytes = text.utf8.filter { $0 != 0 }
    if !bytes.isEmpty, bytes.allSatisfy(isPlain) { return String(decoding: bytes, as: UTF8.self) }
    if bytes.allSatisfy(isHarmless) {
      return "'" + String(decoding: bytes, as: UTF8.self).replacing("'", with: "'\\''") + "'"
    }
    // Control characters do not survive a paste into a terminal.
    return "\"$(printf \(format(Array(bytes))))\""
  }

  /// An argument of `printf` that prints these bytes.
  static func format(_ bytes: [UInt8]) -> String {
    var text = "'"
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "%"): text += "%%"
      case UInt8(ascii: "\\"): text += "\\\\"
      case UInt8(ascii: "'"): text += "\\047"
      case 0x0A: text += "\\n"
      case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        // Always three digits: another digit may follow.
        text += "\\\(byte >> 6)\(byte >> 3 & 7)\(byte & 7)"
      }
    }
    return text + "'"
  }

  /// Whether a body can be an argument between single quotes.
  static func isHarmless(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy(isHarmless) && String(validating: bytes, as: UTF8.self) != nil
  }

  private static func isHarmless(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x0A }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "@"):
      true
    default: false
    }
  }
}
