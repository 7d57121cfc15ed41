/// The command palette's list: the bindings that a query means, best first.
package enum PaletteList {
  /// The bindings whose action or help contains the query's letters in order; all of them for an empty query.
  ///
  /// The letters need not be adjacent. Whole words and beginnings of words come first, then the table's order.
  package static func matches(_ query: String, _ keys: KeyTable) -> [KeyTable.Binding] {
    let wanted = Array(query.lowercased().utf8.filter { $0 != UInt8(ascii: " ") })
    guard !wanted.isEmpty else { return keys.bindings }
    var scored: [(score: Int, order: Int, binding: KeyTable.Binding)] = []
    for (order, binding) in keys.bindings.enumerated() {
      let byName = score(of: wanted, in: binding.action.rawValue).map { $0 + 12 }
      let byHelp = score(of: wanted, in: binding.help)
      guard let best = [byName, byHelp].compactMap({ $0 }).max() else { continue }
      scored.append((best, order, binding))
    }
    return scored.sorted { ($1.score, $0.order) < ($0.score, $1.order) }.map(\.binding)
  }

  /// How well the letters fit a text, from 1; nil where they do not occur in order.
  private static func score(of wanted: [UInt8], in text: String) -> Int? {
    let bytes = Array(text.lowercased().utf8)
    var best: Int?
    for start in bytes.indices where bytes[start] == wanted[0] {
      guard let score = score(of: wanted, in: bytes, from: start) else { break }
      best = max(best ?? 0, score)
    }
    return best
  }

  private static func score(of wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var total = 1
    var next = 0
    var previous = -2
    for index in start..<bytes.count where next < wanted.count && bytes[index] == wanted[next] {
      let beginsWord = index == 0 || !isWordByte(bytes[index - 1])
      total += 1 + (index == previous + 1 ? 6 : 0) + (beginsWord ? 4 : 0)
      previous = index
      next += 1
    }
    guard next == wanted.count else { return nil }
    // A match that is the whole word is meant more likely than the beginning of a longer one.
    if previous + 1 == bytes.count || !isWordByte(bytes[previous + 1]) { total += 3 }
    return total
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: true
    default: false
    }
  }
}
