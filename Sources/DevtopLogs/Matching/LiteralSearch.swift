import Glibc

/// Finds a piece of text, sixteen places at a time.
///
/// Two bytes of it that are rare in logs are compared at all places at once; the rest is looked at where both are right.
/// (The "generic SIMD" algorithm of W. Muła, with a choice of bytes as in Rust's memchr crate.)
struct LiteralSearch {
  private let text: [UInt8]
  private let isCaseless: Bool
  /// Places in the text of the two bytes that are compared first.
  private let first: Int
  private let second: Int

  /// Nil for a text that it cannot look for: none, or more than ASCII where both cases of a letter are the same.
  init?(_ text: [UInt8], isCaseless: Bool) {
    guard !text.isEmpty, !isCaseless || text.allSatisfy({ $0 < 0x80 }) else { return nil }
    self.text = isCaseless ? text.map(Self.lowercase) : text
    self.isCaseless = isCaseless
    let order = text.indices.sorted { Self.commonness(text[$0]) < Self.commonness(text[$1]) }
    let rarest = order[0]
    // Another byte tells more than the same once again.
    first = rarest
    second = order.first { text[$0] != text[rarest] } ?? order[order.count - 1]
  }

  /// The first place at or behind `start` that begins the text.
  func next(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    let end = bytes.count - text.count + 1
    var place = start
    let (one, other) = (Vector(repeating: text[first]), Vector(repeating: text[second]))
    // A letter in either case, by the bit that tells them apart.
    let masks = [text[first], text[second]].map { byte in
      Vector(repeating: isCaseless && Self.isLetter(byte) ? 0x20 : 0)
    }
    let (oneMask, otherMask) = (masks[0], masks[1])
    while place + Vector.scalarCount <= end {
      let left = UnsafeRawPointer(base + place + first).loadUnaligned(as: Vector.self) | oneMask
      let right = UnsafeRawPointer(base + place + second).loadUnaligned(as: Vector.self) | otherMask
      let both = (left .== one) .& (right .== other)
      if any(both) {
        for offset in 0..<Vector.scalarCount where both[offset] && isText(base + place + offset) {
          return place + offset
        }
      }
      place += Vector.scalarCount
    }
    while place < end {
      if isText(base + place) { return place }
      place += 1
    }
    return nil
  }

  private typealias Vector = SIMD16<UInt8>

  private func isText(_ place: UnsafePointer<UInt8>) -> Bool {
    if !isCaseless { return memcmp(place, text, text.count) == 0 }
    for index in text.indices where Self.lowercase(place[index]) != text[index] { return false }
    return true
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
  private static func lowercase(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

  /// The most common bytes of logs, last.
  private static func commonness(_ byte: UInt8) -> Int {
    Self.ranks[Int(byte)]
  }

  private static let ranks: [Int] = {
    var ranks = [Int](repeating: 1, count: 256)
    for (rank, byte) in "\"/_ABCDEFGHIJKLMNOPQRSTUVWXYZzqjxkvbywgfpmcu-.:=98765432dhlrsnio1ta0e ".utf8
      .enumerated()
    {
      ranks[Int(byte)] = rank + 2
    }
    return ranks
  }()
}
