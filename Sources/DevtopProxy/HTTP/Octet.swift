/// The bytes that heads are made of.
enum Octet {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")
  static let semicolon = UInt8(ascii: ";")

  /// RFC 9110 §5.6.2: `tchar`.
  @inline(__always)
  static func isToken(_ byte: UInt8) -> Bool {
    // Bit n of the pair stands for byte n.
    let low: UInt64 = 0x03ff_6cfa_0000_0000
    let high: UInt64 = 0x57ff_ffff_c7ff_fffe
    switch byte >> 6 {
    case 0: return low >> UInt64(byte) & 1 == 1
    case 1: return high >> UInt64(byte & 63) & 1 == 1
    case _: return false
    }
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

  /// The value of a hexadecimal digit.
  @inline(__always)
  static func hexadecimal(_ byte: UInt8) -> Int? {
    if isDigit(byte) { return Int(byte &- 0x30) }
    let letter = byte | 0x20
    return letter &- 0x61 < 6 ? Int(letter &- 0x61) + 10 : nil
  }

  @inline(__always)
  static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}

extension UnsafeRawBufferPointer {
  /// Whether these bytes are the lowercase ASCII `name`, in any case.
  @inline(__always)
  func isName(_ name: StaticString) -> Bool {
    guard count == name.utf8CodeUnitCount else { return false }
    for index in 0..<count where Octet.lowercased(self[index]) != name.utf8Start[index] { return false }
    return true
  }

  /// Whether these bytes are `text`.
  @inline(__always)
  func isExactly(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for index in 0..<count where self[index] != text.utf8Start[index] { return false }
    return true
  }

  /// Whether both are the same ASCII letters, in any case.
  func isName(_ name: UnsafeRawBufferPointer) -> Bool {
    guard count == name.count else { return false }
    for index in 0..<count where Octet.lowercased(self[index]) != Octet.lowercased(name[index]) {
      return false
    }
    return true
  }

  @inline(__always)
  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[range]) }

  /// Calls `body` with each member of a comma-separated list, without blanks around it; empty ones are skipped.
  func forEachMember(_ body: (UnsafeRawBufferPointer) -> Void) {
    var start = 0
    while start <= count {
      var end = start
      while end < count, self[end] != Octet.comma { end += 1 }
      var first = start
      var last = end
      while first < last, Octet.isBlank(self[first]) { first += 1 }
      while last > first, Octet.isBlank(self[last - 1]) { last -= 1 }
      if first < last { body(slice(first..<last)) }
      start = end + 1
    }
  }
}
