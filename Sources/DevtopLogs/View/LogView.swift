package import DevtopCore

/// The log as one pane shows it: through a filter, with an index of its own.
///
/// Matching runs on a thread of the view, the newest lines first; every call here returns at once with what is known.
/// Rows are named by their sequence; a row that is partial comes last and borrows the number after the last line.
package final class LogView: Sendable {
  let store: LogStore
  private let worker: ViewWorker
  private let root: String?
  /// Of folded records, by the row that stands for them.
  private let summaries = Locked<[Int: (chunkLength: Int, summary: RecordSummary)]>([:])

  /// Begins to show everything.
  ///
  /// `onChange` is called on the view's thread after rows or counts changed; it should only wake somebody.
  /// Records are folded where `root` is given, below which the frames of traces are the project's own.
  package init(store: LogStore, root: String? = nil, onChange: @escaping @Sendable () -> Void) {
    self.store = store
    self.root = root
    worker = ViewWorker(store: store, folds: root != nil, onChange: onChange)
    worker.start()
  }

  deinit { worker.close() }

  // MARK: What is shown

  /// Shows only what the filter matches; nil shows everything.
  ///
  /// Markers are shown, too, unless the filter excludes their service, run or source; they are never counted as
  /// matches.
  package func setFilter(_ filter: LogFilter?) {
    ask {
      $0.filter = filter.flatMap { $0.root == .and([]) ? nil : $0.root }
      $0.filterContext = filter?.context ?? 0
    }
  }

  /// Shows lines of the same service before and behind each match, so many as this or as the filter's `near:` says.
  package func setContext(_ lines: Int) {
    ask { $0.paneContext = lines }
  }

  /// Shows only one service, with its markers; nil shows all.
  package func setServices(_ only: ServiceID?) { ask { $0.onlyService = only } }

  /// What is asked of each line.
  var question: LineQuestion { worker.index.withLock { $0.question } }

  private func ask(_ change: (inout LineQuestion) -> Void) {
    let isNew = worker.index.withLock { index -> Bool in
      var question = index.question
      change(&question)
      guard question != index.question else { return false }
      index.ask(question)
      return true
    }
    if isNew { worker.wakeup.ring() }
  }

  package var counts: ViewCounts {
    let statistics = store.statistics
    let total = statistics.keptLines - statistics.keptMarkers - statistics.keptSuperseded
    return worker.index.withLock { index in
      ViewCounts(
        matched: index.question.isOpen ? total : index.matched, total: total,
        dropped: statistics.droppedLines,
        isComplete: index.end >= statistics.totalLines && index.isComplete,
        problem: index.problem)
    }
  }

  // MARK: Rows

  /// The newest `count` rows at or before `sequence` (nil: at the end), oldest first.
  package func rows(endingAt sequence: Int?, count: Int) -> [LogRow] {
    guard count > 0 else { return [] }
    let sequence = (sequence ?? .max).clampedSequence
    let shown = worker.index.withLock { index in
      let tail = index.tail.filter { $0.sequence <= sequence }.suffix(count)
      return (index.newest(count - tail.count, upTo: sequence).reversed().map(index.row), tail)
    }
    return rows(shown.0) + shown.1
  }

  /// The oldest `count` rows at or after `sequence`, oldest first.
  package func rows(startingAt sequence: Int, count: Int) -> [LogRow] {
    guard count > 0 else { return [] }
    let sequence = sequence.clampedSequence
    let shown = worker.index.withLock { index in
      let lines = index.oldest(count, from: sequence).map(index.row)
      return (lines, index.tail.filter { $0.sequence >= sequence }.prefix(count - lines.count))
    }
    return rows(shown.0) + shown.1
  }

  private func rows(_ shown: [ViewIndex.Row]) -> [LogRow] {
    var rows = store.rows(shown.map(\.sequence))
    let bySequence = Dictionary(shown.map { ($0.sequence, $0) }) { $1 }
    var place: Place?
    for index in rows.indices {
      guard let row = bySequence[rows[index].sequence] else { continue }
      rows[index].isContext = row.isContext
      if root == nil { continue }
      if row.isFold { rows[index].fold = foldedSummary(row.sequence) }
      if !(place?.covers(row.sequence) ?? false) { place = self.place(ofLine: row.sequence) }
      guard let place else { continue }
      let line = row.sequence - place.chunk.firstSequence
      if !place.shownWhole.contains(line) {
        rows[index].repetition = place.chunk.repetition(behindLine: line, place.marks)
      }
      // Of a record, its first line is it.
      rows[index].isNew = !place.marks.continuations.contains(line) && store.templates.isNew(rows[index])
    }
    return rows
  }

  /// A chunk that has shown rows.
  private struct Place {
    var chunk: Chunk
    var marks: RecordMarks
    /// Lines that say the same, one by one.
    var shownWhole: LineSet

    func covers(_ sequence: Int) -> Bool { sequence >= chunk.firstSequence && sequence < chunk.endSequence }
  }

  private func place(ofLine sequence: Int) -> Place? {
    guard let (chunk, marks) = store.markedChunk(ofSequence: sequence) else { return nil }
    var shownWhole = LineSet(base: 0, end: chunk.lineCount)
    for head in worker.index.withLock({ $0.unfolded })
    where head >= chunk.firstSequence && head < chunk.endSequence {
      for line in chunk.repetition(ofLine: head - chunk.firstSequence, marks) { shownWhole.insert(line) }
    }
    return Place(chunk: chunk, marks: marks, shownWhole: shownWhole)
  }

  /// As it was when its chunk last grew: the same rows are drawn again and again.
  private func foldedSummary(_ sequence: Int) -> RecordSummary? {
    guard let length = store.read({ $0.chunk(ofSequence: sequence)?.lineCount }) else { return nil }
    if let known = summaries.withLock({ $0[sequence] }), known.chunkLength == length { return known.summary }
    guard let summary = summary(ofLine: sequence) else { return nil }
    summaries.withLock { known in
      if known.count >= Self.summaryLimit { known.removeAll(keepingCapacity: true) }
      known[sequence] = (length, summary)
    }
    return summary
  }

  private static let summaryLimit = 256

  /// The first row that is shown.
  package var first: Int? {
    worker.index.withLock { $0.oldest(1, from: 0).first ?? $0.tail.first?.sequence }
  }

  /// The last row that is shown.
  package var last: Int? { worker.index.withLock(Self.last) }

  private static func last(_ index: inout ViewIndex) -> Int? {
    index.tail.last?.sequence ?? index.newest(1, upTo: Int.max.clampedSequence).first
  }

  /// The row that is `rows` further down (negative: up) than `from` (nil: the last), or the last or first there is.
  ///
  /// By 0: the row itself if it is shown, else the nearest above, else the first.
  package func sequence(_ from: Int?, movedBy rows: Int) -> Int? {
    let rows = min(max(rows, -(1 << 62)), 1 << 62)
    let from = from?.clampedSequence
    return worker.index.withLock { index in
      guard let from = from ?? Self.last(&index) else { return nil }
      if rows > 0 {
        let moved = index.moved(forward: rows, from: from)
        if moved.missing == 0 { return moved.sequence }
        let tail = index.tail.filter { $0.sequence > from }
        return tail.isEmpty ? moved.sequence : tail[min(moved.missing, tail.count) - 1].sequence
      }
      // Going up by n is going n below the row; staying is the row at or below.
      let steps = rows == 0 ? 1 : -rows
      let bound = rows == 0 ? from + 1 : from
      let tail = index.tail.filter { $0.sequence < bound }
      if steps <= tail.count { return tail[tail.count - steps].sequence }
      return index.moved(back: steps - tail.count, from: bound) ?? tail.first?.sequence
    }
  }

  /// How many complete rows came after `sequence`: "3 new" while not following.
  package func countAfter(_ sequence: Int) -> Int { worker.index.withLock { $0.countAfter(sequence) } }

  // MARK: Records

  /// The lines of the record that a line is part of, oldest first; the line alone where it is none.
  package func record(ofLine sequence: Int) -> [LogRow] { store.record(ofLine: sequence) ?? [] }

  /// What the record of a line is about; nil where the line is no part of a record.
  package func summary(ofLine sequence: Int) -> RecordSummary? {
    let lines = record(ofLine: sequence)
    return lines.count > 1 ? RecordSummary(lines.map(\.plainText), root: root ?? "/") : nil
  }

  /// What can be folded.
  struct Fold {
    var chunk: Chunk
    /// All lines, rising.
    var lines: [Int]
    /// A row stands for what is folded; else the first line does.
    var hasRow: Bool

    var first: Int { chunk.firstSequence + lines[0] }
  }

  /// The record of a line where that is long enough, or else the lines that say the same in a row.
  private func fold(ofLine sequence: Int) -> Fold? {
    guard root != nil, let (chunk, group) = store.group(ofLine: sequence) else { return nil }
    if group.count > Folds.minimumCount { return Fold(chunk: chunk, lines: group, hasRow: true) }
    guard group.count == 1, let marks = store.markedChunk(ofSequence: sequence)?.1 else { return nil }
    let lines = chunk.repetition(ofLine: group[0], marks)
    return lines.count > 1 ? Fold(chunk: chunk, lines: lines, hasRow: false) : nil
  }

  /// What a line is folded into, or would be: the first row of it, and how many rows are behind that; nil where there is
  /// nothing to fold.
  package func foldedRows(ofLine sequence: Int) -> (first: Int, count: Int)? {
    fold(ofLine: sequence).map { ($0.first, $0.lines.count) }
  }

  /// Whether what can be folded is shown whole; nil where there is nothing to fold.
  package func isUnfolded(_ sequence: Int) -> Bool? {
    guard let fold = fold(ofLine: sequence) else { return nil }
    return worker.index.withLock { $0.unfolded.contains(fold.first) }
  }

  /// Shows the record of a line whole, or all lines that say the same, or folds them again; nothing where there is nothing
  /// to fold.
  ///
  /// - Returns: the first row of it.
  @discardableResult
  package func setUnfolded(_ isUnfolded: Bool, line sequence: Int) -> Int? {
    guard let fold = fold(ofLine: sequence) else { return nil }
    worker.index.withLock { $0.setUnfolded(isUnfolded, fold) }
    return fold.first
  }

  // MARK: Searching

  /// Shows only what the pattern finds in what another view shows, for counting and walking: line by line, lifecycle
  /// rows included by their text, nothing around it.
  package func setSearch(_ pattern: LogFilter, in view: LogView) {
    let question = view.question.searching(pattern.root)
    ask { $0 = question }
  }

  /// The next shown row, after `from` (nil: the end), that the pattern matches; without wrapping around.
  ///
  /// Searches on the calling thread, in slices, without holding a lock: 1,000,000 lines take tens of milliseconds.
  /// Markers are found only by their text.
  package func find(_ pattern: LogFilter, from: Int?, forward: Bool) -> Int? {
    ViewSearch(store: store, view: question, pattern: pattern.root)
      .next(from: from, forward: forward)
  }

  /// The next shown row of this level or a graver one, markers included.
  package func findLevel(atLeast level: LogLevel, from: Int?, forward: Bool) -> Int? {
    find(.level(atLeast: level), from: from, forward: forward)
  }

  /// The newest lines of the log that match, also of those that the view does not show, oldest first; searched as by
  /// `find`.
  package func linesOfLog(_ pattern: LogFilter, limit: Int) -> [LogRow] {
    let search = ViewSearch(store: store, view: LineQuestion(), pattern: pattern.root)
    var found: [Int] = []
    while found.count < limit, let next = search.next(from: found.last, forward: false) { found.append(next) }
    return store.rows(found.reversed())
  }
}
