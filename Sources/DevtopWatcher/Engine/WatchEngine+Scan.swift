import Glibc

/// Why a directory is read.
enum ScanMode {
  /// What is there is what was there: nothing is reported.
  case baseline
  /// The directory is new: its files are.
  case discover
  /// What differs from what is known is reported.
  case compare
  /// The directory came by a rename: its known files are reported under their new paths.
  case relocated
}

extension WatchEngine {
  /// Reads the directory at `path`, which must be the node's, and those in it; `inherited` is what holds for the
  /// directory before its own `.gitignore`.
  func scan(
    _ id: NodeID, _ mode: ScanMode, _ inherited: DirectoryContext, parent: Int32 = -1, depth: Int = 0,
    isRecursive: Bool = true
  ) {
    var mode = mode
    let index = record(for: id)
    records[index].stamp = scanStamp
    records[index].flags.remove([.ancestor, .unreadable])
    tree[id].flags.remove(.gone)
    // Whatever it waited for as one that was renamed away: it is here.
    pending[id] = nil
    let isUnreadable = options.unreadableName.map { $0.utf8.elementsEqual(tree.name(id)) } ?? false
    let descriptor = isUnreadable ? -1 : openDirectory(id, parent)
    guard descriptor >= 0, let status = FileStatus.read(descriptor: descriptor) else {
      return cannotOpen(id, isUnreadable ? EACCES : errno, mode, inherited)
    }
    if mode != .compare, records[index].watch >= 0,
      status.inode != records[index].inode || status.device != records[index].device
    {
      // The disk is ahead of the events, or was when the node was made: what is there now counts.
      unwatch(index)
      removeContents(of: id, mode == .relocated ? .silently : .waiting)
      mode = .discover
    }
    guard let directory = fdopendir(descriptor) else {
      close(descriptor)
      return cannotOpen(id, errno, mode, inherited)
    }
    defer { closedir(directory) }
    guard takeIdentity(id, status), watch(id, device: status.device, descriptor: descriptor) else { return }
    while listings.count <= depth { listings.append(Listing()) }
    let listing = listings[depth]
    listing.fill(directory)
    let context = ownContext(
      inherited, hasIgnoreFile: listing.hasIgnoreFile, hasRepository: listing.hasRepository)
    guard let index = recordIndex(id) else { return }
    records[index].context = context
    for entry in listing.entries {
      scanFile(id, entry, listing, mode, context, descriptor)
    }
    for entry in listing.entries {
      scanDirectory(id, entry, listing, mode, context, descriptor, depth, isRecursive)
    }
    if mode == .compare { removeUnseen(in: id) }
  }

  /// The record of a directory's node, made when it has none.
  func record(for id: NodeID) -> Int {
    if let index = recordIndex(id) { return index }
    let parent = tree[id].parent
    let parentTop =
      id == NodeTable.root ? nil : records(of: parent).flatMap { $0.context == nil ? nil : $0.top }
    let record = DirectoryRecord(node: id, top: tops.contains(id) ? id : parentTop ?? id)
    let index: Int32
    if let free = freeRecords.popLast() {
      index = free
      records[Int(free)] = record
    } else {
      index = Int32(records.count)
      records.append(record)
    }
    tree[id].record = index
    return Int(index)
  }

  func recordIndex(_ id: NodeID) -> Int? {
    let node = tree[id]
    return node.flags.contains(.directory) && node.record >= 0 ? Int(node.record) : nil
  }

  /// Follows the links that were found, until there are no more.
  func followLinks(_ mode: ScanMode) {
    while !links.isEmpty {
      let (parent, name) = links.removeFirst()
      guard tree[parent].flags.contains(.inUse), let context = records(of: parent)?.context else { continue }
      tree.path(parent, into: path)
      name.withUnsafeBufferPointer { if let base = $0.baseAddress { path.push(base, $0.count) } }
      let directory = candidate(isDirectory: true)
      let states = context.states.enumerated().map { sets[$0.offset].followsSymlinks ? $0.element : .outside }
      let following = DirectoryContext(states: states, chain: context.chain)
      guard let inherited = childContext(directory, in: following) else { continue }
      let id = findOrInsert(parent, directory, [.directory, .link])
      guard tree[id].flags.contains(.directory) else { continue }
      scan(id, mode, inherited)
    }
  }

  func findOrInsert(_ parent: NodeID, _ entry: CompiledRule.Candidate, _ flags: Node.Flags) -> NodeID {
    let name = entry.path + entry.nameOffset
    let length = entry.length - entry.nameOffset
    return tree.find(parent, name, length) ?? tree.insert(parent, name, length, flags)
  }

  private func scanFile(
    _ parent: NodeID, _ entry: Listing.Entry, _ listing: Listing, _ mode: ScanMode,
    _ context: DirectoryContext,
    _ descriptor: Int32
  ) {
    let name = listing.name(entry)
    let before = path.push(name, Int(entry.length))
    defer { path.truncate(to: before) }
    let kind = entryKind(entry, descriptor, before)
    guard kind == DT_REG || kind == DT_LNK else { return }
    if kind == DT_LNK, followsSymlinks, leadsToDirectory(descriptor, before) {
      links.append((parent, Array(UnsafeBufferPointer(start: name, count: Int(entry.length)))))
      if let known = tree.find(parent, name, Int(entry.length)) {
        if let index = recordIndex(known) {
          records[index].stamp = scanStamp
        } else {
          forget(known)
        }
      }
      return
    }
    let file = CompiledRule.Candidate(
      path: path.bytes, length: path.length, nameOffset: before + 1, isDirectory: false)
    let known = tree.find(parent, name, Int(entry.length))
    guard isWatched(file, context) else {
      if let known, !tree[known].flags.contains(.directory) { forget(known) }
      return
    }
    if let known {
      guard tree[known].flags.contains(.directory) else {
        return found(known, mode, parent)
      }
      // What was a directory is a file now.
      if tree[known].flags.contains(.anchor) { return }
      removeDirectory(known, .reporting)
    }
    let isNew = mode != .baseline
    let id = tree.insert(parent, name, Int(entry.length), isNew ? .new : [])
    tree[id].record = scanStamp
    let isPolled = records(of: parent)?.flags.contains(.polled) ?? false
    switch mode {
    case .baseline:
      if isPolled || hasEventlessParts,
        let status = path.withCPath({ FileStatus.read($0, followsLinks: false) })
      {
        setStatus(id, status)
      }
    case .discover, .relocated:
      if isPolled { markDirty(id) } else { wait(id, .fresh(isComplete: true)) }
    case .compare:
      markDirty(id)
    }
  }

  /// A file that is known was seen again.
  private func found(_ id: NodeID, _ mode: ScanMode, _ parent: NodeID) {
    tree[id].record = scanStamp
    switch mode {
    case .baseline:
      break
    case .discover:
      if case .gone? = pending[id]?.kind { wait(id, .back(isComplete: true)) }
    case .relocated:
      if case .gone? = pending[id]?.kind { pending[id] = nil }
      reportRelocated(id)
    case .compare:
      if case .quiet? = pending[id]?.kind { return }
      if case .fresh? = pending[id]?.kind { return }
      guard let status = path.withCPath({ FileStatus.read($0, followsLinks: false) }) else { return }
      let node = tree[id]
      let isSame =
        node.flags.contains(.hasStatus) && node.size == status.size && node.modified == status.modified
        && node.inode == status.inode
      if !isSame || node.flags.contains(.new) { markDirty(id) }
      pending[id] = nil
    }
  }

  private func scanDirectory(
    _ parent: NodeID, _ entry: Listing.Entry, _ listing: Listing, _ mode: ScanMode,
    _ context: DirectoryContext,
    _ descriptor: Int32, _ depth: Int, _ isRecursive: Bool
  ) {
    guard entry.type == DT_DIR || entry.type == DT_UNKNOWN else { return }
    let name = listing.name(entry)
    let before = path.push(name, Int(entry.length))
    defer { path.truncate(to: before) }
    guard entryKind(entry, descriptor, before) == DT_DIR else { return }
    let directory = CompiledRule.Candidate(
      path: path.bytes, length: path.length, nameOffset: before + 1, isDirectory: true)
    let known = tree.find(parent, name, Int(entry.length))
    guard let inherited = childContext(directory, in: context) else {
      if let known, mode == .baseline || mode == .relocated { removeDirectory(known, .silently) }
      return
    }
    if let known, !tree[known].flags.contains(.directory) { reportRemoved(known) }
    let id = findOrInsert(
      parent, directory, tree[parent].flags.contains(.link) ? [.directory, .link] : .directory)
    if !isRecursive, records(of: id)?.context != nil, !tree[id].flags.contains(.gone) {
      if let index = recordIndex(id) { records[index].stamp = scanStamp }
      return
    }
    scan(id, mode, inherited, parent: descriptor, depth: depth + 1)
  }

  /// The entry's type, asked for where the file system does not list it.
  private func entryKind(_ entry: Listing.Entry, _ descriptor: Int32, _ before: Int) -> Int {
    if entry.type != DT_UNKNOWN { return Int(entry.type) }
    guard let status = relativeStatus(descriptor, before, followsLinks: false) else { return DT_UNKNOWN }
    return status.isDirectory ? DT_DIR : status.isRegular ? DT_REG : status.isLink ? DT_LNK : DT_UNKNOWN
  }

  private func leadsToDirectory(_ descriptor: Int32, _ before: Int) -> Bool {
    relativeStatus(descriptor, before, followsLinks: true)?.isDirectory ?? false
  }

  private func relativeStatus(_ descriptor: Int32, _ before: Int, followsLinks: Bool) -> FileStatus? {
    let name = UnsafeRawPointer(path.bytes + before + 1).assumingMemoryBound(to: CChar.self)
    return FileStatus.read(name, followsLinks: followsLinks, at: descriptor)
  }

  private func openDirectory(_ id: NodeID, _ parent: Int32) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK
    if parent >= 0 {
      let name = UnsafeRawPointer(path.bytes + path.nameOffset).assumingMemoryBound(to: CChar.self)
      return openat(parent, name, flags | O_NOFOLLOW)
    }
    return path.withCPath { open($0, flags) }
  }

  private func cannotOpen(_ id: NodeID, _ code: Int32, _ mode: ScanMode, _ inherited: DirectoryContext) {
    guard let index = recordIndex(id) else { return }
    switch code {
    case ENOENT, ENOTDIR, ELOOP:
      if mode != .compare, records[index].watch >= 0 {
        // It was renamed or deleted since; the events that say so are on their way.
        records[index].context = inherited
        return
      }
      if tree[id].firstChild < 0 { removeDirectory(id, .silently) } else { removeDirectory(id, .waiting) }
    default:
      records[index].flags.insert(.unreadable)
      records[index].context = inherited
      if let status = path.withCPath({ FileStatus.read($0, followsLinks: true) }) {
        records[index].device = status.device
        records[index].inode = status.inode
      }
      warn(.unreadableDirectory(path: path.text, errno: code))
    }
  }

  /// Notes which directory this is; false when it is in this tree already (a link into it, or a loop of links).
  private func takeIdentity(_ id: NodeID, _ status: FileStatus) -> Bool {
    guard let index = recordIndex(id) else { return false }
    if followsSymlinks {
      releaseIdentity(index)
      let identity = DirectoryIdentity(top: records[index].top, device: status.device, inode: status.inode)
      if let other = identities[identity], other != id, tree[other].flags.contains(.inUse) {
        if tree[id].flags.contains(.link) || !tree[other].flags.contains(.link) {
          removeDirectory(id, .silently)
          return false
        }
        // The real directory takes the place of a link to it.
        removeDirectory(other, .silently)
      }
      identities[identity] = id
    }
    records[index].device = status.device
    records[index].inode = status.inode
    return true
  }
}
