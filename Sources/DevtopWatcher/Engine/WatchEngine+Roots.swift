import Glibc

extension WatchEngine {
  /// Makes the nodes of all roots, outermost first.
  func anchorTops() {
    let wanted = sets.flatMap { $0.tops + $0.passingTops }.sorted { $0.count < $1.count }
    for index in 1..<max(tree.highWater, 1) { tree[NodeID(index)].flags.remove(.anchor) }
    tops = []
    missingTops = []
    for top in wanted {
      var id = NodeTable.root
      path.set(top)
      for component in top.split(separator: UInt8(ascii: "/")) {
        component.withUnsafeBufferPointer { name in
          guard let base = name.baseAddress else { return }
          id = tree.find(id, base, name.count) ?? tree.insert(id, base, name.count, .directory)
        }
        tree[id].flags.insert(.anchor)
      }
      if !tops.contains(id) { tops.append(id) }
    }
  }

  /// Starts watching at a root; false when it does not exist.
  @discardableResult
  func establish(_ top: NodeID, _ mode: ScanMode) -> Bool {
    let above = top == NodeTable.root ? outsideContext : context(of: tree[top].parent)
    tree.path(top, into: path)
    guard tree[top].flags.contains(.directory),
      let status = path.withCPath({ FileStatus.read($0, followsLinks: true) }), status.isDirectory,
      let inherited = childContext(candidate(isDirectory: true), in: above)
    else {
      if missingTops.insert(top).inserted { warn(.missingRoot(path: path.text)) }
      watchNearestAncestor(of: top)
      return false
    }
    scan(top, mode, inherited)
    return true
  }

  /// Finds out whether all roots are where they were, after something happened to one or above it.
  func checkRoots() {
    for top in tops {
      tree.path(top, into: path)
      let status = path.withCPath { FileStatus.read($0, followsLinks: true) }
      if let record = records(of: top), record.context != nil, !tree[top].flags.contains(.gone) {
        guard status?.inode != record.inode || status?.device != record.device else { continue }
        removeDirectory(top, .waiting)
      }
      let wasMissing = missingTops.contains(top)
      scanStamp &+= 1
      if establish(top, .discover), wasMissing {
        missingTops.remove(top)
        tree.path(top, into: path)
        warn(.recreatedRoot(path: path.text))
      }
    }
    followLinks(.discover)
    watchAncestors()
  }

  /// Watches the fate of the directories above the roots.
  ///
  /// A rename there gives all that is below other paths. No other event comes from them, unless a root is missing.
  func watchAncestors() {
    var open: Set<NodeID> = []
    for top in missingTops { open.formUnion([nearestExisting(above: top)]) }
    let outer = usesGitignore ? directoriesInRepositories : []
    for top in tops {
      var id = tree[top].parent
      while id >= 0 {
        if records(of: id)?.context == nil {
          watchAncestor(
            id, isOpen: open.contains(id), hasIgnoreFile: id != NodeTable.root && outer.contains(id))
        }
        id = tree[id].parent
      }
    }
  }

  /// What holds for the entries of a directory that need not be watched itself.
  private func context(of directory: NodeID) -> DirectoryContext {
    if let context = records(of: directory)?.context { return context }
    if directory == NodeTable.root {
      path.truncate(to: 0)
      return anyChildContext(candidate(isDirectory: true), in: outsideContext)
    }
    let above = context(of: tree[directory].parent)
    tree.path(directory, into: path)
    return anyChildContext(candidate(isDirectory: true), in: above)
  }

  private func watchNearestAncestor(of top: NodeID) {
    // The next component may appear between looking and watching.
    while true {
      let ancestor = nearestExisting(above: top)
      if records(of: ancestor)?.context == nil { watchAncestor(ancestor, isOpen: true) }
      if nearestExisting(above: top) == ancestor { break }
    }
    tree.path(top, into: path)
    if path.withCPath({ FileStatus.read($0, followsLinks: true) })?.isDirectory == true { rootsAreDue = true }
  }

  private func nearestExisting(above top: NodeID) -> NodeID {
    var id = tree[top].parent
    while id > NodeTable.root {
      tree.path(id, into: path)
      if path.withCPath({ FileStatus.read($0, followsLinks: true) })?.isDirectory == true { return id }
      id = tree[id].parent
    }
    return NodeTable.root
  }

  /// The directories above the roots whose `.gitignore` holds for them.
  private var directoriesInRepositories: Set<NodeID> {
    var result: Set<NodeID> = []
    for top in tops where top != NodeTable.root {
      tree.path(tree[top].parent, into: path)
      guard let repository = GitExcludes.repositoryTop(of: path.array) else { continue }
      var id = tree[top].parent
      var length = path.length
      while id >= 0, length >= repository.count {
        result.insert(id)
        length -= Int(tree[id].nameLength) + 1
        id = tree[id].parent
      }
    }
    return result
  }

  private func watchAncestor(_ id: NodeID, isOpen: Bool, hasIgnoreFile: Bool = false) {
    guard let inotify, !options.isDeaf else {
      if isOpen, !missingTops.isEmpty { hasEventlessParts = true }
      return
    }
    tree.path(id, into: path)
    var mask = Inotify.ownFate
    if isOpen { mask |= Inotify.created | Inotify.movedTo }
    if hasIgnoreFile {
      mask |= Inotify.closedAfterWriting | Inotify.movedFrom | Inotify.movedTo | Inotify.deleted
    }
    let watch = inotify.add(path, mask)
    guard watch >= 0 else {
      // Without it only a rename above the root goes unseen; while the root is missing it has to be looked for.
      if isOpen { hasEventlessParts = true }
      return
    }
    let index = record(for: id)
    records[index].flags.insert(.ancestor)
    map(watch, to: index)
  }

  /// A `.gitignore` changed: what holds below its directory is found out anew, without reporting what was there.
  func reloadIgnoreFile(of directory: NodeID) {
    guard tree[directory].flags.contains([.inUse, .directory]), records(of: directory)?.context != nil,
      !tree[directory].flags.contains(.gone)
    else { return }
    let above = directory == NodeTable.root ? outsideContext : context(of: tree[directory].parent)
    tree.path(directory, into: path)
    guard let inherited = childContext(candidate(isDirectory: true), in: above) else { return }
    scan(directory, .baseline, inherited)
    followLinks(.baseline)
  }
}
