import DevtopCore

/// Which lines answer a view's question, as far as they were asked: one bit a line.
struct ViewIndex: Sendable {
  /// The lines of one chunk; those in `asked` are settled.
  struct Entry: Sendable {
    var outline: ChunkOutline
    var asked: Range<Int>
    /// The answers, lifecycle rows included, also those that are folded.
    var found = LineSet(base: 0, end: 0)
    /// The rows: what is found without what is folded.
    var shown = LineSet(base: 0, end: 0)
    var shownCount = 0
    /// Rows that stand for the rest of a folded record.
    var folds = LineSet(base: 0, end: 0)
    private(set) var markerCount = 0
    /// What the answer to an earlier, wider question leaves to ask.
    var narrowing: Narrowing?

    init(outline: ChunkOutline) {
      self.outline = outline
      // The newest lines are asked first, downwards.
      asked = outline.lineCount..<outline.lineCount
    }

    var firstSequence: Int { outline.firstSequence }
    var isComplete: Bool { asked == 0..<outline.lineCount }
    /// Answers without lifecycle rows.
    var matchedCount: Int { found.count - markerCount }

    /// Takes up what came, and that lines were printed over.
    mutating func take(_ outline: ChunkOutline) {
      let isSame = self.outline.superseded == outline.superseded
      self.outline = outline
      if !isSame { hideSuperseded() }
    }

    private mutating func hideSuperseded() {
      found.subtractAll(outline.superseded)
      shown.subtractAll(outline.superseded)
      folds.subtractAll(outline.superseded)
      shownCount = shown.count
    }

    mutating func settle(_ lines: Range<Int>, _ answer: LineAnswer) {
      found.replace(answer.decided, by: answer.found)
      var rows = answer.shown
      rows.subtract(answer.folds.hidden)
      shown.replace(answer.decided, by: rows)
      var folded = rows
      folded.formIntersection(answer.folds.rows)
      folds.replace(answer.decided, by: folded)
      hideSuperseded()
      markerCount += answer.markers.count
      asked = min(asked.lowerBound, lines.lowerBound)..<max(asked.upperBound, lines.upperBound)
    }
  }

  /// In a stretch of lines, only some can be answers.
  struct Narrowing: Sendable {
    var lines: Range<Int>
    var candidates: LineSet
    /// What all candidates are known to match; nil: nothing.
    var known: FilterNode?
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
  /// First lines of records that are shown whole, as sequences.
  private(set) var unfolded: Set<Int> = []
  private var prefersOlder = false
  /// Chunks that a helper, and that the view's own thread, is at work on.
  private var claims: Set<Int> = []
  private var ownClaim: Int?

  /// Takes up a new question.
  ///
  /// Where it is a narrower one, as while somebody types, only what answered the old one is asked again.
  mutating func ask(_ question: LineQuestion) {
    // What an expression was too slow for is no answer to it, but may be one to another.
    let isNarrower = problem == nil && question.implies(self.question)
    let known = self.question.filter
    self.question = question
    generation += 1
    entries = isNarrower ? entries.map { $0.narrowed(known) } : []
    matched = 0
    end = 0
    tail = []
    problem = nil
  }

  var isComplete: Bool { entries.allSatisfy(\.isComplete) }

  /// Where new outlines must begin.
  ///
  /// Of the chunk before the last, lines may be printed over.
  var nextOrdinal: Int { max(0, (entries.last?.outline.ordinal ?? 0) - 1) }

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
      if let first = entries.first?.outline.ordinal, entries.indices.contains(outline.ordinal - first) {
        let index = outline.ordinal - first
        matched -= entries[index].matchedCount
        entries[index].take(outline)
        matched += entries[index].matchedCount
      } else if outline.ordinal > (entries.last?.outline.ordinal ?? -1) {
        entries.append(Entry(outline: outline))
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
    /// What all of those are known to match.
    var known: FilterNode?
    var unfolded: Set<Int> = []
    /// There is more than one thread can do soon.
    var leavesMuch = false
  }

  /// So many chunks must wait for a helper to be worth its while.
  private static let muchWork = 4

  /// The next lines to ask: new ones and older ones in turn, the newest of each first, where no helper is at work.
  mutating func nextTask() -> Task? {
    ownClaim = nil
    guard let stretch = nextStretch() else { return nil }
    ownClaim = stretch.ordinal
    var task = completed(stretch)
    var waiting = 0
    for entry in entries where entry.asked.lowerBound > 0 { waiting += 1 }
    task.leavesMuch = waiting >= Self.muchWork
    return task
  }

  /// The next lines for a helper, the oldest chunk first: it is the helper's until `release`.
  mutating func claimTask() -> Task? {
    let free = entries.lazy.filter { [self] in
      $0.asked.lowerBound > 0 && $0.outline.ordinal != ownClaim && !claims.contains($0.outline.ordinal)
    }
    // The newest one is next for whoever is at the other end.
    guard let first = free.first, let last = entries.last(where: { $0.asked.lowerBound > 0 }),
      first.outline.ordinal != last.outline.ordinal
    else { return nil }
    claims.insert(first.outline.ordinal)
    return completed(Self.olderTask(first))
  }

  mutating func release(_ task: Task) { claims.remove(task.ordinal) }

  private func completed(_ stretch: Task) -> Task {
    var task = stretch
    let entry = entries[task.ordinal - entries[0].outline.ordinal]
    if let narrowing = entry.narrowing {
      task.candidates = narrowing.candidates(in: task.lines)
      if narrowing.lines.lowerBound <= task.lines.lowerBound,
        task.lines.upperBound <= narrowing.lines.upperBound
      {
        task.known = narrowing.known
      }
    }
    task.unfolded = unfolded
    return task
  }

  private mutating func nextStretch() -> Task? {
    let limit = LineMatcher.maximumLineCount
    prefersOlder.toggle()
    var older: Task?
    for entry in entries.reversed() where !claims.contains(entry.outline.ordinal) {
      if entry.asked.upperBound < entry.outline.lineCount {
        let start = entry.asked.upperBound
        let task = Task(
          ordinal: entry.outline.ordinal, lines: start..<min(start + limit, entry.outline.lineCount))
        if !prefersOlder || entries.allSatisfy({ $0.asked.lowerBound == 0 }) { return task }
        let before = entries.last { $0.asked.lowerBound > 0 && !claims.contains($0.outline.ordinal) }
        return older ?? before.map(Self.olderTask) ?? task
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
    let asked = entries[index].asked
    guard task.lines.upperBound <= asked.lowerBound || task.lines.lowerBound >= asked.upperBound else {
      return
    }
    matched -= entries[index].matchedCount
    entries[index].settle(task.lines, answer)
    matched += entries[index].matchedCount
  }

  /// Shows a record or a repetition whole, or folds it again.
  mutating func setUnfolded(_ isUnfolded: Bool, _ fold: LogView.Fold) {
    let group = fold.lines
    let ordinal = fold.chunk.ordinal
    guard let first = entries.first?.outline.ordinal, ordinal >= first, ordinal - first < entries.count else {
      return
    }
    var entry = entries[ordinal - first]
    if isUnfolded {
      unfolded.insert(entry.firstSequence + group[0])
    } else {
      unfolded.remove(entry.firstSequence + group[0])
    }
    var rest = LineSet(base: group[0], end: group[group.count - 1] + 1)
    for line in group[(fold.hasRow ? 2 : 1)...] { rest.insert(line) }
    var rows = rest
    if isUnfolded { rows.formIntersection(entry.found.restricted(to: group[0]..<group[group.count - 1] + 1)) }
    entry.shown.replace(rest, by: isUnfolded ? rows : LineSet(base: group[0], end: group[0]))
    if fold.hasRow {
      let row = LineSet(group[1]..<group[1] + 1)
      entry.folds.replace(row, by: isUnfolded ? LineSet(base: group[1], end: group[1]) : row)
    }
    entry.shownCount = entry.shown.count
    entries[ordinal - first] = entry
  }

  /// A row that is shown, and why.
  struct Row {
    var sequence: Int
    /// It stands for the rest of a folded record.
    var isFold: Bool
    /// It is near a match, and none itself.
    var isContext: Bool
  }

  func row(_ sequence: Int) -> Row {
    guard let entry = entries.last(where: { $0.firstSequence <= sequence }) else {
      return Row(sequence: sequence, isFold: false, isContext: false)
    }
    let line = sequence - entry.firstSequence
    return Row(
      sequence: sequence, isFold: entry.folds.contains(line), isContext: !entry.found.contains(line))
  }
}
