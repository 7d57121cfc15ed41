/// Searches text, many lines at once where that is worth it.
extension LineMatcher {
  func linesWithText(
    _ pattern: TextPattern, among candidates: LineSet, _ chunk: Chunk
  ) -> LineSet {
    if pattern.lines == nil && pattern.sequence == nil || candidates.count * 4 < lines.count
      || regex.hasGivenUp
    {
      return linesOneByOne(candidates) { line in
        withPlainLine(line, chunk) { regex.matches(pattern, line: $0) }
      }
    }
    let block = text ?? LineBlock(chunk, lines)
    text = block
    var found = LineSet(base: lines.lowerBound, end: lines.upperBound)
    block.withText { text, starts in
      if let word = pattern.word { return search(word, text, starts, &found) }
      var first = 0
      while first < lines.count {
        var end = first + 1
        while end < lines.count, starts[end + 1] - starts[first] <= Self.windowSize { end += 1 }
        search(pattern, text, starts, first..<end, candidates, &found)
        first = end
      }
    }
    found.formIntersection(candidates)
    return found
  }

  /// Searches the whole block; a word is too plain for a limit.
  private func search(
    _ word: ScanWord, _ text: UnsafeBufferPointer<UInt8>, _ starts: UnsafeBufferPointer<Int>,
    _ found: inout LineSet
  ) {
    let base = starts[0]
    var line = 0
    word.forEach(in: UnsafeBufferPointer(rebasing: text[base..<starts[lines.count]])) { place in
      while starts[line + 1] - base <= place { line += 1 }
      found.insert(lines.lowerBound + line)
      line += 1
      return line < lines.count ? starts[line] - base : nil
    }
  }

  /// Searches a window of lines; `starts` has where each of the block's lines begins, and the end of the last.
  private func search(
    _ pattern: TextPattern, _ text: UnsafeBufferPointer<UInt8>, _ starts: UnsafeBufferPointer<Int>,
    _ window: Range<Int>, _ candidates: LineSet, _ found: inout LineSet
  ) {
    let base = starts[window.lowerBound]
    let subject = UnsafeBufferPointer(rebasing: text[base..<starts[window.upperBound] - 1])
    let isASCII = regex.isASCII(subject)
    if isASCII, let sequence = pattern.sequence {
      return search(pattern, sequence, text, starts, window, candidates, &found)
    }
    guard let code = isASCII ? pattern.lines : pattern.unicodeLines else {
      return found.formUnion(answers(pattern, text, starts, window, candidates))
    }
    var line = window.lowerBound
    var offset = 0
    while line < window.upperBound {
      switch regex.nextMatch(code, in: subject, from: offset) {
      case .none: return
      case .limit:
        return found.formUnion(answers(pattern, text, starts, line..<window.upperBound, candidates))
      case .match(let place):
        while starts[line + 1] <= base + place.lowerBound { line += 1 }
        let own = Self.line(line, text, starts)
        // What reaches over the line's end is no match of the line; it may have another.
        if base + place.upperBound <= starts[line] + own.count || regex.matches(pattern, line: own) {
          found.insert(lines.lowerBound + line)
        }
        line += 1
        offset = starts[line] - base
      }
    }
  }

  /// Searches a window of ASCII lines: only lines that have the sequence are asked.
  private func search(
    _ pattern: TextPattern, _ sequence: ClassSequence, _ text: UnsafeBufferPointer<UInt8>,
    _ starts: UnsafeBufferPointer<Int>, _ window: Range<Int>, _ candidates: LineSet, _ found: inout LineSet
  ) {
    let base = starts[window.lowerBound]
    var line = window.lowerBound
    sequence.forEach(in: UnsafeBufferPointer(rebasing: text[base..<starts[window.upperBound] - 1])) { place in
      while starts[line + 1] - base <= place { line += 1 }
      let number = lines.lowerBound + line
      let isFound =
        sequence.isWhole
        || candidates.contains(number)
          && regex.matches(
            pattern.line, line: Self.line(line, text, starts),
            from: sequence.startsMatch ? base + place - starts[line] : 0)
      if isFound { found.insert(number) }
      line += 1
      return line < window.upperBound && !regex.hasGivenUp ? starts[line] - base : nil
    }
  }

  /// The lines of a window that match, asked one by one.
  private func answers(
    _ pattern: TextPattern, _ text: UnsafeBufferPointer<UInt8>, _ starts: UnsafeBufferPointer<Int>,
    _ window: Range<Int>, _ candidates: LineSet
  ) -> LineSet {
    var asked = LineSet(
      LineSet(lines.lowerBound + window.lowerBound..<lines.lowerBound + window.upperBound), widenedTo: lines)
    asked.formIntersection(candidates)
    return linesOneByOne(asked) { line in
      regex.matches(pattern, line: Self.line(line - self.lines.lowerBound, text, starts))
    }
  }

  func linesOneByOne(_ candidates: LineSet, where isWanted: (Int) -> Bool) -> LineSet {
    var found = LineSet(base: lines.lowerBound, end: lines.upperBound)
    candidates.forEach { line in
      if isWanted(line) { found.insert(line) }
      return !regex.hasGivenUp
    }
    return found
  }

  /// The same with the text of each line, without escapes, and where it is from.
  func linesOneByOne(
    _ candidates: LineSet, _ chunk: Chunk, where isWanted: (UnsafeBufferPointer<UInt8>, LogSource) -> Bool
  ) -> LineSet {
    guard var source = chunk.sources.first else { return candidates }
    var own = 0..<0
    return linesOneByOne(candidates) { line in
      if !own.contains(line) {
        let segment = chunk.segmentIndex(ofLine: line)
        own = chunk.lines(ofSegment: segment)
        source = chunk.source(ofSegment: segment)
      }
      return withPlainLine(line, chunk) { isWanted($0, source) }
    }
  }

  func withPlainLine<Result>(
    _ line: Int, _ chunk: Chunk, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let raw = chunk.bytes(ofLine: line)
    return chunk.storage.entries[line].isDirty
      ? LineText.plain(raw).withUnsafeBufferPointer(body) : body(raw)
  }

  private static func line(
    _ index: Int, _ text: UnsafeBufferPointer<UInt8>, _ starts: UnsafeBufferPointer<Int>
  ) -> UnsafeBufferPointer<UInt8> {
    let start = starts[index]
    var end = starts[index + 1] - 1
    if end > start, text[end - 1] == 0x0D { end -= 1 }
    return UnsafeBufferPointer(rebasing: text[start..<end])
  }
}
