import DevtopCore

/// The value of a field, as it is in the line; valid as long as the line's bytes are.
enum FieldValue {
  /// The inside of a JSON string, with its escapes (RFC 8259 §7).
  case escaped(UnsafeBufferPointer<UInt8>)
  /// A JSON number or word, or the value of a logfmt pair.
  case plain(UnsafeBufferPointer<UInt8>)
  /// A JSON object or list.
  case nested(UnsafeBufferPointer<UInt8>)

  /// As in the line.
  var raw: UnsafeBufferPointer<UInt8> {
    switch self {
    case .escaped(let bytes), .plain(let bytes), .nested(let bytes): bytes
    }
  }

  /// Calls `body` with the value's text, escapes undone.
  func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    guard case .escaped(let bytes) = self, bytes.contains(0x5C) else { return body(raw) }
    return JSONString.unescaped(bytes).withUnsafeBufferPointer(body)
  }

  /// The value's text, for people.
  var text: String { withText { String(decoding: $0, as: UTF8.self) } }
}
