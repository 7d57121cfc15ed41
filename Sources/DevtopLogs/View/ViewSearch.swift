import DevtopCore

/// Looks for the next line that a pattern matches among those that a view shows.
struct ViewSearch {
  let store: LogStore
  let view: LineQuestion
  let pattern: FilterNode

  func next(from: Int?, forward: Bool) -> Int? {
    let matcher = LineMatcher(store.templates)
    var question = view.searching(pattern)
    question.newestRuns = store.read { $0.newestRuns }
    var position = (from ?? .max).clampedSequence
    while true {
      // The chunk that holds the next candidate; chunks that were dropped meanwhile are passed over.
      let candidate = store.read { log -> Int? in
        if forward { return position < log.endSequence - 1 ? max(position + 1, log.firstSequence) : nil }
        return position > log.firstSequence ? min(position, log.endSequence) - 1 : nil
      }
      guard let candidate else { return nil }
      guard let (chunk, marks) = store.markedChunk(ofSequence: candidate) else { continue }
      let lines = slice(of: chunk, from: position, forward: forward)
      let set = matcher.matches(question, in: chunk, lines: lines, marks: marks).lines.restricted(to: lines)
      if let line = forward ? set.first(from: lines.lowerBound) : set.last(below: lines.upperBound) {
        return chunk.firstSequence + line
      }
      position = forward ? chunk.firstSequence + lines.upperBound - 1 : chunk.firstSequence + lines.lowerBound
    }
  }

  private func slice(of chunk: Chunk, from position: Int, forward: Bool) -> Range<Int> {
    if forward {
      let start = max(0, position + 1 - chunk.firstSequence)
      return start..<min(chunk.lineCount, start + LineMatcher.maximumLineCount)
    }
    let end = min(chunk.lineCount, position - chunk.firstSequence)
    return max(0, end - LineMatcher.maximumLineCount)..<end
  }
}
