/// Looks at a regular expression only as far as matching many lines at once needs.
enum RegexRewriter {
  /// The expression changed so that its common ways to match a line feed do not: `[^a]`, `\s`, `\W`, `\D`.
  ///
  /// What remains (`[\s]`, `\x0a`) may match across lines; the matcher checks such matches again, line by line.
  ///
  /// - Returns: nil when a match within a line could depend on the text around the line: anchors to the subject,
  ///   atomic groups and possessive quantifiers, assertions, verbs, recursion, modes, comments.
  static func withoutLineFeeds(_ regex: String) -> String? {
    let bytes = Array(regex.utf8)
    var result: [UInt8] = []
    var index = 0
    var followsQuantifier = false
    func byte(_ offset: Int) -> UInt8? { index + offset < bytes.count ? bytes[index + offset] : nil }
    while index < bytes.count {
      let isAfterQuantifier = followsQuantifier
      followsQuantifier = "*+?}".utf8.contains(bytes[index])
      switch bytes[index] {
      case UInt8(ascii: "\\"):
        guard let next = byte(1), let replacement = escape(next) else { return nil }
        result += replacement
        index += 2
      case UInt8(ascii: "("):
        if byte(1) == UInt8(ascii: "*") { return nil }
        if byte(1) == UInt8(ascii: "?"), byte(2) != UInt8(ascii: ":") {
          // Case matters to no line feed.
          guard byte(2) == UInt8(ascii: "i"), byte(3) == UInt8(ascii: ":") || byte(3) == UInt8(ascii: ")")
          else { return nil }
        }
        result.append(bytes[index])
        index += 1
      case UInt8(ascii: "["):
        guard let end = endOfClass(bytes, index) else { return nil }
        result.append(bytes[index])
        index += 1
        if bytes[index] == UInt8(ascii: "^") {
          result += [UInt8(ascii: "^"), UInt8(ascii: "\\"), UInt8(ascii: "n")]
          index += 1
          // A bracket that was first, and so a member, must stay one.
          if bytes[index] == UInt8(ascii: "]") {
            result += [UInt8(ascii: "\\"), UInt8(ascii: "]")]
            index += 1
          }
        }
        result += bytes[index...end]
        index = end + 1
      case UInt8(ascii: "+"):
        if isAfterQuantifier { return nil }  // Possessive.
        result.append(bytes[index])
        index += 1
      case let other:
        result.append(other)
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether the expression means the same with and without Unicode, as long as the text is ASCII.
  static func isSameForASCII(_ regex: String) -> Bool {
    regex.utf8.allSatisfy { $0 < 0x80 } && !regex.contains("(*")
      && !["\\p", "\\P", "\\X", "\\x", "\\o", "\\N"].contains(where: { regex.contains($0) })
  }

  /// What follows a backslash outside of a class; nil where the expression cannot be used on many lines.
  private static func escape(_ byte: UInt8) -> [UInt8]? {
    switch byte {
    case UInt8(ascii: "s"): Array("[^\\S\\n]".utf8)
    case UInt8(ascii: "W"): Array("[^\\w\\n]".utf8)
    case UInt8(ascii: "D"): Array("[^\\d\\n]".utf8)
    // A Z z G K: anchored to the subject; Q E: quoting; g k: references and recursion.
    case UInt8(ascii: "A"), UInt8(ascii: "Z"), UInt8(ascii: "z"), UInt8(ascii: "G"), UInt8(ascii: "K"),
      UInt8(ascii: "Q"), UInt8(ascii: "E"), UInt8(ascii: "g"), UInt8(ascii: "k"), UInt8(ascii: "R"),
      UInt8(ascii: "X"):
      nil
    default: [UInt8(ascii: "\\"), byte]
    }
  }

  /// The index of the bracket that ends the class.
  private static func endOfClass(_ bytes: [UInt8], _ start: Int) -> Int? {
    var index = start + 1
    if index < bytes.count, bytes[index] == UInt8(ascii: "^") { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "]") { index += 1 }
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"):
        if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "Q") { return nil }
        index += 2
      case UInt8(ascii: "[") where index + 1 < bytes.count && ":.=".utf8.contains(bytes[index + 1]):
        guard let end = bytes[(index + 2)...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
        index = end + 1
      case UInt8(ascii: "]"): return index
      default: index += 1
      }
    }
    return nil
  }
}
