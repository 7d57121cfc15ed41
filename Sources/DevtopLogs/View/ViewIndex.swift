import DevtopCore

/// Which lines answer a view's question, as far as they were asked: one bit a line.
struct ViewIndex: Sendable {
  /// The lines of one chunk; those in `asked` are settled.
  struct Entry: Sendable {
    var outline: ChunkOutline
    var asked: Range<Int>
    /// The lines that are shown, markers included.
    var found = LineSet(base: 0, end: 0)
    var foundCount = 0
    /// The same without markers.
    var matchedCount = 0
    /// What the answer to an earlier, wider question leaves to ask.
    var narrowing: Narrowing?

    var firstSequence: Int { outline.firstSequence }
    var isComplete: Bool { asked == 0..<outline.lineCount }
  }

  /// In a stretch of lines, only some can be answers.
  struct Narrowing: Sendable {
    var lines: Range<Int>
    var candidates: LineSet
  }

  private(set) var question = LineQuestion()
  /// Changes with the question, so that answers to an older one are thrown away.
  private(set) var generation = 0
  private(set) var entries: [Entry] = []
  /// Lines that match, without markers.
  private(set) var matched = 0
  /// The first line that the index does not know of.
  private(set) var end = 0
  /// Unfinished lines that answer the question; they follow the last line.
  private(set) var tail: [LogRow] = []
  var problem: String?
  var isClosed = false
  private var prefersOlder = false

  /// Takes up a new question.
  ///
  /// Where it is a narrower one, as while somebody types, only what answered the old one is asked again.
  mutating func ask(_ question: LineQuestion) {
    // What an expression was too slow for is no answer to it, but may be one to another.
    let isNarrower = !self.question.isOpen && problem == nil && question.implies(self.question)
    self.question = question
    generation += 1
    entries = isNarrower ? entries.map(\.narrowed) : []
    matched = 0
    end = 0
    tail = []
    problem = nil
  }

  var isComplete: Bool { entries.allSatisfy(\.isComplete) }

  /// Where new outlines must begin.
  var nextOrdinal: Int { entries.last?.outline.ordinal ?? 0 }

  // MARK: The worker's side

  /// Takes up what the store holds now.
  ///
  /// - Returns: whether anything that a reader sees changed.
  mutating func sync(
    _ outlines: [ChunkOutline], firstOrdinal: Int, end: Int, tail: [LogRow]
  ) -> Bool {
    let dropped = entries.prefix { $0.outline.ordinal < firstOrdinal }
    matched -= dropped.reduce(0) { $0 + $1.matchedCount }
    entries.removeFirst(dropped.count)
    for outline in outlines {
      if let last = entries.last, last.outline.ordinal == outline.ordinal {
        entries[entries.count - 1].outline = outline
      } else if outline.ordinal > (entries.last?.outline.ordinal ?? -1) {
        // The newest lines are asked first, downwards.
        entries.append(Entry(outline: outline, asked: outline.lineCount..<outline.lineCount))
      }
    }
    let isChanged = !dropped.isEmpty || self.end != end || self.tail != tail
    self.end = end
    self.tail = tail
    return isChanged
  }

  struct Task {
    var ordinal: Int
    var lines: Range<Int>
    /// Only these can be answers; nil: all.
    var candidates: LineSet?
  }

  /// The next lines to ask: new ones and older ones in turn, the newest of each first.
  mutating func nextTask() -> Task? {
    guard var task = nextStretch() else { return nil }
    let entry = entries[task.ordinal - entries[0].outline.ordinal]
    task.candidates = entry.narrowing?.candidates(in: task.lines)
    return task
  }

  private mutating func nextStretch() -> Task? {
    let limit = LineMatcher.maximumLineCount
    prefersOlder.toggle()
    var older: Task?
    for entry in entries.reversed() {
      if entry.asked.upperBound < entry.outline.lineCount {
        let start = entry.asked.upperBound
        let task = Task(
          ordinal: entry.outline.ordinal, lines: start..<min(start + limit, entry.outline.lineCount))
        if !prefersOlder || entries.allSatisfy({ $0.asked.lowerBound == 0 }) { return task }
        return older ?? entries.last { $0.asked.lowerBound > 0 }.map(Self.olderTask) ?? task
      }
      if older == nil, entry.asked.lowerBound > 0 { older = Self.olderTask(entry) }
    }
    return older
  }

  private static func olderTask(_ entry: Entry) -> Task {
    let end = entry.asked.lowerBound
    let start = max(0, end - LineMatcher.maximumLineCount) & ~63
    return Task(ordinal: entry.outline.ordinal, lines: start..<end)
  }

  mutating func settle(_ task: Task, _ answer: LineAnswer) {
    guard let first = entries.first?.outline.ordinal, task.ordinal >= first,
      task.ordinal - first < entries.count
    else { return }
    let index = task.ordinal - first
    let matchedCount = answer.lines.count
    entries[index].found.merge(answer.shown)
    entries[index].foundCount += matchedCount + answer.markers.count
    entries[index].matchedCount += matchedCount
    matched += matchedCount
    let asked = entries[index].asked
    entries[index].asked =
      min(asked.lowerBound, task.lines.lowerBound)..<max(asked.upperBound, task.lines.upperBound)
  }

  // MARK: The reader's side

  /// Complete lines at or below `sequence`, newest first, at most `count`.
  func newest(_ count: Int, upTo sequence: Int) -> [Int] {
    var found: [Int] = []
    for entry in entries.reversed() where entry.firstSequence <= sequence {
      var line = sequence - entry.firstSequence + 1
      while found.count < count, let next = entry.found.last(below: line) {
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
      while found.count < count, let next = entry.found.first(from: line) {
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
        count += entry.found.count(from: sequence - entry.firstSequence + 1)
        break
      }
      count += entry.foundCount
    }
    return count
  }

  /// The line `steps` below `sequence`, or the first one.
  func moved(back steps: Int, from sequence: Int) -> Int? {
    var rest = steps
    for entry in entries.reversed() where entry.firstSequence < sequence {
      let below = entry.foundCount - entry.found.count(from: sequence - entry.firstSequence)
      if rest <= below {
        return entry.found.member(rank: below - rest).map { entry.firstSequence + $0 }
      }
      rest -= below
    }
    return oldest(1, from: 0).first
  }

  /// The line `steps` above `sequence`; `missing` steps where there are not so many.
  func moved(forward steps: Int, from sequence: Int) -> (sequence: Int?, missing: Int) {
    var rest = steps
    for entry in entries where entry.firstSequence + entry.outline.lineCount > sequence {
      let above = entry.found.count(from: sequence - entry.firstSequence + 1)
      if rest <= above {
        let line = entry.found.member(rank: entry.foundCount - above + rest - 1)
        return (line.map { entry.firstSequence + $0 }, 0)
      }
      rest -= above
    }
    return (newest(1, upTo: Int.max.clampedSequence).first, rest)
  }
}
