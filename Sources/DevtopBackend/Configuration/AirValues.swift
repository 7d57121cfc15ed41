internal import DevtopCore

/// Takes typed values out of one table of an air configuration, keys in lower case.
struct AirValues {
  private var reader: TableReader

  init(table: TomlTable, path: String, findings: ConfigurationFindings) {
    reader = TableReader(table, path: path, findings: findings)
  }

  subscript(key: String) -> TomlTable.Entry? { reader.table[key] }

  /// Says that a value of devtop's came from this key, where the key is set.
  func origin(_ key: String, as name: String) {
    guard let entry = reader.table[key] else { return }
    reader.findings.note(origin: reader.findings.origin(entry.keyPlace), of: name)
  }

  func position(of key: String) -> SourcePosition? {
    reader.table[key].map { reader.findings.position($0.keyPlace) }
  }

  mutating func text(_ key: String) -> String? { reader.string(key)?.text }
  mutating func boolean(_ key: String) -> Bool? { reader.boolean(key) }
  mutating func texts(_ key: String) -> [(text: String, place: TomlPlace)]? { reader.strings(key) }

  /// A number of milliseconds, or a string with a unit.
  mutating func milliseconds(_ key: String) -> Duration? {
    duration(key, expected: "a number of milliseconds or a string such as \"500ms\"") { .milliseconds($0) }
  }

  /// A number under 1,000,000 is milliseconds, else nanoseconds (what Go makes of it); or a string with a unit.
  mutating func killDelay(_ key: String) -> Duration? {
    duration(key, expected: "a string such as \"500ms\" or a number of nanoseconds") {
      $0 < 1_000_000 ? .milliseconds($0) : .nanoseconds($0)
    }
  }

  /// A TCP port; 0 means its default.
  mutating func port(_ key: String) -> UInt16? {
    if case .integer(0)? = reader.table[key]?.value.content {
      _ = reader.take(key)
      return nil
    }
    return reader.port(key)
  }

  private mutating func duration(
    _ key: String, expected: String, _ make: (Int64) -> Duration
  ) -> Duration? {
    guard let entry = reader.take(key) else { return nil }
    switch entry.value.content {
    // Up to a year in nanoseconds: more would overflow further on.
    case .integer(let number) where number >= 0 && make(min(number, 1 << 50)) <= .seconds(366 * 86_400):
      return make(number)
    case .string(let text):
      if let number = Int64(text), number >= 0, number < 1 << 40 { return make(number) }
      if let duration = DurationText.parse(text) { return duration }
    case .integer, .float, .boolean, .date, .array, .table: break
    }
    reader.wrongType(entry, expected: expected)
    return nil
  }
}
