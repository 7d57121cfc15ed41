/// The one setting that is read of git's configuration files (`git-config(1)`, “Syntax”).
enum GitConfiguration {
  /// The last value of `core.excludesFile`.
  static func excludesFile(in bytes: [UInt8]) -> [UInt8]? {
    var isCore = false
    var found: [UInt8]?
    for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      let text = trimmed(line)
      if text.first == UInt8(ascii: "[") {
        isCore = lowercased(text).starts(with: Array("[core]".utf8))
      } else if isCore, let equals = text.firstIndex(of: UInt8(ascii: "=")),
        lowercased(trimmed(text[..<equals])) == Array("excludesfile".utf8)
      {
        found = value(trimmed(text[(equals + 1)...]))
      }
    }
    return found
  }

  private static func value(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var isQuoted = false
    var isEscaped = false
    for byte in text {
      if isEscaped {
        result.append(byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted, byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
        break
      } else {
        result.append(byte)
      }
    }
    return Array(trimmed(result[...]))
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }

  private static func lowercased(_ text: ArraySlice<UInt8>) -> [UInt8] {
    text.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
  }
}
