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
  var work = Work()

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
    work.beginAgain(ordinals)
    matched = 0
    end = 0
    tail = []
    problem = nil
  }

  /// The ordinals of the chunks that it knows of.
  var ordinals: Range<Int> {
    let first = entries.first?.outline.ordinal ?? 0
    return first..<first + entries.count
  }

  /// Where new outlines must begin: the last chunk may have grown.
  var nextOrdinal: Int { entries.last?.outline.ordinal ?? 0 }

  // MARK: The worker's side

  /// Takes up what the store holds now.
  ///
  /// - Returns: whether anything that a reader sees changed.
  mutating func sync(
    _ outlines: [ChunkOutline], firstOrdinal: Int, end: Int, tail: [LogRow]
  ) -> Bool {
    // A slice would hold on to the entries, and have them copied.
    let dropped = entries.firstIndex { $0.outline.ordinal >= firstOrdinal } ?? entries.count
    for index in 0..<dropped { matched -= entries[index].matchedCount }
    entries.removeFirst(dropped)
    for outline in outlines {
      if let first = entries.first?.outline.ordinal, entries.indices.contains(outline.ordinal - first) {
        let index = outline.ordinal - first
        matched -= entries[index].matchedCount
        entries[index].take(outline)
        matched += entries[index].matchedCount
      } else if outline.ordinal > (entries.last?.outline.ordinal ?? -1) {
        entries.append(Entry(outline: outline))
        work.add(outline.ordinal)
      }
    }
    let isChanged = dropped > 0 || self.end != end || self.tail != tail
    self.end = end
    self.tail = tail
    return isChanged
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
