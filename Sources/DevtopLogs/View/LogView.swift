package import DevtopCore

/// The log as one pane shows it: through a filter, with an index of its own.
///
/// Matching runs on a thread of the view, the newest lines first; every call here returns at once with what is known.
/// Rows are named by their sequence; a row that is partial comes last and borrows the number after the last line.
package final class LogView: Sendable {
  private let store: LogStore
  private let worker: ViewWorker

  /// Begins to show everything.
  ///
  /// `onChange` is called on the view's thread after rows or counts changed; it should only wake somebody.
  package init(store: LogStore, onChange: @escaping @Sendable () -> Void) {
    self.store = store
    worker = ViewWorker(store: store, onChange: onChange)
    worker.start()
  }

  deinit { worker.close() }

  // MARK: What is shown

  /// Shows only what the filter matches; nil shows everything.
  ///
  /// Markers are shown, too, unless the filter excludes their service, run or source; they are never counted as
  /// matches.
  package func setFilter(_ filter: LogFilter?) {
    ask { $0.filter = filter.flatMap { $0.root == .and([]) ? nil : $0.root } }
  }

  /// Shows only one service, with its markers; nil shows all.
  package func setServices(_ only: ServiceID?) { ask { $0.onlyService = only } }

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
    let total = statistics.keptLines - statistics.keptMarkers
    return worker.index.withLock { index in
      ViewCounts(
        matched: index.question.isOpen ? total : index.matched, total: total,
        dropped: statistics.droppedLines,
        isComplete: index.question.isOpen || (index.end >= statistics.totalLines && index.isComplete),
        problem: index.problem)
    }
  }

  // MARK: Rows

  /// The newest `count` rows at or before `sequence` (nil: at the end), oldest first.
  package func rows(endingAt sequence: Int?, count: Int) -> [LogRow] {
    guard count > 0 else { return [] }
    let sequence = (sequence ?? .max).clampedSequence
    let shown = look { index in
      let tail = index.tail.filter { $0.sequence <= sequence }.suffix(count)
      return (index.newest(count - tail.count, upTo: sequence), tail)
    } open: { lines in
      let tail = lines.tail.filter { $0.sequence <= sequence }.suffix(count)
      let end = min(lines.complete.upperBound, sequence + 1)
      let start = max(lines.complete.lowerBound, end - (count - tail.count))
      return (Array((start..<max(start, end)).reversed()), tail)
    }
    return store.rows(shown.0.reversed()) + shown.1
  }

  /// The oldest `count` rows at or after `sequence`, oldest first.
  package func rows(startingAt sequence: Int, count: Int) -> [LogRow] {
    guard count > 0 else { return [] }
    let sequence = sequence.clampedSequence
    let shown = look { index in
      let lines = index.oldest(count, from: sequence)
      return (lines, index.tail.filter { $0.sequence >= sequence }.prefix(count - lines.count))
    } open: { lines in
      let start = min(max(sequence, lines.complete.lowerBound), lines.complete.upperBound)
      let found = Array(start..<start + min(count, lines.complete.upperBound - start))
      return (found, lines.tail.filter { $0.sequence >= sequence }.prefix(count - found.count))
    }
    return store.rows(shown.0) + shown.1
  }

  /// The first row that is shown.
  package var first: Int? {
    look {
      $0.oldest(1, from: 0).first ?? $0.tail.first?.sequence
    } open: {
      $0.all.first
    }
  }

  /// The last row that is shown.
  package var last: Int? {
    look {
      $0.tail.last?.sequence ?? $0.newest(1, upTo: Int.max.clampedSequence).first
    } open: {
      $0.all.last
    }
  }

  /// The row that is `rows` further down (negative: up) than `from` (nil: the last), or the last or first there is.
  ///
  /// By 0: the row itself if it is shown, else the nearest above, else the first.
  package func sequence(_ from: Int?, movedBy rows: Int) -> Int? {
    let rows = min(max(rows, -(1 << 62)), 1 << 62)
    let from = from?.clampedSequence
    return look { index in
      guard
        let from = from ?? index.tail.last?.sequence ?? index.newest(1, upTo: Int.max.clampedSequence).first
      else {
        return nil
      }
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
    } open: { lines in
      guard let first = lines.all.first, let last = lines.all.last else { return nil }
      return min(max(min(from ?? last, last) + rows, first), last)
    }
  }

  /// How many complete rows came after `sequence`: "3 new" while not following.
  package func countAfter(_ sequence: Int) -> Int {
    look {
      $0.countAfter(sequence)
    } open: { lines in
      max(0, lines.complete.upperBound - max(sequence + 1, lines.complete.lowerBound))
    }
  }

  // MARK: Searching

  /// The next shown row, after `from` (nil: the end), that the pattern matches; without wrapping around.
  ///
  /// Searches on the calling thread, in slices, without holding a lock: 1,000,000 lines take tens of milliseconds.
  /// Markers are found only by their text.
  package func find(_ pattern: LogFilter, from: Int?, forward: Bool) -> Int? {
    ViewSearch(store: store, view: worker.index.withLock { $0.question }, pattern: pattern.root)
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

  // MARK: Looking

  private struct OpenLines {
    /// The lines that are kept.
    var complete: Range<Int>
    var partials: [PartialLine]

    var all: Range<Int> { complete.lowerBound..<complete.upperBound + partials.count }
    var tail: [LogRow] { PartialLine.rows(partials, end: complete.upperBound) }
  }

  /// Reads the index, or the store itself while everything is shown.
  private func look<Result>(
    _ indexed: (ViewIndex) -> Result, open: (OpenLines) -> Result
  ) -> Result {
    let found = worker.index.withLock { $0.question.isOpen ? nil : indexed($0) }
    if let found { return found }
    let lines = store.read { log in
      OpenLines(complete: log.firstSequence..<log.endSequence, partials: log.partialLines)
    }
    return open(lines)
  }
}
