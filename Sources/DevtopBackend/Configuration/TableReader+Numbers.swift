internal import DevtopCore

extension TableReader {
  /// A whole number of things, at least `from`.
  mutating func count(_ key: String, from least: Int = 1) -> Int? {
    guard let entry = take(key) else { return nil }
    guard case .integer(let number) = entry.value.content, let count = Int(exactly: number),
      (least...1_000_000_000).contains(count)
    else {
      wrongType(entry, expected: "a whole number, at least \(least)")
      return nil
    }
    return count
  }

  /// A size such as `"256M"`, or a number of bytes.
  mutating func size(_ key: String) -> Int? {
    guard let entry = take(key) else { return nil }
    let size: Int?
    switch entry.value.content {
    case .integer(let bytes): size = Int(exactly: bytes).flatMap { (0...1 << 40).contains($0) ? $0 : nil }
    case .string(let text): size = SizeText.parse(text)
    case .float, .boolean, .date, .array, .table: size = nil
    }
    if size == nil {
      wrongType(entry, expected: "a size such as \"256M\", \"1G\" or \"512K\", or a number of bytes")
    }
    return size
  }

  mutating func port(_ key: String) -> UInt16? {
    guard let entry = take(key) else { return nil }
    guard case .integer(let number) = entry.value.content, let port = UInt16(exactly: number), port > 0 else {
      wrongType(entry, expected: "a port from 1 to 65535")
      return nil
    }
    return port
  }

  /// A string with a form of its own.
  mutating func parsed<Value>(_ key: String, as expected: String, _ parse: (String) -> Value?) -> Value? {
    guard let text = string(key, expected: expected) else { return nil }
    if let value = parse(text.text) { return value }
    let found = ConfigurationText.quoted(ConfigurationText.shortened(text.text))
    findings.problem("\(name(of: key)): expected \(expected), found the string \(found)", at: text.place)
    return nil
  }
}
