/// What the command palette offers for what was typed.
package enum PaletteItem: Equatable, Sendable {
  case action(KeyTable.Binding)
  /// To a time of the log, as it was typed: `14:02`, `-5m`.
  case jump(String)
  /// Keeps the filter in force under a name, or forgets that name where none is.
  case saveFilter(String)
  case filter(NamedFilter)
}

/// The command palette's list.
package enum PaletteList {
  /// What a query means, best first.
  ///
  /// A digit or `-` in front begins a time, `w NAME` names the filter. Else it is the actions whose name or help, and
  /// the named filters whose name, contains its letters in order; all of them for an empty query. The letters need
  /// not be adjacent. Whole words and beginnings of words come first, then the order of filters and table.
  package static func items(_ query: String, _ keys: KeyTable, _ filters: [NamedFilter] = []) -> [PaletteItem]
  {
    let query = query.drop { $0 == " " }
    if let first = query.first, first.isNumber || first == "-" { return [.jump(String(query))] }
    if query.hasPrefix("w ") {
      let name = query.dropFirst(2).split(separator: " ").joined(separator: " ")
      return name.isEmpty ? [] : [.saveFilter(name)]
    }
    let wanted = Array(query.lowercased().utf8.filter { $0 != UInt8(ascii: " ") })
    let all = filters.map { PaletteItem.filter($0) } + keys.bindings.map { .action($0) }
    guard !wanted.isEmpty else { return all }
    var scored: [(score: Int, order: Int, item: PaletteItem)] = []
    for (order, item) in all.enumerated() {
      guard let score = score(of: wanted, item) else { continue }
      scored.append((score, order, item))
    }
    return scored.sorted { ($1.score, $0.order) < ($0.score, $1.order) }.map(\.item)
  }

  /// A name counts more than a text about it.
  private static func score(of wanted: [UInt8], _ item: PaletteItem) -> Int? {
    switch item {
    case .action(let binding):
      let byName = score(of: wanted, in: binding.action.rawValue).map { $0 + 12 }
      return [byName, score(of: wanted, in: binding.help)].compactMap { $0 }.max()
    case .filter(let filter): return score(of: wanted, in: filter.name).map { $0 + 12 }
    case .jump, .saveFilter: return nil
    }
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
