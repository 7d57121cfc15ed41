import enum DevtopCore.SystemClock
import Glibc

extension WatchEngine {
  /// Lets a change of the node wait; it replaces what waited there before.
  func wait(_ id: NodeID, _ kind: Pending.Kind) {
    var deadline = SystemClock.monotonicNanoseconds
    if case .quiet = kind {
      deadline += options.quietWait.nanoseconds
      quiets.append(id, deadline)
    } else {
      deadline += options.replacementWait.nanoseconds
      replacements.append(id, deadline)
    }
    pending[id] = Pending(kind: kind, deadline: deadline)
  }

  /// To be read and reported when all events have been taken in.
  func markDirty(_ id: NodeID) {
    guard !tree[id].flags.contains(.dirty) else { return }
    tree[id].flags.insert(.dirty)
    dirty.append(id)
  }

  /// Reports what has waited long enough.
  func flushDue(_ now: Int64) {
    while let item = replacements.popDue(now) { flush(item.node, item.deadline) }
    while let item = quiets.popDue(now) { flush(item.node, item.deadline) }
    if pending.isEmpty { departures.removeAll() }
    if reported.count > 4096 || (pending.isEmpty && !reported.isEmpty) {
      reported = reported.filter { now - $0.value < 5 * options.replacementWait.nanoseconds }
    }
    reportDirty()
  }

  private func flush(_ id: NodeID, _ deadline: Int64) {
    // A later wait of the node has an entry of its own in the queue.
    guard let waiting = pending[id], waiting.deadline == deadline else { return }
    pending[id] = nil
    switch waiting.kind {
    case .gone:
      reportRemoved(id)
    case .fresh(isComplete: true), .back(isComplete: true):
      reportChange(id)
    case .fresh(isComplete: false), .back(isComplete: false):
      examineUnclosed(id)
    case .quiet(let size, let modified):
      tree.path(id, into: place)
      guard let status = place.withCPath({ FileStatus.read($0, followsLinks: false) }) else {
        return vanished(id)
      }
      // Still being written, or empty: its closing will tell.
      if status.size == size, status.modified == modified, size > 0 { reportChange(id) }
    case .attributes:
      reportAttributes(id)
    case .moving(let cookie):
      departures[cookie] = nil
      removeDirectory(id, .reporting)
    }
  }

  /// A file was created, and nobody closed it: a link, a special file, one that is still being written, or one that was
  /// written before it got its name (`O_TMPFILE`).
  private func examineUnclosed(_ id: NodeID) {
    tree.path(id, into: place)
    guard let status = place.withCPath({ FileStatus.read($0, followsLinks: false) }) else {
      return vanished(id)
    }
    if status.isLink || (status.isRegular && (status.links > 1 || status.changed > status.modified)) {
      reportChange(id)
    } else if status.isRegular {
      wait(id, .quiet(size: status.size, modified: status.modified))
    } else if tree[id].flags.contains(.new) {
      forget(id)
    } else {
      reportRemoved(id)
    }
  }

  /// The file that should be read is not there (any more).
  func vanished(_ id: NodeID) {
    // Renamed since, with its directory perhaps, or deleted: the content that is known may not be its last.
    tree[id].flags.remove(.hasContent)
    if tree[id].flags.contains(.new) {
      forget(id)
    } else if case .gone? = pending[id]?.kind {
      return
    } else {
      wait(id, .gone)
    }
  }
}

extension Duration {
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
