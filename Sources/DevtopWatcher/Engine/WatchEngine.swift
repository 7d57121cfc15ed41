import enum DevtopCore.SystemClock
import Glibc

/// The watched tree and everything that happens to it; used by one thread alone.
///
/// A call of `readEvents` or `wake` ends with the batch sent.
final class WatchEngine {
  let options: EngineOptions
  let send: (WatchEvent) -> Void

  var sets: [CompiledSet] = []
  var usesGitignore = false
  var followsSymlinks = false
  let git: GitExcludes
  var mounts = MountTable()

  let tree = NodeTable()
  /// Where scans and events are; reports have a buffer of their own, because they come in the middle of those.
  let path = PathBuffer()
  let place = PathBuffer()
  let reader = FileReader()
  var listings: [Listing] = []

  var inotify: Inotify?
  var records: [DirectoryRecord] = []
  var freeRecords: [Int32] = []
  /// Watch → first record.
  var watches: [Int32: Int32] = [:]
  var identities: [DirectoryIdentity: NodeID] = [:]
  /// Links to directories, found and not yet followed: after all real directories.
  var links: [(parent: NodeID, name: [UInt8])] = []
  var scanStamp: Int32 = 0

  var tops: [NodeID] = []
  var missingTops: Set<NodeID> = []

  var pending: [NodeID: Pending] = [:]
  var replacements = DeadlineQueue()
  var quiets = DeadlineQueue()
  /// Renames whose first half was read: cookie → what left.
  var departures: [UInt32: Departure] = [:]
  var dirty: [NodeID] = []
  var rescanIsDue = false
  var rootsAreDue = false
  /// When a file was last reported, for telling the late parts of one save from another change.
  var reported: [NodeID: Int64] = [:]

  var changes: [FileChange] = []
  var ignored: [IgnoredKey: IgnoredCount] = [:]
  var warnings: Set<WatchWarning> = []

  var nextPoll: Int64?
  var nextSlowCompare: Int64?
  var hasEventlessParts = false

  /// The first half of a rename.
  enum Departure {
    /// A reported file or a directory; it is pending.
    case node(NodeID)
    /// A file that was never reported.
    case temporary
  }

  init(options: EngineOptions, send: @escaping (WatchEvent) -> Void) {
    self.options = options
    self.send = send
    git = options.home.map { GitExcludes(home: $0) } ?? GitExcludes()
  }

  /// The inotify descriptor, for `poll(2)`.
  var descriptor: Int32 { inotify?.descriptor ?? -1 }

  /// Takes other sets (also the first ones) and reports when everything is watched.
  ///
  /// What is watched before and after goes on being watched in between, and changes that were not read yet are kept.
  func use(_ watchSets: [WatchSet]) {
    let start = SystemClock.monotonicNanoseconds
    // What was read so far belongs to the sets so far.
    readEvents()
    flushDue(.max)
    deliver()
    makeInstance()
    warnings = []
    compile(watchSets)
    scanStamp &+= 1
    for index in records.indices { records[index].context = nil }
    anchorTops()
    for top in tops where records(of: top)?.stamp != scanStamp { establish(top, .baseline) }
    followLinks(.baseline)
    dropUnseen()
    watchAncestors()
    scheduleComparisons()
    finishBatch()
    let summary = summarize(since: start)
    send(.ready(summary))
  }

  func compile(_ watchSets: [WatchSet]) {
    sets = watchSets.map { CompiledSet($0) { self.warn($0) } }
    usesGitignore = sets.contains { $0.usesGitignore }
    followsSymlinks = sets.contains { $0.followsSymlinks }
  }

  func records(of node: NodeID) -> DirectoryRecord? {
    let record = tree[node].record
    return tree[node].flags.contains(.directory) && record >= 0 ? records[Int(record)] : nil
  }

  func warn(_ warning: WatchWarning) {
    if case .overflow = warning { return send(.warning(warning)) }
    if case .missingRoot = warning { return send(.warning(warning)) }
    if case .recreatedRoot = warning { return send(.warning(warning)) }
    if warnings.insert(warning).inserted { send(.warning(warning)) }
  }

  /// Reads what the kernel has queued, then reports it.
  func readEvents() {
    guard let inotify else { return finishBatch() }
    // A writer that never pauses must not keep a batch from being sent.
    var reads = 0
    while reads < 64, inotify.read({ self.handle($0) }) { reads += 1 }
    finishBatch()
  }

  /// Does what is due by now.
  func wake() {
    let now = SystemClock.monotonicNanoseconds
    if let due = nextPoll, due <= now { poll() }
    if let due = nextSlowCompare, due <= now { compareSlowly() }
    readEvents()
  }

  /// When `wake` has to be called, if nothing happens before; nil: never.
  var deadline: Int64? {
    [replacements.next, quiets.next, nextPoll, nextSlowCompare].compactMap { $0 }.min()
  }

  func finishBatch() {
    settle()
    while rescanIsDue {
      rescanIsDue = false
      deliver()
      compareAll()
      settle()
      deliver()
      send(.rescanned)
    }
    if hasEventlessParts { scheduleComparisons() }
    deliver()
  }

  private func settle() {
    repeat {
      followLinks(.discover)
      if rootsAreDue {
        rootsAreDue = false
        checkRoots()
      }
      reportDirty()
      flushDue(SystemClock.monotonicNanoseconds)
    } while rootsAreDue || !links.isEmpty
  }

  /// Opens the inotify instance, once.
  func makeInstance() {
    if case .always = options.poll { return }
    guard inotify == nil else { return }
    if options.failsToMakeInstance { return warn(.instanceLimit) }
    let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    if descriptor >= 0 {
      inotify = Inotify(descriptor: descriptor)
    } else {
      warn(errno == EMFILE ? .instanceLimit : .noEvents(errno: errno))
    }
  }

  private func summarize(since start: Int64) -> WatchSummary {
    var files = 0
    var directories = 0
    var polled = 0
    for index in 0..<tree.highWater {
      let node = tree[NodeID(index)]
      guard node.flags.contains(.inUse) else { continue }
      if !node.flags.contains(.directory) {
        files += 1
      } else if let record = records(of: NodeID(index)), !record.flags.contains(.ancestor) {
        directories += 1
        if record.flags.contains(.polled) { polled += 1 }
      }
    }
    let backend: WatchSummary.Backend =
      if case .always = options.poll { .poll } else if polled == 0 { inotify == nil ? .poll : .inotify } else
      {
        polled == directories ? .poll : .mixed
      }
    return WatchSummary(
      files: files, directories: directories, backend: backend,
      duration: .nanoseconds(SystemClock.monotonicNanoseconds - start))
  }
}
