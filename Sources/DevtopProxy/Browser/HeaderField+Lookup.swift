import DevtopCore

extension HeaderField {
  /// Whether the field has this name, which is given in lower case (RFC 9110 §5.1: names are case-insensitive).
  func isNamed(_ lowercased: StaticString) -> Bool {
    let bytes = name.utf8
    guard bytes.count == lowercased.utf8CodeUnitCount else { return false }
    var index = 0
    for byte in bytes {
      let folded = byte &- 0x41 < 26 ? byte | 0x20 : byte
      guard folded == lowercased.utf8Start[index] else { return false }
      index += 1
    }
    return true
  }
}

extension [HeaderField] {
  /// The values of all fields with this name, in order.
  func values(named lowercased: StaticString) -> [String] {
    compactMap { $0.isNamed(lowercased) ? $0.value : nil }
  }

  func lastValue(named lowercased: StaticString) -> String? { last { $0.isNamed(lowercased) }?.value }

  func hasField(named lowercased: StaticString) -> Bool { contains { $0.isNamed(lowercased) } }

  /// The members of a list field (RFC 9110 §5.6.1), lower case, without parameters and white space.
  func listMembers(named lowercased: StaticString) -> [String] {
    values(named: lowercased).flatMap { $0.split(separator: ",") }.map {
      $0.prefix { $0 != ";" }.trimmed.lowercased()
    }
  }
}

extension StringProtocol where SubSequence == Substring {
  /// Without spaces and tabs around it (RFC 9110 §5.6.3).
  var trimmed: Substring {
    var text = self[...].drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
