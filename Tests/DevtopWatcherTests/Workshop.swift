import enum DevtopCore.SystemClock
import class DevtopCore.Locked
import struct DevtopCore.Thread
import Glibc
import Testing

@testable import DevtopWatcher

/// A temporary directory, a watcher on it, and what the watcher told.
///
/// Waiting is by a pipe that the watcher's handler writes to, with a deadline; nothing sleeps.
final class Workshop: Sendable {
  struct TimedOut: Error, CustomStringConvertible {
    var waitedFor: String
    var seen: [String]
    var description: String { "no \(waitedFor) in time; seen: \(seen.joined(separator: "; "))" }
  }

  let root: String
  private let bell = Bell()
  private let events = Locked<[WatchEvent]>([])
  private let watcherBox = Locked<Watcher?>(nil)
  private let markers = Locked(0)
  private let known = Locked(false)

  init() throws {
    var template = Array("/tmp/devtop-watcher-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    root = String(cString: made)
  }

  deinit {
    watcherBox.withLock { $0 }?.stop()
    Files.removeTree(root)
  }

  var watcher: Watcher? { watcherBox.withLock { $0 } }

  /// A set of everything in the workshop.
  func everything(id: String = "all") -> WatchSet { WatchSet(id: id, root: root) }

  /// Starts watching and waits until it is ready.
  @discardableResult
  func watch(
    _ sets: [WatchSet]? = nil, _ options: EngineOptions = .patient,
    also: @escaping @Sendable (WatchEvent) -> Void = { _ in }
  ) throws -> WatchSummary {
    let watcher = Watcher(sets: sets ?? [everything()], options: options) { [events, bell] event in
      events.withLock { $0.append(event) }
      bell.ring()
      also(event)
    }
    watcherBox.withLock { $0 = watcher }
    return try ready()
  }

  /// Starts watching and waits until the contents of all files are known, also of those made just before.
  @discardableResult
  func watchKnown(_ sets: [WatchSet]? = nil, _ options: EngineOptions = .patient) throws
    -> WatchSummary
  {
    var options = options
    options.baselineMargin = .seconds(-60)
    options.onBaseline = { [known, bell] in
      known.withLock { $0 = true }
      bell.ring()
    }
    let summary = try watch(sets, options)
    let deadline = SystemClock.monotonicNanoseconds + 20_000_000_000
    while !known.withLock({ $0 }) {
      if SystemClock.monotonicNanoseconds > deadline { throw TimedOut(waitedFor: "contents", seen: []) }
      var descriptor = pollfd(fd: bell.readEnd, events: Int16(POLLIN), revents: 0)
      if poll(&descriptor, 1, 1000) > 0 { bell.silence() }
    }
    return summary
  }

  func ready() throws -> WatchSummary {
    try next("ready") { if case .ready(let summary) = $0 { summary } else { nil } }
  }

  func stop() { watcherBox.withLock { $0 }?.stop() }

  /// Takes events until one gives a result.
  @discardableResult
  func next<Result>(
    _ what: String, seconds: Int = 60, _ pick: (WatchEvent) -> Result?
  ) throws -> Result {
    let deadline = SystemClock.monotonicNanoseconds + Int64(seconds) * 1_000_000_000
    var seen: [String] = []
    while true {
      while let event = events.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
        if let result = pick(event) { return result }
        seen.append(String("\(event)".prefix(400)))
      }
      let left = deadline - SystemClock.monotonicNanoseconds
      if left <= 0 { throw TimedOut(waitedFor: what, seen: seen.suffix(20)) }
      var descriptor = pollfd(fd: bell.readEnd, events: Int16(POLLIN), revents: 0)
      if poll(&descriptor, 1, Int32(clamping: left / 1_000_000 + 1)) > 0 { bell.silence() }
    }
  }

  /// The next batch with changes of wanted files.
  func nextChanges(seconds: Int = 60) throws -> [FileChange] {
    try next("changes", seconds: seconds) {
      if case .changes(let batch) = $0, !batch.changes.isEmpty { batch.changes } else { nil }
    }
  }

  /// Everything that was told of what happened before this call.
  ///
  /// A new file is made and waited for: it waits as long as any removal before it, and is told after it.
  func settle() throws -> Story {
    let number = markers.withLock { count -> Int in
      count += 1
      return count
    }
    let marker = "\(root)/.marker-\(number)"
    Files.write(marker, "x")
    var story = Story()
    _ = try next("marker \(number)") { event -> Bool? in
      story.take(event, root: root)
      guard case .changes(let batch) = event else { return nil }
      return batch.changes.contains { $0.path == marker } ? true : nil
    }
    story.changes.removeAll { $0.path.contains("/.marker-") }
    return story
  }

  func path(_ relative: String) -> String { "\(root)/\(relative)" }
}

/// What the watcher told between two points in time.
struct Story {
  var changes: [FileChange] = []
  var ignored: [IgnoredChanges] = []
  var warnings: [WatchWarning] = []
  var rescans = 0
  private var root = ""

  mutating func take(_ event: WatchEvent, root: String) {
    self.root = root
    switch event {
    case .changes(let batch):
      changes += batch.changes
      ignored += batch.ignored
    case .warning(let warning): warnings.append(warning)
    case .rescanned: rescans += 1
    case .ready: break
    }
  }

  /// `created a/b` and so on, in order, with `=` behind a change that left the content as it was.
  var lines: [String] {
    changes.map { change in
      let path =
        change.path.hasPrefix(root + "/") ? String(change.path.dropFirst(root.count + 1)) : change.path
      return "\(change.kind.rawValue) \(path)\(change.isUnchanged ? " =" : "")"
    }
  }

  func changes(of name: String) -> [FileChange] { changes.filter { $0.path == "\(root)/\(name)" } }
}

/// Runs a blocking body on a thread of its own, so that no thread of the cooperative pool waits.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    let isStarted = Thread.startDetached { continuation.resume(with: Swift.Result { try body() }) }
    if !isStarted { continuation.resume(throwing: Workshop.TimedOut(waitedFor: "thread", seen: [])) }
  }
}

extension EngineOptions {
  /// With a wait for replacements that holds on a busy machine too: what is tested is what belongs together, not the
  /// 20 ms.
  static var patient: EngineOptions {
    var options = EngineOptions()
    options.replacementWait = .milliseconds(120)
    return options
  }
}
