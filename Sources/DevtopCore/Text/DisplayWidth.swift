/// How many columns of a terminal a character takes.
///
/// The C library's `wcwidth` is not asked: it answers -1 for emoji newer than itself and knows no clusters.
package enum DisplayWidth {
  /// 0, 1 or 2 columns of one scalar; control characters count as 0.
  package static func columns(of scalar: UInt32) -> Int {
    if scalar < 0x300 { return scalar >= 0x20 && scalar < 0x7F || scalar >= 0xA0 ? 1 : 0 }
    if contains(zero, scalar) { return 0 }
    return contains(wide, scalar) ? 2 : 1
  }

  /// Whether U+FE0F makes a narrow scalar two columns wide.
  package static func isWidenedByVS16(_ scalar: UInt32) -> Bool { contains(widenedByVS16, scalar) }

  /// The columns that a whole text takes when it is drawn.
  package static func columns(of text: String) -> Int {
    if let ascii = text.utf8.withContiguousStorageIfAvailable({ isPrintableASCII($0) }), ascii {
      return text.utf8.count
    }
    var sum = 0
    for character in text { sum += Glyph(character).columns }
    return sum
  }

  /// Whether every byte is an ASCII character that takes one column.
  package static func isPrintableASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var isASCII = true
    for byte in bytes { isASCII = isASCII && byte >= 0x20 && byte < 0x7F }
    return isASCII
  }

  /// Binary search in a table of first and last scalars.
  private static func contains(_ table: [UInt32], _ scalar: UInt32) -> Bool {
    var low = 0
    var high = table.count / 2
    while low < high {
      let middle = (low + high) / 2
      if scalar < table[middle * 2] {
        high = middle
      } else if scalar > table[middle * 2 + 1] {
        low = middle + 1
      } else {
        return true
      }
    }
    return false
  }
}
