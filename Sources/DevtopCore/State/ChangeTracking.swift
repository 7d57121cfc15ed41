/// What changed since the newest started build of a service, and the rules that need memory.
package struct ChangeTracking: Equatable, Sendable {
  /// Content before the first change since the newest started build, by path; a nil value: unknown.
  package var baseline: [String: UInt64?] = [:]
  /// More changes are awaited until then.
  package var settlesAt: Instant?
  /// When the newest build ended.
  package var buildEnded: Instant?
  /// Paths, and kinds such as `dist/*.js`, that are suspected to be written by the build, while the build that proves it
  /// runs.
  package var suspects: Set<String> = []
  /// What the next build is for.
  package var pending = BuildRequest()
  /// What the build that runs is for.
  package var building = BuildRequest()
  /// From the newest save to the start of the build that runs.
  package var detection: Duration?
  /// Changes that need a new process and no build, until it starts.
  package var restartPaths = PathList()
  /// Watch rules, by their place in the configuration, and what changed of theirs while watching was paused.
  package var rulesAfterPause: [Int: PathList] = [:]
  /// A person ended the build of changes that nothing has built since.
  package var isBehind = false
  /// A person asked for what changed while watching was paused, although it is paused still.
  package var buildsInPause = false
  /// When the last batch of watched changes came, and how many paths the burst has so far.
  package var lastBatch: Instant?
  package var burst = 0
  package var burstStart: Instant?
  /// Builds cancelled in a row, and when the first of them was.
  package var cancellations = 0
  package var firstCancellation: Instant?
  /// Consecutive builds during which each path changed, or files of a kind came: a build that writes what it watches.
  package var selfWrites: [String: Int] = [:]
  /// Kinds of which files came or went since the newest build started: each counts once, however many files it has.
  package var kindsSeen: Set<String> = []
  /// Paths and kinds that the build itself writes: named once, then ignored.
  package var muted: Set<String> = []

  package init() {}
}

/// What one build is for.
package struct BuildRequest: Equatable, Sendable {
  /// The changed files, in the order of their first change.
  package var paths = PathList()
  /// One of them, or a person, wants a new process even when the binary stays the same.
  package var needsRestart = false
  package var isClean = false
  /// When the newest of the files was saved.
  package var saved: WallTime?

  package init() {}

  /// Both in one, `newer` last.
  package func merged(with newer: BuildRequest) -> BuildRequest {
    var result = self
    result.paths = paths.adding(newer.paths)
    result.needsRestart = needsRestart || newer.needsRestart
    result.isClean = isClean || newer.isClean
    result.saved = newer.saved ?? saved
    return result
  }
}

/// Exponential backoff of restarts: 0.1 s doubling to 10 s, back to the start after 30 s up.
package struct Backoff: Equatable, Sendable {
  /// Restarts in a row, 0 before the first.
  package var attempts = 0

  package static let first: Duration = .milliseconds(100)
  package static let longest: Duration = .seconds(10)
  package static let resetAfter: Duration = .seconds(30)

  package init() {}

  /// Takes the next delay; `upFor` is how long the process lived.
  package mutating func next(upFor: Duration) -> Duration {
    if upFor >= Self.resetAfter { attempts = 0 }
    attempts += 1
    var delay = Self.first
    for _ in 1..<max(attempts, 2) where attempts > 1 && delay < Self.longest { delay = delay * 2 }
    return min(delay, Self.longest)
  }
}

/// Notices a steady growth of open files or of CLOSE_WAIT sockets, once a run.
package struct LeakWatch: Equatable, Sendable {
  package var run: RunNumber = 0
  /// A point for each sample that counts sockets, oldest first, at most `length`.
  package var openFiles: [Int] = []
  package var closeWait: [Int] = []
  package var hasWarned = false

  /// How often sockets are counted.
  package static let spacing: Duration = .seconds(30)
  package static let length = 10
  /// Growth over all points below which nothing is said.
  package static let leastGrowth = 20

  package init() {}

  /// Whether values never fell and grew by `leastGrowth` or more over `length` points.
  package static func isSteadyGrowth(_ points: [Int]) -> Bool {
    guard points.count >= length, let first = points.first, let last = points.last else { return false }
    let rises = zip(points, points.dropFirst())
    return rises.allSatisfy { $0 <= $1 } && rises.count(where: { $0 < $1 }) >= length - 2
      && last - first >= leastGrowth
  }
}
