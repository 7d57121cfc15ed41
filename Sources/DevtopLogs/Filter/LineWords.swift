import DevtopCore

/// The fields of a few lines, for completion: their names and values.
struct LineWords {
  private let lines: [LogRow]

  /// No more of a line is looked at.
  private static let sizeLimit = 8 << 10
  /// What is longer is no value that somebody types.
  private static let valueLimit = 100

  init(_ lines: [LogRow]) { self.lines = lines }

  /// Names that a filter can have, the most frequent ones first.
  var keys: [String] {
    var names: [String] = []
    forEachField { name, _ in if Self.canBeTyped(name) { names.append(name) } }
    return FilterCompleter.ranked(names)
  }

  /// The values of a field, the most frequent ones first.
  func values(of key: String) -> [String] {
    var values: [String] = []
    forEachField { name, value in
      guard name == key, let text = Self.text(of: value) else { return }
      values.append(text)
    }
    return FilterCompleter.ranked(values)
  }

  private func forEachField(_ body: (String, FieldValue) -> Void) {
    for line in lines where line.stream != .marker { line.forEachField(upTo: Self.sizeLimit, body) }
  }

  /// The value as it can stand in a filter; nil for objects and lists, and for what is too long or of several lines.
  static func text(of value: FieldValue) -> String? {
    if case .nested = value { return nil }
    guard value.raw.count <= valueLimit else { return nil }
    let text = value.text
    let isTypable = text.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && $0.value != 0x7F && $0 != "\u{FFFD}"
    }
    return text.isEmpty || !isTypable ? nil : text
  }

  /// Whether the grammar takes it behind a dot.
  static func canBeTyped(_ name: String) -> Bool {
    guard let first = name.first, first.isLetter || "_@$".contains(first) else { return false }
    return name.utf8.count <= valueLimit && !name.contains { $0.isWhitespace || $0 == ":" }
  }
}

extension LogRow {
  /// Calls `body` for each field of the line: of its JSON, else of its pairs, else of its access log.
  func forEachField(upTo sizeInBytes: Int, _ body: (String, FieldValue) -> Void) {
    bytes.prefix(sizeInBytes).withUnsafeBufferPointer { raw in
      LineText.plain(raw).withUnsafeBufferPointer { line in
        if LineFields.forEachField(of: line, body) { return }
        guard let request = AccessLog.parse(plain: line) else { return }
        for field in AccessField.allCases {
          var text = field.text(of: request)
          text.withUTF8 { if !$0.isEmpty { body(field.rawValue, .plain($0)) } }
        }
      }
    }
  }
}
