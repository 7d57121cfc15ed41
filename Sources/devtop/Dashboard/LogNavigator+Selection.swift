import DevtopCore
import DevtopLogs

/// Marked and selected lines.
extension LogNavigator {
  func lineToMark(_ cursor: Int?) -> LogAnswer {
    guard let row = row(cursor) else { return .notFound("there is no line to mark") }
    // Its number may become another line's.
    return row.isPartial
      ? .notFound("the line has no end yet and cannot be marked") : .lineToMark(row.sequence)
  }

  func findMark(_ marks: Set<Int>, from: Int?, forward: Bool, height: Int) -> LogAnswer {
    let shown = marks.filter(isShown).sorted()
    guard let first = shown.first, let last = shown.last else {
      return .notFound("no marked line is among those that are shown")
    }
    guard let from else { return show(forward ? first : last, height: height) }
    let next = forward ? shown.first { $0 > from } ?? first : shown.last { $0 < from } ?? last
    return show(next, height: height)
  }

  /// Whether it has a row, or is folded into one that is shown.
  private func isShown(_ line: Int) -> Bool {
    guard line >= floor else { return false }
    if view.sequence(line, movedBy: 0) == line { return true }
    guard view.isUnfolded(line) == false, let first = view.foldedRows(ofLine: line)?.first else {
      return false
    }
    return view.sequence(first, movedBy: 0) == first
  }

  func beginSelection(_ cursor: Int?, bottom: Int?, height: Int) -> LogAnswer {
    let rows = rows(endingAt: bottom, count: height)
    guard let last = rows.last, let line = row(cursor)?.sequence else {
      return .notFound("there is no line to select")
    }
    return .selectionBegan(line, bottom: bottom ?? last.sequence)
  }

  /// More is nothing that a clipboard takes.
  private static let copyLimit = 1 << 20

  /// The shown lines of this range as they were printed, records whole.
  func copied(_ lines: ClosedRange<Int>) -> String {
    var texts: [String] = []
    var size = 0
    // A folded record has two rows: its first line, and one for the rest.
    var record: Set<Int> = []
    var next = lines.lowerBound
    while next <= lines.upperBound, size <= Self.copyLimit {
      let rows = view.rows(startingAt: next, count: 500)
      guard let last = rows.last else { break }
      for row in rows where row.sequence <= lines.upperBound && !record.contains(row.sequence) {
        record = Set(
          view.isUnfolded(row.sequence) == false ? view.record(ofLine: row.sequence).map(\.sequence) : [])
        let text = copied(row)
        texts.append(text)
        size += text.utf8.count + 1
      }
      next = last.sequence + 1
    }
    return texts.joined(separator: "\n")
  }
}
