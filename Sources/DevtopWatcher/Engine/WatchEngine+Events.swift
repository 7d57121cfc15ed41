import Glibc

extension WatchEngine {
  /// Takes one event of the kernel's in.
  func handle(_ event: Inotify.Event) {
    if event.has(Inotify.overflow) {
      rescanIsDue = true
      warn(.overflow)
      return
    }
    if event.has(Inotify.ignored) { return watchEnded(event.watch) }
    var index = watches[event.watch] ?? -1
    while index >= 0 {
      let next = records[Int(index)].nextSameWatch
      handle(event, in: Int(index))
      index = next
    }
  }

  private func handle(_ event: Inotify.Event, in index: Int) {
    let directory = records[index].node
    if event.name.isEmpty {
      if event.has(Inotify.deletedSelf | Inotify.movedSelf) { rootsAreDue = true }
      return
    }
    guard let context = records[index].context, !records[index].flags.contains(.ancestor) else {
      if event.name.elementsEqual(".gitignore".utf8) {
        for top in tops { reloadIgnoreFile(of: top) }
      } else if !missingTops.isEmpty, event.has(Inotify.created | Inotify.movedTo) {
        rootsAreDue = true
      }
      return
    }
    guard let name = event.name.baseAddress else { return }
    tree.path(directory, into: path)
    let before = path.push(name, event.name.count)
    let isDirectory = event.has(Inotify.isDirectory)
    let entry = CompiledRule.Candidate(
      path: path.bytes, length: path.length, nameOffset: before + 1, isDirectory: isDirectory)
    let known = tree.find(directory, name, event.name.count)
    if isDirectory {
      handleDirectory(event, directory, context, entry, known)
    } else {
      handleFile(event, directory, context, entry, known)
    }
    if !missingTops.isEmpty, event.has(Inotify.created | Inotify.movedTo) { rootsAreDue = true }
    // At once: the next event may be of a file that is judged otherwise now.
    if usesGitignore, Self.changesIgnoring(event) { reloadIgnoreFile(of: directory) }
  }

  /// Whether other ignore rules hold after the event: a `.gitignore` changed, or a repository was made or went.
  private static func changesIgnoring(_ event: Inotify.Event) -> Bool {
    if event.has(Inotify.isDirectory) {
      return event.name.elementsEqual(".git".utf8) && event.has(Inotify.namesChanged)
    }
    return event.name.elementsEqual(".gitignore".utf8)
      && event.has(
        Inotify.closedAfterWriting | Inotify.movedTo | Inotify.movedFrom | Inotify.deleted
          | Inotify.attributes)
  }

  // MARK: - Files

  private func handleFile(
    _ event: Inotify.Event, _ parent: NodeID, _ context: DirectoryContext, _ entry: CompiledRule.Candidate,
    _ known: NodeID?
  ) {
    if let known, tree[known].flags.contains(.directory) {
      // A link to a directory, or a file in the place of a directory that went.
      if event.has(Inotify.deleted | Inotify.movedFrom) { return removeDirectory(known, .waiting) }
      guard event.has(Inotify.created | Inotify.movedTo | Inotify.closedAfterWriting) else { return }
      guard !tree[known].flags.contains(.anchor) else { return rootsAreDue = true }
      removeDirectory(known, .reporting)
      return handleFile(event, parent, context, entry, nil)
    }
    guard let known else { return handleUnknownFile(event, parent, context, entry) }
    if event.has(Inotify.created) {
      switch pending[known]?.kind {
      case .fresh, .back: break
      case .gone, .attributes, .quiet, .moving, nil:
        if pending[known] == nil, tree[known].flags.isDisjoint(with: [.hasStatus, .dirty]) {
          // Found by reading the directory anew, ahead of this event, and taken for one that had been there.
          tree[known].flags.insert(.new)
        }
        wait(known, tree[known].flags.contains(.new) ? .fresh(isComplete: false) : .back(isComplete: false))
      }
    } else if event.has(Inotify.closedAfterWriting) {
      if case .fresh? = pending[known]?.kind {
        pending[known]?.kind = .fresh(isComplete: true)
      } else {
        pending[known] = nil
        markDirty(known)
      }
    } else if event.has(Inotify.movedTo) {
      departures[event.cookie] = nil
      pending[known] = nil
      markDirty(known)
    } else if event.has(Inotify.movedFrom | Inotify.deleted) {
      let isMove = event.has(Inotify.movedFrom)
      if tree[known].flags.contains(.new) {
        forget(known)
        if isMove { departures[event.cookie] = .temporary }
      } else {
        if case .gone? = pending[known]?.kind {} else { wait(known, .gone) }
        if isMove { departures[event.cookie] = .node(known) }
      }
    } else if event.has(Inotify.attributes), pending[known] == nil {
      wait(known, .attributes)
    }
  }

  private func handleUnknownFile(
    _ event: Inotify.Event, _ parent: NodeID, _ context: DirectoryContext, _ entry: CompiledRule.Candidate
  ) {
    guard isWatched(entry, context) else {
      // A file's creation is followed by its closing; counting both would be twice.
      if !event.has(Inotify.created) { countIgnored(entry, context, in: parent) }
      if followsSymlinks, event.has(Inotify.created | Inotify.movedTo) { queueLink(parent, entry) }
      return
    }
    if event.has(Inotify.created) {
      if followsSymlinks, queueLink(parent, entry) { return }
      wait(findOrInsert(parent, entry, .new), .fresh(isComplete: false))
    } else if event.has(Inotify.closedAfterWriting) {
      wait(findOrInsert(parent, entry, .new), .fresh(isComplete: true))
    } else if event.has(Inotify.movedTo) {
      if followsSymlinks, queueLink(parent, entry) { return }
      let id = findOrInsert(parent, entry, .new)
      if case .node(let source)? = departures.removeValue(forKey: event.cookie),
        case .gone? = pending[source]?.kind
      {
        // A plain rename: told together with the removal, once it is clear that nothing takes the old name.
        wait(id, .fresh(isComplete: true))
      } else {
        markDirty(id)
      }
    }
  }

  /// Notes a new link to a directory, to be followed when the events have been read; false when it is none.
  @discardableResult
  private func queueLink(_ parent: NodeID, _ entry: CompiledRule.Candidate) -> Bool {
    guard path.withCPath({ FileStatus.read($0, followsLinks: false) })?.isLink == true,
      path.withCPath({ FileStatus.read($0, followsLinks: true) })?.isDirectory == true
    else { return false }
    let name = UnsafeBufferPointer(
      start: entry.path + entry.nameOffset, count: entry.length - entry.nameOffset)
    links.append((parent, Array(name)))
    return true
  }

  // MARK: - Directories

  private func handleDirectory(
    _ event: Inotify.Event, _ parent: NodeID, _ context: DirectoryContext, _ entry: CompiledRule.Candidate,
    _ known: NodeID?
  ) {
    if event.has(Inotify.created) {
      appeared(parent, context, entry, known)
    } else if event.has(Inotify.movedTo) {
      if case .node(let source)? = departures.removeValue(forKey: event.cookie),
        tree[source].flags.contains([.inUse, .directory]), case .moving? = pending[source]?.kind
      {
        relocate(source, parent, context, entry, known)
      } else {
        if let known { removeDirectory(known, .waiting) }
        appeared(
          parent, context, entry,
          tree.find(parent, entry.path + entry.nameOffset, entry.length - entry.nameOffset))
      }
    } else if event.has(Inotify.movedFrom) {
      guard let known else { return countIgnored(entry, context, in: parent) }
      if tree[known].flags.contains(.anchor) { return rootsAreDue = true }
      // Deleted, made anew and renamed before it was read: the node is still the deleted one.
      if tree[known].flags.contains(.gone) { return }
      departures[event.cookie] = .node(known)
      wait(known, .moving(cookie: event.cookie))
    } else if event.has(Inotify.deleted) {
      guard let known else { return countIgnored(entry, context, in: parent) }
      removeDirectory(known, .waiting)
    } else if event.has(Inotify.attributes), let known, let index = recordIndex(known),
      records[index].flags.contains(.unreadable)
    {
      appeared(parent, context, entry, known)
    }
  }

  /// A directory is there that was not: it is watched first, then read.
  private func appeared(
    _ parent: NodeID, _ context: DirectoryContext, _ entry: CompiledRule.Candidate, _ known: NodeID?
  ) {
    guard let inherited = childContext(entry, in: context) else {
      return countIgnored(entry, context, in: parent)
    }
    if let known {
      if !tree[known].flags.contains(.directory) {
        reportRemoved(known)
      } else if case .moving? = pending[known]?.kind {
        // The one that had the name left the watched tree: its arrival elsewhere would have been told before this.
        removeDirectory(known, .reporting)
      }
    }
    let isLinked = tree[parent].flags.contains(.link)
    let id = findOrInsert(parent, entry, isLinked ? [.directory, .link] : .directory)
    scan(id, .discover, inherited)
    if followsSymlinks { followLinks(.discover) }
  }

  /// A directory has another name or place: its node moves with all watches below, its files are told of twice.
  private func relocate(
    _ source: NodeID, _ parent: NodeID, _ context: DirectoryContext, _ entry: CompiledRule.Candidate,
    _ replaced: NodeID?
  ) {
    pending[source] = nil
    if isInside(parent, source) || replaced.map({ isInside(source, $0) }) == true {
      // Read ahead of the events, the tree has become a knot: look at the disk.
      rescanIsDue = true
      return
    }
    let name = Array(
      UnsafeBufferPointer(start: entry.path + entry.nameOffset, count: entry.length - entry.nameOffset))
    reportLeaving(source)
    if let replaced { removeDirectory(replaced, .reporting) }
    // A root's node stays where it is, whatever directory is there.
    let isAnchored = name.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return true }
      if tree.find(parent, base, buffer.count) != nil { return true }
      tree.move(source, to: parent, base, buffer.count)
      return false
    }
    if isAnchored {
      removeDirectory(source, .silently)
      return rootsAreDue = true
    }
    tree.path(source, into: path)
    let directory = candidate(isDirectory: true)
    guard let inherited = childContext(directory, in: context) else {
      removeDirectory(source, .silently)
      return countIgnored(directory, context, in: parent)
    }
    scan(source, .relocated, inherited)
  }

  private func isInside(_ inner: NodeID, _ outer: NodeID) -> Bool {
    var id = inner
    while id >= 0 {
      if id == outer { return true }
      id = tree[id].parent
    }
    return false
  }

  /// Reports all files below as removed; they stay in the tree.
  private func reportLeaving(_ directory: NodeID) {
    var child = tree[directory].firstChild
    while child >= 0 {
      let next = tree[child].nextSibling
      if tree[child].flags.contains(.directory) {
        reportLeaving(child)
      } else if tree[child].flags.contains(.new) {
        pending[child] = nil
      } else {
        addChange(child, .removed, old: knownContent(child), new: nil)
      }
      child = next
    }
  }
}
