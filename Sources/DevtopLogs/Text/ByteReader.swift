import Glibc

/// Reads a line from left to right, byte by byte.
struct ByteReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var isAtEnd: Bool { position >= bytes.count }
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
  var rest: UnsafeBufferPointer<UInt8> { slice(position..<bytes.count) }

  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[range])
  }

  func starts(with text: StaticString) -> Bool { Self.starts(rest, with: text) }

  /// Moves behind the text if it comes next.
  mutating func skip(_ text: StaticString) -> Bool {
    guard starts(with: text) else { return false }
    position += text.utf8CodeUnitCount
    return true
  }

  /// Moves behind the byte if it comes next.
  mutating func skip(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  /// Spaces and tabs.
  mutating func skipSpaces() {
    while let next = peek, next == 0x20 || next == 0x09 { position += 1 }
  }

  /// Everything up to the next space or tab.
  mutating func word() -> UnsafeBufferPointer<UInt8> { take { $0 != 0x20 && $0 != 0x09 } }

  mutating func take(while isWanted: (UInt8) -> Bool) -> UnsafeBufferPointer<UInt8> {
    let start = position
    while let next = peek, isWanted(next) { position += 1 }
    return slice(start..<position)
  }

  /// Everything up to the byte, and moves behind it; nil when it does not come.
  mutating func take(upTo byte: UInt8) -> UnsafeBufferPointer<UInt8>? {
    guard let end = bytes[min(position, bytes.count)...].firstIndex(of: byte) else { return nil }
    defer { position = end + 1 }
    return slice(position..<end)
  }

  /// What is before the quote that closes, and moves behind that; all that is left where none does.
  ///
  /// A backslash keeps a quote.
  mutating func quotedRest() -> UnsafeBufferPointer<UInt8> {
    let start = position
    while let next = peek, next != UInt8(ascii: "\"") { position += next == UInt8(ascii: "\\") ? 2 : 1 }
    let end = min(position, bytes.count)
    position = min(end + 1, bytes.count)
    return slice(start..<end)
  }

  /// A number without a sign, of at most 9 digits.
  mutating func number() -> Int? {
    let digits = take { $0 >= 0x30 && $0 <= 0x39 }
    guard !digits.isEmpty, digits.count <= 9 else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  static func starts(_ bytes: UnsafeBufferPointer<UInt8>, with text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count >= count else { return false }
    for index in 0..<count where bytes[index] != text.utf8Start[index] { return false }
    return true
  }

  static func equals(_ bytes: UnsafeBufferPointer<UInt8>, _ text: StaticString) -> Bool {
    bytes.count == text.utf8CodeUnitCount && starts(bytes, with: text)
  }

  /// Whether the text occurs anywhere.
  static func contains(_ bytes: UnsafeBufferPointer<UInt8>, _ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count >= count else { return false }
    guard var start = bytes.baseAddress else { return false }
    let end = start + bytes.count
    while let found = memchr(start, Int32(text.utf8Start[0]), end - start) {
      start = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
      if starts(UnsafeBufferPointer(start: start, count: end - start), with: text) { return true }
      start += 1
    }
    return false
  }
}
