/// What a reader asks of the rows that are shown.
extension ViewIndex {
  /// Complete lines at or below `sequence`, newest first, at most `count`.
  func newest(_ count: Int, upTo sequence: Int) -> [Int] {
    var found: [Int] = []
    for entry in entries.reversed() where entry.firstSequence <= sequence {
      var line = sequence - entry.firstSequence + 1
      while found.count < count, let next = entry.shown.last(below: line) {
        found.append(entry.firstSequence + next)
        line = next
      }
      if found.count >= count { break }
    }
    return found
  }

  /// Complete lines at or above `sequence`, oldest first, at most `count`.
  func oldest(_ count: Int, from sequence: Int) -> [Int] {
    var found: [Int] = []
    for entry in entries where entry.firstSequence + entry.outline.lineCount > sequence {
      var line = sequence - entry.firstSequence
      while found.count < count, let next = entry.shown.first(from: line) {
        found.append(entry.firstSequence + next)
        line = next + 1
      }
      if found.count >= count { break }
    }
    return found
  }

  func countAfter(_ sequence: Int) -> Int {
    var count = 0
    for entry in entries.reversed() {
      guard entry.firstSequence > sequence else {
        count += entry.shown.count(from: sequence - entry.firstSequence + 1)
        break
      }
      count += entry.shownCount
    }
    return count
  }

  /// The line `steps` below `sequence`, or the first one.
  func moved(back steps: Int, from sequence: Int) -> Int? {
    var rest = steps
    for entry in entries.reversed() where entry.firstSequence < sequence {
      let below = entry.shownCount - entry.shown.count(from: sequence - entry.firstSequence)
      if rest <= below {
        return entry.shown.member(rank: below - rest).map { entry.firstSequence + $0 }
      }
      rest -= below
    }
    return oldest(1, from: 0).first
  }

  /// The line `steps` above `sequence`; `missing` steps where there are not so many.
  func moved(forward steps: Int, from sequence: Int) -> (sequence: Int?, missing: Int) {
    var rest = steps
    for entry in entries where entry.firstSequence + entry.outline.lineCount > sequence {
      let above = entry.shown.count(from: sequence - entry.firstSequence + 1)
      if rest <= above {
        let line = entry.shown.member(rank: entry.shownCount - above + rest - 1)
        return (line.map { entry.firstSequence + $0 }, 0)
      }
      rest -= above
    }
    return (newest(1, upTo: Int.max.clampedSequence).first, rest)
  }
}
