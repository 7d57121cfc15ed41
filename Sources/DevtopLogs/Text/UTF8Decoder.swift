/// Reads UTF-8 strictly (RFC 3629); what is not UTF-8 is told apart byte by byte.
enum UTF8Decoder {
  /// The scalar at `index` and its length.
  ///
  /// - Returns: nil for the scalar where the bytes are no UTF-8; `length` is then what one U+FFFD stands for
  ///   (Unicode §3.9, the maximal subpart).
  @inline(__always)
  static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (
    scalar: Unicode.Scalar?, length: Int
  ) {
    let first = bytes[index]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let count: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch first {
    case 0xC2...0xDF: count = 2
    case 0xE0:
      count = 3
      low = 0xA0
    case 0xED:
      count = 3
      high = 0x9F
    case 0xE1...0xEF: count = 3
    case 0xF0:
      count = 4
      low = 0x90
    case 0xF4:
      count = 4
      high = 0x8F
    case 0xF1...0xF3: count = 4
    default: return (nil, 1)
    }
    var value = UInt32(first) & (0x7F >> UInt32(count))
    for offset in 1..<count {
      guard index + offset < bytes.count else { return (nil, offset) }
      let next = bytes[index + offset]
      guard next >= low, next <= high else { return (nil, offset) }
      value = value << 6 | UInt32(next & 0x3F)
      low = 0x80
      high = 0xBF
    }
    return (Unicode.Scalar(value), count)
  }
}
