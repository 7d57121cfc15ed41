import enum DevtopCore.SystemClock
import Glibc

extension WatchEngine {
  /// Compares everything with the disk, after events were lost.
  func compareAll() {
    departures.removeAll()
    scanStamp &+= 1
    for top in tops where records(of: top)?.stamp != scanStamp { establish(top, .compare) }
    followLinks(.compare)
    reportDirty()
  }

  /// Sets the times of the comparisons that are needed; none where events come.
  func scheduleComparisons() {
    let now = SystemClock.monotonicNanoseconds
    let flags = records.reduce(into: DirectoryRecord.Flags()) { $0.formUnion($1.flags) }
    let needsPoll = flags.contains(.polled) || (hasEventlessParts && !missingTops.isEmpty)
    nextPoll = needsPoll ? nextPoll ?? now + pollInterval.nanoseconds : nil
    nextSlowCompare =
      flags.contains(.doubtful) ? nextSlowCompare ?? now + options.slowCompareInterval.nanoseconds : nil
  }

  private var pollInterval: Duration {
    if case .always(let interval) = options.poll { return max(interval, .milliseconds(10)) }
    return options.pollInterval
  }

  /// Compares the directories that no events come from.
  func poll() {
    compare(.polled)
    if !missingTops.isEmpty { rootsAreDue = true }
    scheduleComparisons()
    nextPoll = nextPoll.map { _ in SystemClock.monotonicNanoseconds + pollInterval.nanoseconds }
  }

  /// Compares the directories whose file system is suspected of missing events.
  ///
  /// What differs although no event is queued was missed: they are polled from then on.
  func compareSlowly() {
    // What the kernel did tell is taken in first.
    readEvents()
    let before = changes.count
    compare(.doubtful)
    reportDirty()
    let wasMissed = changes[before...].contains { !$0.isUnchanged }
    let hasEvents = inotify?.read { self.handle($0) } ?? false
    if wasMissed, !hasEvents, let inotify {
      for index in records.indices where records[index].flags.contains([.inUse, .doubtful]) {
        if records[index].watch >= 0, records[index].top == records[index].node {
          tree.path(records[index].node, into: path)
          let type =
            options.fileSystemType ?? mounts.type(device: records[index].device) ?? "an unknown file system"
          warn(.missedEvents(path: path.text, type: type))
        }
        _ = inotify
        unwatch(index)
        records[index].flags.remove(.doubtful)
        records[index].flags.insert(.polled)
      }
    }
    nextSlowCompare = nil
    scheduleComparisons()
  }

  private func compare(_ kind: DirectoryRecord.Flags) {
    scanStamp &+= 1
    for index in records.indices {
      guard index < records.count, records[index].flags.contains(kind), records[index].flags.contains(.inUse),
        records[index].stamp != scanStamp || !records[index].flags.contains(.ancestor),
        let context = records[index].context
      else { continue }
      let id = records[index].node
      guard !tree[id].flags.contains(.gone) else { continue }
      tree.path(id, into: path)
      if usesGitignore, ignoreFileChanged(index) {
        reloadIgnoreFile(of: id)
        continue
      }
      guard path.withCPath({ FileStatus.read($0, followsLinks: true) })?.isDirectory == true else {
        removeDirectory(id, .waiting)
        continue
      }
      scan(id, .compare, context, isRecursive: false)
    }
    followLinks(.compare)
  }

  private func ignoreFileChanged(_ index: Int) -> Bool {
    let name = Array(".gitignore".utf8)
    let before =
      name.withUnsafeBufferPointer { $0.baseAddress.map { path.push($0, name.count) } } ?? path.length
    let modified = path.withCPath { FileStatus.read($0, followsLinks: false) }?.modified ?? 0
    path.truncate(to: before)
    defer { records[index].ignoreFileModified = modified }
    return records[index].ignoreFileModified != modified
  }
}
