import DevtopCore

/// Keeps a view's index up to date, on a thread of its own.
final class ViewWorker: Sendable {
  /// While lines keep coming, they are looked at in batches of this much time.
  private static let pause = Duration.milliseconds(4)

  let store: LogStore
  let index = Locked(ViewIndex())
  let wakeup = Wakeup()
  private let folds: Bool
  private let onChange: @Sendable () -> Void

  init(store: LogStore, folds: Bool, onChange: @escaping @Sendable () -> Void) {
    self.store = store
    self.folds = folds
    self.onChange = onChange
  }

  /// Starts the thread; it ends after `close`.
  func start() {
    let isStarted = Thread.startDetached { self.run() }
    if !isStarted {
      index.withLock {
        $0.problem =
          "The system has no thread left for filtering (see: ulimit -u). Close something, then filter again."
      }
    }
  }

  func close() {
    index.withLock { $0.isClosed = true }
    wakeup.ring()
  }

  private func run() {
    let matcher = LineMatcher()
    var seen = Seen()
    while !index.withLock({ $0.isClosed }) {
      if update(matcher, &seen) {
        // Only a new question rings now.
        wakeup.wait(atMost: Self.pause)
        continue
      }
      store.arm(wakeup)
      if !update(matcher, &seen) { wakeup.wait() }
    }
  }

  /// What the last update saw, to tell whether there is anything new.
  private struct Seen {
    var generation = -1
    var end = -1
    var first = -1
    var partials = -1
    /// The unfinished lines that answer the question.
    var tail: [LogRow] = []
  }

  /// Asks every line that was not asked yet.
  ///
  /// - Returns: whether there was anything new.
  private func update(_ matcher: LineMatcher, _ seen: inout Seen) -> Bool {
    var isNew = false
    while true {
      guard let task = sync(matcher, &seen, &isNew) else { return isNew }
      guard let (chunk, marks) = store.markedChunk(ordinal: task.task.ordinal) else { continue }
      let answer = matcher.matches(
        task.question, in: chunk, lines: task.task.lines, marks: marks, among: task.task.candidates,
        unfolded: folds ? task.unfolded : nil)
      let problem = Self.problem(matcher)
      let isTaken = index.withLock { index in
        guard index.generation == task.generation, index.unfolded == task.unfolded else { return false }
        index.settle(task.task, answer)
        index.problem = problem
        return !index.isClosed
      }
      if isTaken { onChange() }
      if index.withLock({ $0.isClosed }) { return false }
    }
  }

  private struct Work {
    var generation: Int
    var question: LineQuestion
    var task: ViewIndex.Task
    var unfolded: Set<Int>
  }

  /// Takes up what the store holds now and picks the next lines to ask.
  private func sync(_ matcher: LineMatcher, _ seen: inout Seen, _ isNew: inout Bool) -> Work? {
    var (generation, question, ordinal) = index.withLock { ($0.generation, $0.question, $0.nextOrdinal) }
    let log = store.read { log in
      (
        outlines: log.outline(from: ordinal), first: log.firstSequence,
        firstOrdinal: log.chunks.first?.ordinal ?? 0, end: log.endSequence, version: log.partialsVersion,
        partials: log.partialsVersion != seen.partials || log.endSequence != seen.end
          || generation != seen.generation
          ? log.partialLines : nil, runs: log.newestRuns
      )
    }
    if question.filter?.dependsOnNewestRun == true, log.runs != question.newestRuns {
      question.newestRuns = log.runs
      index.withLock { index in
        if index.generation == generation { index.ask(question) }
      }
      return sync(matcher, &seen, &isNew)
    }
    if generation != seen.generation { matcher.regex.reset() }
    if let partials = log.partials {
      seen.tail = PartialLine.rows(partials, end: log.end).filter { matcher.matches(question, $0) }
    }
    if (generation, log.end, log.first, log.version) != (seen.generation, seen.end, seen.first, seen.partials)
    {
      isNew = true
    }
    (seen.generation, seen.end, seen.first, seen.partials) = (generation, log.end, log.first, log.version)
    let (work, isChanged) = index.withLock { index -> (Work?, Bool) in
      guard index.generation == generation, !index.isClosed else { return (nil, false) }
      let isChanged = index.sync(
        log.outlines, firstOrdinal: log.firstOrdinal, end: log.end, tail: seen.tail)
      return (
        index.nextTask().map {
          Work(generation: generation, question: question, task: $0, unfolded: index.unfolded)
        }, isChanged
      )
    }
    if work == nil, isChanged { onChange() }
    return work
  }

  private static func problem(_ matcher: LineMatcher) -> String? {
    let lines = matcher.regex.limitedLines
    if matcher.regex.hasGivenUp {
      return
        "The expression is too slow and was stopped. Make it simpler; \(lines) lines or more were not decided."
    }
    return lines == 0 ? nil : "The expression was too slow for \(lines) lines: they count as not matching."
  }
}
