/// A set of rows of a screen.
struct RowSet: Equatable, Sendable {
  private var words: [UInt64]

  init(rows: Int) { words = Array(repeating: 0, count: (rows + 63) / 64) }

  mutating func insert(_ row: Int) { words[row >> 6] |= 1 << UInt64(row & 63) }

  mutating func insert(_ rows: Range<Int>) {
    var row = rows.lowerBound
    while row < rows.upperBound {
      let end = min(rows.upperBound, (row | 63) + 1)
      words[row >> 6] |= (end - row == 64 ? .max : (1 << UInt64(end - row)) - 1) << UInt64(row & 63)
      row = end
    }
  }

  mutating func removeAll() { for index in words.indices { words[index] = 0 } }

  /// In rising order, as long as they can be.
  var ranges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    for row in 0..<words.count * 64 where words[row >> 6] & 1 << UInt64(row & 63) != 0 {
      if let last = ranges.last, last.upperBound == row {
        ranges[ranges.count - 1] = last.lowerBound..<row + 1
      } else {
        ranges.append(row..<row + 1)
      }
    }
    return ranges
  }
}
