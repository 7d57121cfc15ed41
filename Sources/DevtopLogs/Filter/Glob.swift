/// Text in which `*` stands for any characters, also none.
struct Glob: Equatable, Sendable {
  private let pattern: [UInt8]
  private let isCaseless: Bool
  private let hasStars: Bool

  /// Where `isCaseless`, ASCII letters are the same in both cases; without `hasStars`, `*` is a character like any other.
  init(_ text: String, isCaseless: Bool = false, hasStars: Bool = true) {
    pattern = isCaseless ? text.utf8.map(\.lowercase) : Array(text.utf8)
    self.isCaseless = isCaseless
    self.hasStars = hasStars && pattern.contains(UInt8(ascii: "*"))
  }

  func matches(_ text: some StringProtocol) -> Bool {
    var text = String(text)
    return text.withUTF8 { matches($0) }
  }

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if !hasStars, text.count != pattern.count { return false }
    var star: (pattern: Int, text: Int)?
    var index = 0
    var position = 0
    while position < text.count {
      let byte = isCaseless ? text[position].lowercase : text[position]
      if hasStars, index < pattern.count, pattern[index] == UInt8(ascii: "*") {
        star = (index, position)
        index += 1
      } else if index < pattern.count, pattern[index] == byte {
        index += 1
        position += 1
      } else if let last = star {
        index = last.pattern + 1
        position = last.text + 1
        star = (last.pattern, position)
      } else {
        return false
      }
    }
    return pattern[index...].allSatisfy { hasStars && $0 == UInt8(ascii: "*") }
  }
}

extension UInt8 {
  /// The small letter of an ASCII capital, else itself.
  fileprivate var lowercase: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
