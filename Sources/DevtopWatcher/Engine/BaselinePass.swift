import DevtopCore
import Glibc

/// Hashes the files that were there at the start, on a thread of lower priority, so that later changes can be compared.
///
/// A result counts only when the file was not touched since it was to be watched; otherwise its first change has no old
/// content. The thread ends with its work.
final class BaselinePass: Sendable {
  /// One file to be read.
  struct Job: Sendable {
    var node: NodeID
    var serial: UInt32
    var start: Int32
  }

  /// What was found.
  struct Result: Sendable {
    var node: NodeID
    var serial: UInt32
    var status: FileStatus
    var content: UInt64
  }

  private struct State {
    var isCancelled = false
    var isDone = false
    var results: [Result] = []
  }

  private let jobs: [Job]
  private let paths: [UInt8]
  /// Files whose inode changed at or after this time (`SystemClock.fileNanoseconds`) are left out.
  private let trustedUntil: Int64
  private let wake: @Sendable () -> Void
  private let state = Locked(State())

  init(jobs: [Job], paths: [UInt8], trustedUntil: Int64, wake: @escaping @Sendable () -> Void) {
    self.jobs = jobs
    self.paths = paths
    self.trustedUntil = trustedUntil
    self.wake = wake
  }

  func cancel() { state.withLock { $0.isCancelled = true } }

  /// What was found since the last call, and whether that is all.
  func takeResults() -> (results: [Result], isDone: Bool) {
    state.withLock { state in
      defer { state.results = [] }
      return (state.results, state.isDone)
    }
  }

  /// Works through the files; runs on its own thread.
  func run() {
    // On Linux this is the calling thread's own priority (setpriority(2), "C library/kernel differences").
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
    let reader = FileReader()
    var found: [Result] = []
    paths.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      for (index, job) in jobs.enumerated() {
        if index % 256 == 0, hand(over: &found, isDone: false) { return }
        let path = (base + Int(job.start)).assumingMemoryBound(to: CChar.self)
        guard let reading = reader.read(path), reading.status.changed < trustedUntil else { continue }
        found.append(
          Result(node: job.node, serial: job.serial, status: reading.status, content: reading.content))
      }
    }
    _ = hand(over: &found, isDone: true)
  }

  /// Gives what was found to the watcher; true when it wants no more.
  private func hand(over found: inout [Result], isDone: Bool) -> Bool {
    let results = found
    found = []
    let isCancelled = state.withLock { state in
      state.results += results
      state.isDone = isDone
      return state.isCancelled
    }
    if !isCancelled, isDone || !results.isEmpty { wake() }
    return isCancelled
  }
}

extension WatchEngine {
  /// The files whose content is not known, as work for a pass.
  func baselinePass(since: Int64, wake: @escaping @Sendable () -> Void) -> BaselinePass? {
    var jobs: [BaselinePass.Job] = []
    var paths: [UInt8] = []
    for index in 0..<tree.highWater {
      let node = tree[NodeID(index)]
      guard node.flags.contains(.inUse), node.flags.isDisjoint(with: [.directory, .new, .hasContent]) else {
        continue
      }
      tree.path(NodeID(index), into: path)
      jobs.append(BaselinePass.Job(node: NodeID(index), serial: node.serial, start: Int32(paths.count)))
      paths.append(contentsOf: UnsafeBufferPointer(start: path.bytes, count: path.length + 1))
    }
    guard !jobs.isEmpty else { return nil }
    return BaselinePass(
      jobs: jobs, paths: paths, trustedUntil: since - options.baselineMargin.nanoseconds, wake: wake)
  }

  /// Takes in what the pass found, but for files that changed meanwhile.
  func take(_ results: [BaselinePass.Result]) {
    for result in results {
      let node = tree[result.node]
      guard node.flags.contains(.inUse), node.serial == result.serial, !node.flags.contains(.hasContent)
      else { continue }
      let isOther =
        node.flags.contains(.hasStatus)
        && (node.size != result.status.size || node.modified != result.status.modified
          || node.inode != result.status.inode)
      if isOther { continue }
      setStatus(result.node, result.status)
      setContent(result.node, result.content)
    }
  }
}
