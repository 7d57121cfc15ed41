import Testing

@testable import DevtopLogs

/// The search for a piece of text finds what a plain one finds.
struct LiteralSearchTests {
  private func places(_ text: String, in bytes: [UInt8], isCaseless: Bool) -> [Int] {
    guard let search = LiteralSearch(Array(text.utf8), isCaseless: isCaseless) else { return [-1] }
    return bytes.withUnsafeBufferPointer { bytes in
      var places: [Int] = []
      var start = 0
      while let place = search.next(in: bytes, from: start) {
        places.append(place)
        start = place + 1
      }
      return places
    }
  }

  private func slowly(_ text: String, in bytes: [UInt8], isCaseless: Bool) -> [Int] {
    func fold(_ byte: UInt8) -> UInt8 { isCaseless && byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
    let text = text.utf8.map(fold)
    guard bytes.count >= text.count else { return [] }
    return (0...bytes.count - text.count).filter { bytes[$0..<$0 + text.count].map(fold) == text }
  }

  @Test(arguments: [
    "a", "ab", "aa", "aba", "bbbb", "A", "aB", "[", "{", "@`", "a b", "\u{E9}a", "abababababababababab",
  ])
  func `it finds what a plain search finds`(_ text: String) {
    var random = SeededGenerator(state: 11)
    for length in [0, 1, 2, 15, 16, 17, 31, 33, 64, 500] {
      let bytes = (0..<length).map { _ in Array("abAB[{@` \u{E9}".utf8).randomElement(using: &random) ?? 0 }
      #expect(places(text, in: bytes, isCaseless: false) == slowly(text, in: bytes, isCaseless: false))
      guard text.utf8.allSatisfy({ $0 < 0x80 }) else { continue }
      #expect(places(text, in: bytes, isCaseless: true) == slowly(text, in: bytes, isCaseless: true))
    }
  }

  @Test func `what it cannot look for it leaves`() {
    #expect(LiteralSearch([], isCaseless: false) == nil)
    #expect(LiteralSearch(Array("\u{E9}".utf8), isCaseless: true) == nil)
  }
}
