/// Walks over the fields of a JSON object in a line (RFC 8259), without building anything.
struct JSONFields {
  enum Value {
    /// The inside of a string, escapes as they are.
    case string(UnsafeBufferPointer<UInt8>)
    /// A number or a bare word.
    case scalar(UnsafeBufferPointer<UInt8>)
    /// An object or a list, as it is.
    case nested(UnsafeBufferPointer<UInt8>)
  }

  private var reader: ByteReader
  private var isFirst = true

  /// Nil when the text is no object.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    reader = ByteReader(text)
    guard reader.skip(UInt8(ascii: "{")) else { return nil }
  }

  /// The next field of the object; nil at its end, or where it is not JSON.
  mutating func next() -> (key: UnsafeBufferPointer<UInt8>, value: Value)? {
    reader.skipSpaces()
    if !isFirst {
      guard reader.skip(UInt8(ascii: ",")) else { return nil }
      reader.skipSpaces()
    }
    isFirst = false
    guard let key = string() else { return nil }
    reader.skipSpaces()
    guard reader.skip(UInt8(ascii: ":")) else { return nil }
    reader.skipSpaces()
    guard let value = value() else { return nil }
    return (key, value)
  }

  /// Whether the object is closed, and nothing but spaces follows.
  var isWhole: Bool {
    var walk = self
    while walk.next() != nil {}
    walk.reader.skipSpaces()
    guard walk.reader.skip(UInt8(ascii: "}")) else { return false }
    walk.reader.skipSpaces()
    return walk.reader.isAtEnd
  }

  /// The value at a place of a list, from 0.
  static func element(_ place: Int, of list: UnsafeBufferPointer<UInt8>) -> Value? {
    var walk = JSONFields(ByteReader(list))
    guard walk.reader.skip(UInt8(ascii: "[")) else { return nil }
    for index in 0...place {
      walk.reader.skipSpaces()
      if index > 0 {
        guard walk.reader.skip(UInt8(ascii: ",")) else { return nil }
        walk.reader.skipSpaces()
      }
      guard let value = walk.value() else { return nil }
      if index == place { return value }
    }
    return nil
  }

  private init(_ reader: ByteReader) { self.reader = reader }

  private mutating func value() -> Value? {
    switch reader.peek {
    case nil: return nil
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let start = reader.position
      var depth = 0
      repeat {
        switch reader.peek {
        case nil: return nil
        case UInt8(ascii: "\""):
          guard string() != nil else { return nil }
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
        reader.position += 1
      } while depth > 0
      return .nested(reader.slice(start..<reader.position))
    default:
      let scalar = reader.take { byte in
        byte != 0x2C && byte != 0x7D && byte != 0x5D && byte != 0x20 && byte != 0x09
      }
      return scalar.isEmpty ? nil : .scalar(scalar)
    }
  }

  private mutating func string() -> UnsafeBufferPointer<UInt8>? {
    guard reader.skip(UInt8(ascii: "\"")), let base = reader.bytes.baseAddress else { return nil }
    let start = reader.position
    let end = reader.bytes.count
    // By hand, as a filter may walk over every string of a million lines.
    var place = start
    while place < end {
      let byte = base[place]
      if byte == UInt8(ascii: "\"") {
        reader.position = place + 1
        return UnsafeBufferPointer(start: base + start, count: place - start)
      }
      place += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    reader.position = end
    return nil
  }
}
