/// A value of a TOML document with the place that it stands at.
struct TomlValue: Equatable, Sendable {
  enum Content: Equatable, Sendable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// A date, a time or both, as it is written.
    case date(String)
    case array([TomlValue])
    case table(TomlTable)
  }

  var content: Content
  var place: TomlPlace

  /// What it is, as an error names it: `an integer`.
  var kindName: String {
    switch content {
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a number with a fraction"
    case .boolean: "true or false"
    case .date: "a date"
    case .array: "a list"
    case .table: "a table"
    }
  }

  /// What was found, as an error names it: `the integer 5`.
  var found: String {
    switch content {
    case .string(let text): "the string \(ConfigurationText.quoted(ConfigurationText.shortened(text)))"
    case .integer(let number): "the integer \(number)"
    case .float(let number): "the number \(number)"
    case .boolean(let flag): "\(flag)"
    case .date(let text): "the date \(text)"
    case .array, .table: kindName
    }
  }
}

/// A table in the order of the file.
struct TomlTable: Equatable, Sendable {
  struct Entry: Equatable, Sendable {
    var key: String
    var keyPlace: TomlPlace
    var value: TomlValue
  }

  var entries: [Entry] = []

  subscript(key: String) -> Entry? { entries.first { $0.key == key } }
}

/// A line and a column, from 1; columns count code points.
///
/// 0 where it is not known.
struct TomlPlace: Hashable, Comparable, Sendable {
  var line: Int
  var column: Int

  static func < (left: TomlPlace, right: TomlPlace) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}
