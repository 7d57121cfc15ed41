internal import DevtopCore

/// Takes typed values out of one table; what is wrong goes to the findings, and reading goes on.
struct TableReader {
  let table: TomlTable
  /// The key of the table, `service.api`; empty for the root.
  let path: String
  let findings: ConfigurationFindings
  private var taken: Set<String> = []

  init(_ table: TomlTable, path: String, findings: ConfigurationFindings) {
    self.table = table
    self.path = path
    self.findings = findings
  }

  /// The entry under a key, whose place is then the origin of `path.key`.
  mutating func take(_ key: String) -> TomlTable.Entry? {
    taken.insert(key)
    guard let entry = table[key] else { return nil }
    findings.note(origin: findings.origin(entry.keyPlace), of: name(of: key))
    return entry
  }

  /// What nobody took.
  var rest: [TomlTable.Entry] { table.entries.filter { !taken.contains($0.key) } }

  /// Names every key that nobody took.
  func finish() {
    for entry in rest {
      let hint = NearestName.hint(entry.key, among: taken.sorted())
      let place = path.isEmpty ? "" : " in [\(path)]"
      findings.problem(
        "unknown key \(ConfigurationText.quoted(ConfigurationText.shortened(entry.key)))\(place)\(hint)",
        at: entry.keyPlace)
    }
  }

  func name(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func wrongType(_ entry: TomlTable.Entry, expected: String) {
    findings.problem(
      "\(name(of: entry.key)): expected \(expected), found \(entry.value.found)", at: entry.value.place)
  }

  mutating func string(_ key: String, expected: String = "a string") -> (text: String, place: TomlPlace)? {
    guard let entry = take(key) else { return nil }
    guard case .string(let text) = entry.value.content else {
      wrongType(entry, expected: expected)
      return nil
    }
    guard let text = checked(text, key: key, at: entry.value.place) else { return nil }
    return (text, entry.value.place)
  }

  /// A string without NUL: no path, command or variable may hold one.
  func checked(_ text: String, key: String, at place: TomlPlace) -> String? {
    guard !text.utf8.contains(0) else {
      findings.problem("\(name(of: key)): a NUL character cannot be part of it", at: place)
      return nil
    }
    return text
  }

  mutating func boolean(_ key: String) -> Bool? {
    guard let entry = take(key) else { return nil }
    guard case .boolean(let flag) = entry.value.content else {
      wrongType(entry, expected: "true or false")
      return nil
    }
    return flag
  }

  /// A list of strings, or one string in its place.
  mutating func strings(_ key: String) -> [(text: String, place: TomlPlace)]? {
    guard let entry = take(key) else { return nil }
    switch entry.value.content {
    case .string(let text):
      return checked(text, key: key, at: entry.value.place).map { [($0, entry.value.place)] }
    case .array(let items):
      return items.compactMap { item in
        guard case .string(let text) = item.content else {
          findings.problem("\(name(of: key)): expected a string, found \(item.found)", at: item.place)
          return nil
        }
        return checked(text, key: key, at: item.place).map { ($0, item.place) }
      }
    case .integer, .float, .boolean, .date, .table:
      wrongType(entry, expected: "a string or a list of strings")
      return nil
    }
  }

  mutating func subtable(_ key: String) -> TomlTable? {
    guard let entry = take(key) else { return nil }
    guard case .table(let table) = entry.value.content else {
      wrongType(entry, expected: "a table: write [\(name(of: key))]")
      return nil
    }
    return table
  }

  mutating func duration(_ key: String) -> Duration? {
    let expected = "a duration such as \"10s\", \"500ms\" or \"1m30s\""
    guard let value = string(key, expected: expected) else { return nil }
    guard let duration = DurationText.parse(value.text) else {
      findings.problem(
        "\(name(of: key)): expected \(expected), found the string "
          + ConfigurationText.quoted(ConfigurationText.shortened(value.text)), at: value.place)
      return nil
    }
    return duration
  }

  /// A command: a string goes through the shell, a list does not.
  mutating func command(_ key: String) -> CommandSpec? {
    guard let entry = take(key) else { return nil }
    switch entry.value.content {
    case .string(let text):
      guard let text = checked(text, key: key, at: entry.value.place) else { return nil }
      guard text.contains(where: { !$0.isWhitespace }) else {
        findings.problem("\(name(of: key)): the command is empty", at: entry.value.place)
        return nil
      }
      return .shell(text)
    case .array:
      taken.insert(key)
      guard let words = strings(key) else { return nil }
      guard let program = words.first, !program.text.isEmpty else {
        findings.problem("\(name(of: key)): the command is empty", at: entry.value.place)
        return nil
      }
      return .arguments(words.map(\.text))
    case .integer, .float, .boolean, .date, .table:
      wrongType(entry, expected: "a command: a string (through the shell) or a list of words (without)")
      return nil
    }
  }

  /// One of the names of an enumeration.
  mutating func choice(_ key: String, among names: [String]) -> String? {
    guard let value = string(key, expected: names.map { "\"\($0)\"" }.joined(separator: ", ")) else {
      return nil
    }
    guard names.contains(value.text) else {
      let text = ConfigurationText.quoted(ConfigurationText.shortened(value.text))
      findings.problem(
        "\(name(of: key)): \(text) is not a value of it\(NearestName.hint(value.text, among: names))",
        at: value.place)
      return nil
    }
    return value.text
  }
}
