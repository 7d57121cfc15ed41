import DevtopCore
import Glibc

/// Keeps a view's index up to date, on a thread of its own.
final class ViewWorker: Sendable {
  /// While lines keep coming, they are looked at in batches of this much time.
  private static let pause = Duration.milliseconds(4)

  let store: LogStore
  let index = Locked(ViewIndex())
  let wakeup = Wakeup()
  /// Rung when there is work for the helper; nil before there was any.
  private let helper = Locked<Wakeup?>(nil)
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
    helper.withLock { $0 }?.ring()
  }

  /// Asks from the other end while there is much to ask, on another processor where there is one, and only when nobody
  /// else needs that: keys, services and requests come first.
  private func callHelper() {
    guard Self.hasProcessorToSpare else { return }
    if let known = helper.withLock({ $0 }) { return known.ring() }
    let bell = Wakeup()
    helper.withLock { $0 = bell }
    bell.ring()
    _ = Thread.startDetached { self.help(bell) }
  }

  private static let hasProcessorToSpare = sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1
  private static let helperNiceness: Int32 = 10

  private func help(_ bell: Wakeup) {
    // On Linux this is the calling thread's own priority (setpriority(2), "C library/kernel differences").
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.helperNiceness)
    let matcher = LineMatcher(store.templates)
    var generation = -1
    while true {
      bell.wait()
      while let work = index.withLock({ index -> Work? in
        guard !index.isClosed else { return nil }
        return index.claimTask().map {
          Work(generation: index.generation, question: index.question, task: $0)
        }
      }) {
        if work.generation != generation {
          matcher.reset()
          generation = work.generation
        }
        _ = ask(work, matcher)
        index.withLock { $0.release(work.task) }
      }
      // What is left is for the view's own thread, which may have found everything taken.
      wakeup.ring()
      if index.withLock({ $0.isClosed }) { return }
    }
  }

  private func run() {
    let matcher = LineMatcher(store.templates)
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
    var superseded = -1
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
      if task.task.leavesMuch { callHelper() }
      if !ask(task, matcher) { return false }
    }
  }

  /// Asks some lines and takes down the answer, unless there is another question meanwhile.
  ///
  /// - Returns: false when the view is closed.
  private func ask(_ work: Work, _ matcher: LineMatcher) -> Bool {
    guard let (chunk, marks) = store.markedChunk(ordinal: work.task.ordinal) else { return true }
    let answer = matcher.matches(
      work.question, in: chunk, lines: work.task.lines, marks: marks, among: work.task.candidates,
      known: work.task.known,
      unfolded: folds ? work.task.unfolded : nil)
    let problem = Self.problem(matcher)
    let (isTaken, isClosed) = index.withLock { index -> (Bool, Bool) in
      guard index.generation == work.generation, index.unfolded == work.task.unfolded else {
        return (false, index.isClosed)
      }
      index.settle(work.task, answer)
      if let problem { index.problem = problem }
      return (!index.isClosed, index.isClosed)
    }
    if isTaken { onChange() }
    return !isClosed
  }

  private struct Work {
    var generation: Int
    var question: LineQuestion
    var task: ViewIndex.Task
  }

  /// Takes up what the store holds now and picks the next lines to ask.
  private func sync(_ matcher: LineMatcher, _ seen: inout Seen, _ isNew: inout Bool) -> Work? {
    var (generation, question, ordinal) = index.withLock { ($0.generation, $0.question, $0.nextOrdinal) }
    let log = store.read { log in
      (
        // What is printed over may be far above.
        outlines: log.outline(from: log.supersededVersion == seen.superseded ? ordinal : 0),
        first: log.firstSequence,
        firstOrdinal: log.chunks.first?.ordinal ?? 0, end: log.endSequence, version: log.partialsVersion,
        superseded: log.supersededVersion,
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
    if generation != seen.generation { matcher.reset() }
    if let partials = log.partials {
      seen.tail = PartialLine.rows(partials, end: log.end, matcher.reader).filter {
        matcher.matches(question, $0)
      }
    }
    if (generation, log.end, log.first, log.version) != (seen.generation, seen.end, seen.first, seen.partials)
    {
      isNew = true
    }
    (seen.generation, seen.end, seen.first, seen.partials) = (generation, log.end, log.first, log.version)
    let (work, isChanged) = index.withLock { index -> (Work?, Bool) in
      guard index.generation == generation, !index.isClosed else { return (nil, false) }
      let isPrintedOver = seen.superseded != log.superseded
      seen.superseded = log.superseded
      let isChanged =
        index.sync(log.outlines, firstOrdinal: log.firstOrdinal, end: log.end, tail: seen.tail)
        || isPrintedOver
      return (
        index.nextTask().map { Work(generation: generation, question: question, task: $0) }, isChanged
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
    return lines == 0
      ? matcher.reader.problem : "The expression was too slow for \(lines) lines: they count as not matching."
  }
}
