/// Which lines a view hides because it shows their records folded: the first line and one row for the rest.
///
/// Of lines that say the same in a row it shows the first alone.
struct Folds {
  /// A record of fewer lines behind its first is shown whole.
  static let minimumCount = 3

  /// Lines that are not shown.
  private(set) var hidden: LineSet
  /// Second lines of folded records: the row that stands for the rest.
  private(set) var rows: LineSet

  /// `unfolded` has the first lines of records and repetitions that are shown whole, as sequences; nil: all are.
  init(_ records: RecordGroups, of chunk: Chunk, _ marks: RecordMarks, unfolded: Set<Int>?) {
    hidden = LineSet(base: records.range.lowerBound, end: records.range.upperBound)
    rows = hidden
    guard let unfolded else { return }
    hidden.formUnion(LineSet(marks.repeats.restricted(to: records.range), widenedTo: records.range))
    for sequence in unfolded where sequence >= chunk.firstSequence && sequence < chunk.endSequence {
      for line in chunk.repetition(ofLine: sequence - chunk.firstSequence, marks).dropFirst()
      where records.range.contains(line) { hidden.remove(line) }
    }
    for group in records.groups
    where group.count > Self.minimumCount && !unfolded.contains(chunk.firstSequence + group[0]) {
      rows.insert(group[1])
      for line in group[2...] { hidden.insert(line) }
    }
  }

  /// Shows repeats of what is not found: a filter may have found the later lines alone, by their time.
  ///
  /// `isFound` tells of lines that are not among the `decided`.
  mutating func show(
    repeatsOf found: LineSet, _ decided: LineSet, in chunk: Chunk, _ marks: RecordMarks,
    isFound: (Int) -> Bool
  ) {
    // Hardly any stretch has some.
    let folded = hidden
    folded.forEach { line in
      guard marks.repeats.contains(line), decided.contains(line), let before = chunk.line(before: line) else {
        return true
      }
      if decided.contains(before) ? !found.contains(before) : !isFound(before) { hidden.remove(line) }
      return true
    }
  }
}
