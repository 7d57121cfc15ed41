import Glibc

/// How a directory leaves the tree.
enum Removal {
  /// Its files are no longer wanted.
  case silently
  /// Its files are gone.
  case reporting
  /// Its files are gone, unless they come back within the wait.
  case waiting
}

extension WatchEngine {
  /// Makes changes of the directory at `path` known, by events or by comparing; false when it has gone.
  func watch(_ id: NodeID, device: UInt64, descriptor: Int32) -> Bool {
    guard let index = recordIndex(id) else { return false }
    records[index].flags.remove([.polled, .doubtful])
    if case .always = options.poll {
      records[index].flags.insert(.polled)
      hasEventlessParts = true
      return true
    }
    guard let inotify else {
      poll(index)
      return true
    }
    if options.poll == .automatic, let type = options.fileSystemType ?? mounts.type(device: device) {
      if MountTable.missesEvents(type) {
        unwatch(index)
        poll(index)
        if records[index].top == id { warn(.polledFileSystem(path: path.text, type: type)) }
        return true
      }
      if MountTable.isDoubtful(type) {
        records[index].flags.insert(.doubtful)
        hasEventlessParts = true
      }
    }
    if let limit = options.watchLimit, records[index].watch < 0, watches.count >= limit {
      limitReached(index)
      return true
    }
    var mask = options.isDeaf ? Inotify.ownFate : Inotify.entries
    if tree[id].flags.contains(.anchor) { mask |= Inotify.ownFate }
    let watch = inotify.add(descriptor: descriptor, path, mask)
    if watch >= 0 {
      map(watch, to: index)
      return true
    }
    switch -watch {
    case ENOSPC:
      limitReached(index)
      return true
    case ENOENT, ENOTDIR:
      removeDirectory(id, .waiting)
      return false
    default:
      records[index].flags.insert(.unreadable)
      warn(.unreadableDirectory(path: path.text, errno: -watch))
      return true
    }
  }

  private func limitReached(_ index: Int) {
    unwatch(index)
    if options.poll != .never { poll(index) }
    if !warnings.contains(where: { if case .watchLimit = $0 { true } else { false } }) {
      warn(.watchLimit(watched: watches.count))
    }
  }

  private func poll(_ index: Int) {
    guard options.poll != .never else { return }
    records[index].flags.insert(.polled)
    hasEventlessParts = true
  }

  func map(_ watch: Int32, to index: Int) {
    if records[index].watch == watch { return }
    unwatch(index)
    records[index].watch = watch
    records[index].nextSameWatch = watches[watch] ?? -1
    watches[watch] = Int32(index)
  }

  /// Ends the record's watch, and the kernel's when no other record shares it.
  func unwatch(_ index: Int, removesFromKernel: Bool = true) {
    let watch = records[index].watch
    guard watch >= 0 else { return }
    let next = records[index].nextSameWatch
    if watches[watch] == Int32(index) {
      watches[watch] = next >= 0 ? next : nil
    } else {
      var other = watches[watch] ?? -1
      while other >= 0 {
        if records[Int(other)].nextSameWatch == Int32(index) { records[Int(other)].nextSameWatch = next }
        other = records[Int(other)].nextSameWatch
      }
    }
    records[index].watch = -1
    records[index].nextSameWatch = -1
    if removesFromKernel, watches[watch] == nil { inotify?.remove(watch) }
  }

  /// The kernel ended the watch itself.
  func watchEnded(_ watch: Int32) {
    while let index = watches[watch] { unwatch(Int(index), removesFromKernel: false) }
  }

  func releaseIdentity(_ index: Int) {
    guard followsSymlinks else { return }
    let record = records[index]
    let identity = DirectoryIdentity(top: record.top, device: record.device, inode: record.inode)
    if identities[identity] == record.node { identities[identity] = nil }
  }

  /// Takes a directory with everything in it out of the tree; roots and the way to them stay as names.
  func removeDirectory(_ id: NodeID, _ removal: Removal) {
    guard tree[id].flags.contains(.directory) else {
      if removal == .silently { forget(id) } else { reportRemoved(id) }
      return
    }
    pending[id] = nil
    removeContents(of: id, removal)
    if let index = recordIndex(id) {
      unwatch(index)
      releaseIdentity(index)
      if removal != .silently, tree[id].flags.contains(.anchor) { rootsAreDue = true }
    }
    let isAnchor = tree[id].flags.contains(.anchor)
    if tree[id].firstChild >= 0, removal == .waiting {
      // The context is needed until the files have been reported.
      tree[id].flags.insert(.gone)
      return
    }
    freeRecord(id)
    if !isAnchor, tree[id].firstChild < 0 {
      let parent = tree[id].parent
      tree.remove(id)
      pruneGone(parent)
    }
  }

  /// Takes everything in a directory out of the tree.
  func removeContents(of id: NodeID, _ removal: Removal) {
    // Its last file must not take it along before the end of this.
    tree[id].flags.remove(.gone)
    var child = tree[id].firstChild
    while child >= 0 {
      let next = tree[child].nextSibling
      if tree[child].flags.contains(.directory) {
        // A root inside that is still there goes on; `checkRoots` finds out.
        if removal != .silently || !tree[child].flags.contains(.anchor) { removeDirectory(child, removal) }
      } else {
        removeFile(child, removal)
      }
      child = next
    }
  }

  private func removeFile(_ id: NodeID, _ removal: Removal) {
    switch removal {
    case .silently: forget(id)
    case .reporting: reportRemoved(id)
    case .waiting:
      if tree[id].flags.contains(.new) {
        forget(id)
      } else if case .gone? = pending[id]?.kind {
        return
      } else {
        wait(id, .gone)
      }
    }
  }

  /// Takes a file out of the tree without a word.
  func forget(_ id: NodeID) {
    let parent = tree[id].parent
    pending[id] = nil
    reported[id] = nil
    tree.remove(id)
    pruneGone(parent)
  }

  private func pruneGone(_ start: NodeID) {
    var id = start
    while tree[id].flags.contains(.gone), tree[id].firstChild < 0 {
      let parent = tree[id].parent
      freeRecord(id)
      tree[id].flags.remove(.gone)
      if tree[id].flags.contains(.anchor) { return }
      pending[id] = nil
      tree.remove(id)
      id = parent
    }
  }

  private func freeRecord(_ id: NodeID) {
    guard let index = recordIndex(id) else { return }
    unwatch(index)
    records[index].flags = []
    records[index].context = nil
    freeRecords.append(Int32(index))
    tree[id].record = -1
  }

  /// After a comparison: what was not seen in the directory is gone.
  func removeUnseen(in id: NodeID) {
    var child = tree[id].firstChild
    while child >= 0 {
      let next = tree[child].nextSibling
      if let index = recordIndex(child) {
        if records[index].stamp != scanStamp, !records[index].flags.contains(.ancestor) {
          removeDirectory(child, .reporting)
        }
      } else if !tree[child].flags.contains(.directory), tree[child].record != scanStamp {
        reportRemoved(child)
      }
      child = next
    }
  }

  /// After new sets: directories that no set needs any more.
  func dropUnseen() {
    for index in records.indices where records[index].flags.contains(.inUse) && records[index].context == nil
    {
      let id = records[index].node
      if records[index].flags.contains(.ancestor), tree[id].flags.contains(.anchor) { continue }
      if tree[id].flags.contains([.inUse, .directory]) { removeDirectory(id, .silently) }
    }
  }
}
