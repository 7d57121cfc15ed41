import CScan

/// A piece of text that is looked for byte by byte, the case of ASCII letters aside where wanted.
final class ScanWord: Sendable {
  private let bytes: [UInt8]
  private let isCaseless: Bool
  /// The places of the two bytes that are looked for first.
  private let rare: (first: Int, second: Int)

  /// Nil for the empty text, which is everywhere, and where case is more than that of ASCII letters.
  init?(_ text: String, isCaseless: Bool) {
    let bytes = Array(text.utf8)
    if bytes.isEmpty || (isCaseless && !bytes.allSatisfy { $0 < 0x80 }) { return nil }
    self.bytes = isCaseless ? bytes.map(Self.lowercased) : bytes
    self.isCaseless = isCaseless
    let places = bytes.indices.sorted {
      Self.frequency(bytes[$0], isCaseless) < Self.frequency(bytes[$1], isCaseless)
    }
    rare = (places[0], places.count > 1 ? places[1] : places[0])
  }

  /// Calls `body` with where the word begins, then from the place that it returns, until there is none or it returns nil.
  func forEach(in text: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Int?) {
    bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      var word = scan_word(
        bytes: start, count: bytes.count, rare: rare.first, second: rare.second, is_caseless: isCaseless)
      text.forEachPlace({ scan_find($0, text.count, $1, &word) }, body)
    }
  }

  func isIn(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var isFound = false
    forEach(in: text) { _ in
      isFound = true
      return nil
    }
    return isFound
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  /// In logs, roughly, from rare to frequent.
  private static func frequency(_ byte: UInt8, _ isCaseless: Bool) -> Int {
    let byte = isCaseless ? lowercased(byte) : byte
    if let rank = frequentFirst.firstIndex(of: byte) { return 256 - rank }
    // Capitals and what is not ASCII are rare; controls do not occur in words.
    return Int(byte) % 64
  }

  private static let frequentFirst = Array(#" e0t1a2o"3rsin45:d678l9c/.-_u,mphg=fbvwyTkIxq{}[]()zj"#.utf8)
}

extension UnsafeBufferPointer<UInt8> {
  /// Calls `body` with the place that `find` tells from a place on, then from the one that it returns, until there is
  /// none or it returns nil.
  @inline(__always)
  func forEachPlace(_ find: (UnsafePointer<UInt8>, Int) -> Int, _ body: (Int) -> Int?) {
    guard let base = baseAddress else { return }
    var from = 0
    while true {
      let place = find(base, from)
      guard place < count, let next = body(place) else { return }
      from = next
    }
  }
}
