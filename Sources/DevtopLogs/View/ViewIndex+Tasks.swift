/// Who asks which lines next: the view's own thread, and a helper where there is much to ask.
extension ViewIndex {
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

  /// Where there may still be something to ask, by the ordinals of chunks: nobody looks through the rest again.
  struct Work: Sendable {
    /// Holds all chunks with lines below what is asked of them.
    fileprivate(set) var older = 0..<0
    /// Holds, with all behind it, all chunks with lines above what is asked of them.
    fileprivate(set) var newer = 0
    fileprivate var prefersOlder = false
    /// Chunks that a helper, and that the view's own thread, is at work on.
    fileprivate var claims: Set<Int> = []
    fileprivate var ownClaim: Int?

    mutating func beginAgain(_ ordinals: Range<Int>) {
      older = ordinals
      newer = ordinals.lowerBound
    }

    /// A chunk came of which nothing is asked yet.
    mutating func add(_ ordinal: Int) {
      older = (older.isEmpty ? ordinal : older.lowerBound)..<ordinal + 1
    }
  }

  /// So many chunks must wait for a helper to be worth its while.
  private static let muchWork = 4

  /// All lines are asked.
  var isComplete: Bool {
    let older = work.older.clamped(to: ordinals)
    let newer = max(work.newer, ordinals.lowerBound)..<max(work.newer, ordinals.upperBound)
    return !older.contains(where: hasOlder) && !newer.contains(where: hasNewer)
  }

  private func index(_ ordinal: Int) -> Int { ordinal - ordinals.lowerBound }
  private func hasOlder(_ ordinal: Int) -> Bool { entries[index(ordinal)].asked.lowerBound > 0 }
  private func hasNewer(_ ordinal: Int) -> Bool {
    let index = index(ordinal)
    return entries[index].asked.upperBound < entries[index].outline.lineCount
  }

  /// Leaves out what is settled by now.
  private mutating func tidy() {
    var older = work.older.clamped(to: ordinals)
    while let first = older.first, !hasOlder(first) { older.removeFirst() }
    while let last = older.last, !hasOlder(last) { older.removeLast() }
    work.older = older
    var newer = max(work.newer, ordinals.lowerBound)
    while newer + 1 < ordinals.upperBound, !hasNewer(newer) { newer += 1 }
    work.newer = newer
  }

  /// The next lines to ask: new ones and older ones in turn, the newest of each first, where no helper is at work.
  mutating func nextTask() -> Task? {
    tidy()
    work.ownClaim = nil
    guard let stretch = nextStretch() else { return nil }
    work.ownClaim = stretch.ordinal
    var task = completed(stretch)
    task.leavesMuch = work.older.count >= Self.muchWork
    return task
  }

  /// The next lines for a helper, the oldest chunk first: it is the helper's until `release`.
  mutating func claimTask() -> Task? {
    tidy()
    // The newest one is next for whoever is at the other end.
    let free = work.older.dropLast().first {
      hasOlder($0) && $0 != work.ownClaim && !work.claims.contains($0)
    }
    guard let free else { return nil }
    work.claims.insert(free)
    return completed(olderStretch(free))
  }

  mutating func release(_ task: Task) { work.claims.remove(task.ordinal) }

  private func completed(_ stretch: Task) -> Task {
    var task = stretch
    if let narrowing = entries[index(task.ordinal)].narrowing {
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
    let newer = (work.newer..<max(work.newer, ordinals.upperBound)).last {
      hasNewer($0) && !work.claims.contains($0)
    }
    let older = work.older.last { hasOlder($0) && !work.claims.contains($0) }
    work.prefersOlder.toggle()
    if let newer, !(work.prefersOlder && older != nil) { return newerStretch(newer) }
    return older.map(olderStretch)
  }

  private func newerStretch(_ ordinal: Int) -> Task {
    let entry = entries[index(ordinal)]
    let start = entry.asked.upperBound
    return Task(
      ordinal: ordinal,
      lines: start..<min(start + LineMatcher.maximumLineCount, entry.outline.lineCount))
  }

  private func olderStretch(_ ordinal: Int) -> Task {
    let end = entries[index(ordinal)].asked.lowerBound
    return Task(ordinal: ordinal, lines: max(0, end - LineMatcher.maximumLineCount) & ~63..<end)
  }
}
