/// The records of more than one line that have a part in a stretch of lines.
struct RecordGroups {
  /// Each with all of its lines in rising order, also those outside of the stretch.
  private(set) var groups: [[Int]] = []
  /// The stretch, and what those records reach beyond it.
  private(set) var range: Range<Int>

  /// How far before and behind the stretch records are looked for; between the lines of one there may be others'.
  private static let reach = 2 * RecordState.maximumLineCount

  init(in stretch: Range<Int>, of chunk: Chunk, _ marks: RecordMarks) {
    range = stretch
    let end = min(stretch.upperBound + Self.reach, min(chunk.lineCount, marks.scannedCount))
    // Hardly any stretch has records: then this is all.
    guard let first = marks.continuations.first(from: stretch.lowerBound), first < end else { return }
    let window = max(0, stretch.lowerBound - Self.reach)..<end
    let superseded = chunk.superseded
    var newest: [UInt32: Int] = [:]
    var open: [UInt32: Int] = [:]
    var all: [[Int]] = []
    var segment = chunk.segmentIndex(ofLine: window.lowerBound)
    while segment < chunk.segmentCount {
      let lines = chunk.lines(ofSegment: segment).clamped(to: window)
      if lines.lowerBound >= window.upperBound { break }
      let source = chunk.source(ofSegment: segment).id
      for line in lines where !superseded.contains(line) {
        if marks.continuations.contains(line) {
          if let group = open[source] {
            all[group].append(line)
          } else {
            open[source] = all.count
            all.append((newest[source].map { [$0] } ?? []) + [line])
          }
        } else {
          open[source] = nil
          newest[source] = line
        }
      }
      segment += 1
    }
    groups = all.filter { group in
      group[group.count - 1] >= stretch.lowerBound && group[0] < stretch.upperBound
        && group.contains(where: stretch.contains)
    }
    let low = groups.map { $0[0] }.min() ?? range.lowerBound
    let high = groups.map { $0[$0.count - 1] + 1 }.max() ?? range.upperBound
    range = min(low, range.lowerBound)..<max(high, range.upperBound)
  }

  /// Adds to the set all lines of each record of which it has one.
  func close(_ lines: inout LineSet) {
    for group in groups where group.contains(where: lines.contains) {
      for line in group { lines.insert(line) }
    }
  }
}
