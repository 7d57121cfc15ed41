import DevtopCore

/// Lines around matches.
extension LineMatcher {
  /// Lines on both sides of a stretch that are asked, too, where context is wanted.
  private static let contextReach = 512

  static func window(around stretch: Range<Int>, for question: LineQuestion, _ chunk: Chunk) -> Range<
    Int
  > {
    guard question.context > 0, question.filter != nil else { return stretch }
    return max(0, stretch.lowerBound - contextReach)..<min(chunk.lineCount, stretch.upperBound + contextReach)
  }

  /// The lines of the same service before and behind each match, as many as are asked for.
  func context(of matches: LineSet, _ question: LineQuestion, _ chunk: Chunk) -> LineSet {
    var context = LineSet(base: lines.lowerBound, end: lines.upperBound)
    if matches.isEmpty { return context }
    var services: [ServiceID: [Int]] = [:]
    var segment = chunk.segmentIndex(ofLine: lines.lowerBound)
    while segment < chunk.segmentCount {
      let range = chunk.lines(ofSegment: segment).clamped(to: lines)
      if range.lowerBound >= lines.upperBound { break }
      let source = chunk.source(ofSegment: segment)
      if source.stream != .marker, question.allows(source) { services[source.service, default: []] += range }
      segment += 1
    }
    for own in services.values {
      for (place, line) in own.enumerated() where matches.contains(line) {
        let near = max(0, place - question.context)...min(own.count - 1, place + question.context)
        for neighbour in own[near] { context.insert(neighbour) }
      }
    }
    context.subtract(matches)
    records?.close(&context)
    return context
  }
}
