import Glibc

/// A control sequence with which a program goes back to what it printed before.
struct LiveSequence: Equatable {
  enum Kind: Equatable {
    /// The cursor goes up, or to the alternate screen: CUU, CPL, `?47`, `?1047`, `?1049`.
    case up
    /// A program that clears the screen or goes to a place of it begins anew: CUP, HVP, VPA, ED, RIS.
    case home
    /// A sequence whose end was not read yet.
    case cut
  }

  var kind: Kind
  var range: Range<Int>

  /// Longer ones are none of these.
  private static let maximumLength = 16

  /// The first one in the text.
  static func first(in text: UnsafeBufferPointer<UInt8>) -> LiveSequence? {
    guard let base = text.baseAddress else { return nil }
    var start = 0
    while let found = memchr(base + start, 0x1B, text.count - start) {
      let place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      let (kind, end) = sequence(in: text, at: place)
      if let kind { return LiveSequence(kind: kind, range: place..<end) }
      start = place + 1
    }
    return nil
  }

  /// ECMA-48 (5th edition) §5.4, with DEC's private parameters.
  private static func sequence(in text: UnsafeBufferPointer<UInt8>, at start: Int) -> (Kind?, end: Int) {
    guard start + 1 < text.count else { return (.cut, text.count) }
    switch text[start + 1] {
    case UInt8(ascii: "c"): return (.home, start + 2)
    case UInt8(ascii: "["): break
    default: return (nil, start + 2)
    }
    var index = start + 2
    while index < text.count, (0x30...0x3F).contains(text[index]) { index += 1 }
    guard index - start < maximumLength else { return (nil, index) }
    guard index < text.count else { return (.cut, index) }
    let parameters = UnsafeBufferPointer(rebasing: text[start + 2..<index])
    let kind: Kind? =
      switch text[index] {
      case UInt8(ascii: "A"), UInt8(ascii: "F"): .up
      case UInt8(ascii: "H"), UInt8(ascii: "f"), UInt8(ascii: "d"): .home
      case UInt8(ascii: "J") where ["2", "3"].contains { parameters.elementsEqual($0.utf8) }: .home
      case UInt8(ascii: "h") where ["?47", "?1047", "?1049"].contains { parameters.elementsEqual($0.utf8) }:
        .up
      default: nil
      }
    return (kind, index + 1)
  }
}
