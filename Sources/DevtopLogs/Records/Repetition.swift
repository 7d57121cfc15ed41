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
    var before: [Int] = []
    var first = line
    while marks.repeats.contains(first), let next = self.line(before: first) {
      before.append(next)
      first = next
    }
    var lines = before.reversed() + [line]
    forEachRepeat(of: line, marks) { lines.append($0) }
    return lines
  }

  /// How often what a line says is repeated behind it; nil where it is not.
  func repetition(behindLine line: Int, _ marks: RecordMarks) -> Repetition? {
    var count = 1
    var last = line
    forEachRepeat(of: line, marks) { next in
      count += 1
      last = next
    }
    guard count > 1 else { return nil }
    let times = [line, last].map { time(ofSegment: segmentIndex(ofLine: $0)).milliseconds }
    return Repetition(count: count, duration: .milliseconds(times[1] - times[0]))
  }

  /// The line before of the same source.
  func line(before line: Int) -> Int? {
    var segment = segmentIndex(ofLine: line)
    if line > lines(ofSegment: segment).lowerBound { return line - 1 }
    let id = source(ofSegment: segment).id
    while segment > 0 {
      segment -= 1
      if source(ofSegment: segment).id == id { return lines(ofSegment: segment).upperBound - 1 }
    }
    return nil
  }

  /// The lines behind this one that say the same, in a row.
  private func forEachRepeat(of line: Int, _ marks: RecordMarks, _ body: (Int) -> Void) {
    var segment = segmentIndex(ofLine: line)
    let id = source(ofSegment: segment).id
    while segment < segmentCount {
      if source(ofSegment: segment).id == id {
        for next in lines(ofSegment: segment) where next > line {
          guard marks.repeats.contains(next) else { return }
          body(next)
        }
      }
      segment += 1
    }
  }
}
