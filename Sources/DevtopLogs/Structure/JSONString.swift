/// The inside of a JSON string (RFC 8259 §7).
enum JSONString {
  /// The text that the escapes stand for; an escape that is none stays as it is.
  static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var reader = ByteReader(bytes)
    while let byte = reader.peek {
      reader.position += 1
      guard byte == 0x5C, let kind = reader.peek else {
        text.append(byte)
        continue
      }
      reader.position += 1
      switch kind {
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
      case UInt8(ascii: "u"):
        if let scalar = scalar(&reader) {
          text.append(contentsOf: String(Character(scalar)).utf8)
        } else {
          text.append(contentsOf: [byte, kind])
        }
      default: text.append(contentsOf: [byte, kind])
      }
    }
    return text
  }

  /// Four hexadecimal digits, or a pair of surrogates; half a pair is `�`.
  private static func scalar(_ reader: inout ByteReader) -> Unicode.Scalar? {
    guard let first = unit(&reader) else { return nil }
    if let scalar = Unicode.Scalar(first) { return scalar }
    var trial = reader
    if first < 0xDC00, trial.skip("\\u"), let second = unit(&trial), (0xDC00..<0xE000).contains(second) {
      reader = trial
      return Unicode.Scalar(0x10000 + (UInt32(first - 0xD800) << 10) + UInt32(second - 0xDC00))
    }
    return "\u{FFFD}"
  }

  private static func unit(_ reader: inout ByteReader) -> UInt16? {
    guard reader.position + 4 <= reader.bytes.count else { return nil }
    let digits = reader.slice(reader.position..<reader.position + 4)
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    reader.position += 4
    return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
