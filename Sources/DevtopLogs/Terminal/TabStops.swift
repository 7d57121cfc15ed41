/// Where a horizontal tab goes.
struct TabStops: Equatable, Sendable {
  private var stops: [Bool]

  /// Every eighth column.
  init(columns: Int) { stops = (0..<columns).map { $0 % 8 == 0 } }

  mutating func resize(columns: Int) {
    if columns < stops.count { stops.removeLast(stops.count - columns) }
    for column in stops.count..<max(columns, stops.count) { stops.append(column % 8 == 0) }
  }

  mutating func set(_ column: Int, _ isStop: Bool) { stops[column] = isStop }

  mutating func clear() { for column in stops.indices { stops[column] = false } }

  /// The stop behind a column; the last column where there is none.
  func next(after column: Int) -> Int {
    stops[(column + 1)...].firstIndex(of: true) ?? stops.count - 1
  }

  /// The stop before a column; the first column where there is none.
  func previous(before column: Int) -> Int { stops[..<column].lastIndex(of: true) ?? 0 }
}
