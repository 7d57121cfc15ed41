import Glibc

/// The fields of a line: of a JSON object in it, else of its `key=value` pairs (logfmt).
///
/// JSON may follow a prefix (`INFO\tmessage\t{…}` of zap, `api-1 | {…}` of docker); pairs may follow a text, as those of
/// tracing, slog and logrus do, and their values may be quoted.
enum LineFields {
  /// The first field that the path leads to; the line is without escapes.
  static func value(at path: FieldPath, in line: UnsafeBufferPointer<UInt8>) -> FieldValue? {
    if let object = object(in: line), let value = value(at: path, of: path.keys[...], in: object) {
      return value
    }
    return pair(named: path.whole, in: line)
  }

  /// Calls `body` for every field of a JSON object, from left to right, with its path as it is typed in filters.
  static func forEach(of object: UnsafeBufferPointer<UInt8>, _ body: (String, FieldValue) -> Void) {
    forEach(of: object, prefix: "", depth: 0, body)
  }

  /// Calls `body` for every field of a line's JSON object, or for its pairs where there is none.
  ///
  /// - Returns: whether there was any.
  static func forEachField(of line: UnsafeBufferPointer<UInt8>, _ body: (String, FieldValue) -> Void) -> Bool
  {
    var hasFields = false
    if let object = object(in: line) {
      forEach(of: object) { name, value in
        hasFields = true
        body(name, value)
      }
    }
    if hasFields { return true }
    walkPairs(line) { key, value in
      hasFields = true
      body(String(decoding: key, as: UTF8.self), value)
      return true
    }
    return hasFields
  }

  // MARK: JSON

  /// From the first `{` that begins the line or a word of it.
  static func object(in line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    guard let base = line.baseAddress else { return nil }
    var start = 0
    while start < line.count, let found = memchr(base + start, 0x7B, line.count - start) {
      let place = UnsafeRawPointer(base).distance(to: found)
      if place == 0 || line[place - 1] == 0x20 || line[place - 1] == 0x09 {
        return UnsafeBufferPointer(rebasing: line[place...])
      }
      start = place + 1
    }
    return nil
  }

  private static func value(
    at path: FieldPath, of keys: ArraySlice<[UInt8]>, in text: UnsafeBufferPointer<UInt8>
  ) -> FieldValue? {
    guard let first = keys.first else { return nil }
    if text.first == 0x5B { return element(at: path, of: keys, in: text) }
    guard var fields = JSONFields(text) else { return nil }
    while let (key, value) = fields.next() {
      if equals(key, first) {
        if keys.count == 1 { return value.field }
        if case .nested(let inner) = value, let found = self.value(at: path, of: keys.dropFirst(), in: inner)
        {
          return found
        }
      } else if keys.count == path.keys.count, keys.count > 1, equals(key, path.whole) {
        return value.field
      }
    }
    return nil
  }

  private static func element(
    at path: FieldPath, of keys: ArraySlice<[UInt8]>, in list: UnsafeBufferPointer<UInt8>
  ) -> FieldValue? {
    guard let first = keys.first, let number = Int(String(decoding: first, as: UTF8.self)), number >= 0 else {
      return nil
    }
    guard let value = JSONFields.element(number, of: list) else { return nil }
    if keys.count == 1 { return value.field }
    guard case .nested(let inner) = value else { return nil }
    return self.value(at: path, of: keys.dropFirst(), in: inner)
  }

  private static let maximumDepth = 16

  private static func forEach(
    of object: UnsafeBufferPointer<UInt8>, prefix: String, depth: Int, _ body: (String, FieldValue) -> Void
  ) {
    guard var fields = JSONFields(object) else { return }
    while let (key, value) = fields.next() {
      let name = prefix + String(decoding: key, as: UTF8.self)
      if case .nested(let inner) = value, inner.first == 0x7B, depth < maximumDepth {
        forEach(of: inner, prefix: name + ".", depth: depth + 1, body)
      } else {
        body(name, value.field)
      }
    }
  }

  // MARK: Pairs

  private static func pair(named name: [UInt8], in line: UnsafeBufferPointer<UInt8>) -> FieldValue? {
    var found: FieldValue?
    walkPairs(line) { key, value in
      guard equals(key, name) else { return true }
      found = value
      return false
    }
    return found
  }

  /// Calls `body` for each pair until it returns false; what is in quotes is no pair.
  private static func walkPairs(
    _ line: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, FieldValue) -> Bool
  ) {
    var reader = ByteReader(line)
    while true {
      reader.skipSpaces()
      // Names in front of pairs in brackets: `span{id=7}` (tracing), `[user=7]`.
      guard let next = reader.peek else { return }
      if next == 0x22 {
        reader.position += 1
        _ = reader.quotedRest()
      } else if let (key, value) = LevelDetector.pair(&reader) {
        let isQuoted = value.baseAddress.map { $0[-1] == 0x22 } ?? false
        if !body(key, isQuoted ? .escaped(value) : .plain(trimmed(value))) { return }
      } else {
        skipWord(&reader)
      }
    }
  }

  /// Moves behind a word, or to a pair that a bracket in it begins.
  private static func skipWord(_ reader: inout ByteReader) {
    while let next = reader.peek, next != 0x20, next != 0x09 {
      reader.position += 1
      if next == 0x7B || next == 0x5B || next == 0x28 || next == 0x2C { return }
    }
  }

  /// Without the comma, colon or bracket that a list of pairs puts behind.
  private static func trimmed(_ value: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var end = value.count
    while end > 0, value[end - 1] == 0x2C || value[end - 1] == 0x3B || value[end - 1] == 0x3A { end -= 1 }
    if end > 0, value[end - 1] == 0x7D || value[end - 1] == 0x5D || value[end - 1] == 0x29,
      !value[..<end].contains(where: { $0 == 0x7B || $0 == 0x5B || $0 == 0x28 })
    {
      end -= 1
    }
    return UnsafeBufferPointer(rebasing: value[..<end])
  }

  // MARK: Bytes

  private static func equals(_ bytes: UnsafeBufferPointer<UInt8>, _ name: [UInt8]) -> Bool {
    guard bytes.count == name.count, let base = bytes.baseAddress else { return false }
    return memcmp(base, name, name.count) == 0
  }
}

extension JSONFields.Value {
  fileprivate var field: FieldValue {
    switch self {
    case .string(let bytes): .escaped(bytes)
    case .scalar(let bytes): .plain(bytes)
    case .nested(let bytes): .nested(bytes)
    }
  }
}
