import DevtopCore

/// Lines of one source in a row that say the same but for the time, as a view shows them folded.
package struct Repetition: Equatable, Sendable {
  /// The first one included.
  package var count: Int
  /// From the first to the last.
  package var duration: Duration

  package init(count: Int, duration: Duration) {
    self.count = count
    self.duration = duration
  }

  /// How many come in a second; nil where they came too fast, or are too few, to tell.
  package var perSecond: Double? {
    duration < .seconds(1) ? nil : Double(count - 1) / (duration / .seconds(1))
  }
}

extension Chunk {
  /// Of the lines that say the same as this one in a row, all, rising; the line alone where it is not repeated.
  func repetition(ofLine line: Int, _ marks: RecordMarks) -> [Int] {
    let segment = segmentIndex(ofLine: line)
    let id = source(ofSegment: segment).id
    var lines: [Int] = [line]
    while marks.repeats.contains(lines[lines.count - 1]),
      let before = self.line(before: lines[lines.count - 1], of: id)
    {
      lines.append(before)
    }
    lines.reverse()
    forEachLine(of: id, after: line) { next in
      guard next < marks.scannedCount, marks.repeats.contains(next) else { return false }
      lines.append(next)
      return true
    }
    return lines
  }

  /// How often what a line says is repeated behind it; nil where it is not.
  func repetition(behindLine line: Int, _ marks: RecordMarks) -> Repetition? {
    let segment = segmentIndex(ofLine: line)
    var count = 1
    var last = line
    forEachLine(of: source(ofSegment: segment).id, after: line) { next in
      guard next < marks.scannedCount, marks.repeats.contains(next) else { return false }
      count += 1
      last = next
      return true
    }
    guard count > 1 else { return nil }
    let time =
      self.time(ofSegment: segmentIndex(ofLine: last)).milliseconds
      - self.time(ofSegment: segment).milliseconds
    return Repetition(count: count, duration: .milliseconds(time))
  }

  /// The line before of the same source.
  func line(before line: Int, of source: UInt32) -> Int? {
    var segment = segmentIndex(ofLine: line)
    if line > lines(ofSegment: segment).lowerBound { return line - 1 }
    while segment > 0 {
      segment -= 1
      if self.source(ofSegment: segment).id == source { return lines(ofSegment: segment).upperBound - 1 }
    }
    return nil
  }

  private func forEachLine(of source: UInt32, after line: Int, _ body: (Int) -> Bool) {
    var segment = segmentIndex(ofLine: line)
    while segment < segmentCount {
      if self.source(ofSegment: segment).id == source {
        let lines = lines(ofSegment: segment)
        for next in max(line + 1, lines.lowerBound)..<max(line + 1, lines.upperBound) where !body(next) {
          return
        }
      }
      segment += 1
    }
  }
}
