/// Which lines a view hides because it shows their records folded: the first line and one row for the rest.
struct Folds {
  /// A record of fewer lines behind its first is shown whole.
  static let minimumCount = 3

  /// Lines that are not shown.
  private(set) var hidden: LineSet
  /// Second lines of folded records: the row that stands for the rest.
  private(set) var rows: LineSet

  /// `unfolded` has the first lines of records that are shown whole, as sequences; nil: all are.
  init(_ records: RecordGroups, firstSequence: Int, unfolded: Set<Int>?) {
    hidden = LineSet(base: records.range.lowerBound, end: records.range.upperBound)
    rows = hidden
    guard let unfolded else { return }
    for group in records.groups
    where group.count > Self.minimumCount && !unfolded.contains(firstSequence + group[0]) {
      rows.insert(group[1])
      for line in group[2...] { hidden.insert(line) }
    }
  }
}
