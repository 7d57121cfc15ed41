import enum DevtopCore.EditorFile
import enum DevtopCore.SystemClock
import Glibc

/// What ignored changes are counted by.
struct IgnoredKey: Hashable {
  var set: Int
  var directory: NodeID
  var rule: String
}

/// How often, and the first path: the first that is not an editor's temporary file, where there is one.
struct IgnoredCount {
  var count: Int
  var example: String
  var directory: String
  var isTemporary: Bool
}

extension WatchEngine {
  func reportDirty() {
    while !dirty.isEmpty {
      let due = dirty
      dirty = []
      for id in due where tree[id].flags.contains([.inUse, .dirty]) {
        tree[id].flags.remove(.dirty)
        // It went after it changed: then that waits to be told.
        if pending[id] == nil { reportChange(id) }
      }
    }
  }

  /// Reads the file and reports it as created or modified.
  func reportChange(_ id: NodeID) {
    tree.path(id, into: place)
    guard let reading = place.withCPath({ reader.read($0) }) else {
      guard let status = place.withCPath({ FileStatus.read($0, followsLinks: false) }) else {
        return vanished(id)
      }
      // Not a file: a socket, a pipe. Or one that may not be read.
      guard status.isRegular || status.isLink else {
        return tree[id].flags.contains(.new) ? forget(id) : vanished(id)
      }
      let kind: FileChange.Kind = tree[id].flags.contains(.new) ? .created : .modified
      let old = knownContent(id)
      setStatus(id, status)
      tree[id].flags.remove([.new, .hasContent])
      return addChange(id, kind, old: old, new: nil)
    }
    let kind: FileChange.Kind = tree[id].flags.contains(.new) ? .created : .modified
    let old = knownContent(id)
    setStatus(id, reading.status)
    setContent(id, reading.content)
    tree[id].flags.remove(.new)
    addChange(id, kind, old: old, new: ContentHash(value: reading.content))
  }

  /// Reports the file as removed and takes it out of the tree.
  func reportRemoved(_ id: NodeID) {
    if !tree[id].flags.contains(.new) { addChange(id, .removed, old: knownContent(id), new: nil) }
    forget(id)
  }

  /// The attributes changed: the content is read again only when size, time or file differ.
  func reportAttributes(_ id: NodeID) {
    tree.path(id, into: place)
    guard let status = place.withCPath({ FileStatus.read($0, followsLinks: false) }) else {
      return vanished(id)
    }
    let now = SystemClock.monotonicNanoseconds
    // The end of a save that was told at its close: owner and mode are set last, and times to what they were.
    let isSaveEnd = reported[id].map { now - $0 < 5 * options.replacementWait.nanoseconds } ?? false
    let old = knownContent(id)
    let node = tree[id]
    let isSame =
      node.flags.contains([.hasStatus, .hasContent]) && node.size == status.size
      && node.modified == status.modified
      && node.inode == status.inode
    if isSame {
      if !isSaveEnd { addChange(id, .modified, old: old, new: old) }
      return
    }
    guard let reading = place.withCPath({ reader.read($0) }) else { return reportChange(id) }
    let new = ContentHash(value: reading.content)
    // A time that moves on is a touch of its own.
    let isTouched = node.flags.contains(.hasStatus) && reading.status.modified > node.modified
    setStatus(id, reading.status)
    setContent(id, reading.content)
    if isSaveEnd, old == new, !isTouched { return }
    addChange(id, .modified, old: old, new: new)
  }

  /// The file came along with its directory's rename.
  func reportRelocated(_ id: NodeID) {
    if tree[id].flags.contains(.hasContent) {
      tree[id].flags.remove(.new)
      addChange(id, .created, old: nil, new: knownContent(id))
    } else {
      tree[id].flags.insert(.new)
      markDirty(id)
    }
  }

  func knownContent(_ id: NodeID) -> ContentHash? {
    tree[id].flags.contains(.hasContent) ? ContentHash(value: tree[id].content) : nil
  }

  func setStatus(_ id: NodeID, _ status: FileStatus) {
    tree[id].size = status.size
    tree[id].modified = status.modified
    tree[id].inode = status.inode
    tree[id].flags.insert(.hasStatus)
    tree[id].serial = tree.takeSerial()
  }

  func setContent(_ id: NodeID, _ content: UInt64) {
    tree[id].content = content
    tree[id].flags.insert(.hasContent)
  }

  /// Adds a change to the batch, with what each set says.
  func addChange(_ id: NodeID, _ kind: FileChange.Kind, old: ContentHash?, new: ContentHash?) {
    tree.path(id, into: place)
    let file = candidate(isDirectory: false, at: place)
    guard let context = records(of: tree[id].parent)?.context else { return }
    var verdicts: [String: Verdict] = [:]
    for (index, set) in sets.enumerated() {
      switch set.judge(file, in: context.states[index], context.chain) {
      case .outside: break
      case .watched: verdicts[set.id] = .watched
      case .ignored(let origin):
        // Several sets may have one id; what one of them wants is wanted.
        if verdicts[set.id] == nil { verdicts[set.id] = .ignored(by: origin.text(root: set.root)) }
      }
    }
    changes.append(
      FileChange(path: place.text, kind: kind, verdicts: verdicts, oldContent: old, newContent: new))
    if kind != .removed { reported[id] = SystemClock.monotonicNanoseconds }
  }

  func countIgnored(_ entry: CompiledRule.Candidate, _ context: DirectoryContext, in directory: NodeID) {
    for (index, set) in sets.enumerated() {
      let state = context.states[index]
      let judged: Judgement
      if entry.isDirectory {
        judged = set.state(of: entry, in: state, context.chain).judgement
      } else {
        judged = set.judge(entry, in: state, context.chain)
      }
      guard case .ignored(let origin) = judged else { continue }
      let key = IgnoredKey(set: index, directory: directory, rule: origin.text(root: set.root))
      ignored[key]?.count += 1
      if let known = ignored[key], !known.isTemporary { continue }
      let bytes = UnsafeBufferPointer(start: entry.path, count: entry.length)
      let example = String(decoding: bytes, as: UTF8.self)
      let isTemporary = EditorFile.isTemporary(example)
      if ignored[key] == nil {
        let parent = UnsafeBufferPointer(start: entry.path, count: max(0, entry.nameOffset - 1))
        ignored[key] = IgnoredCount(
          count: 1, example: example, directory: PathBytes.text(Array(parent)), isTemporary: isTemporary)
      } else if !isTemporary {
        ignored[key]?.example = example
        ignored[key]?.isTemporary = false
      }
    }
  }

  /// Sends the batch, a file once in it.
  func deliver() {
    guard !changes.isEmpty || !ignored.isEmpty else { return }
    let batch = ChangeBatch(
      changes: Self.coalesced(changes),
      ignored: ignored.map { key, value in
        IgnoredChanges(
          set: sets[key.set].id, rule: key.rule, directory: value.directory, example: value.example,
          count: value.count)
      },
      monotonicNanoseconds: SystemClock.monotonicNanoseconds)
    changes = []
    ignored = [:]
    guard !batch.changes.isEmpty || !batch.ignored.isEmpty else { return }
    send(.changes(batch))
  }

  private static func coalesced(_ changes: [FileChange]) -> [FileChange] {
    guard changes.count > 1 else { return changes }
    var result: [FileChange?] = []
    var places: [String: Int] = [:]
    for change in changes {
      guard let place = places[change.path], let first = result[place] else {
        places[change.path] = result.count
        result.append(change)
        continue
      }
      var merged = change
      merged.oldContent = first.oldContent
      switch (first.kind, change.kind) {
      case (.created, .removed):
        result[place] = nil
        places[change.path] = nil
        continue
      case (.created, .created), (.created, .modified): merged.kind = .created
      case (.removed, .created), (.removed, .modified): merged.kind = .modified
      case (.modified, _), (.removed, .removed): break
      }
      result[place] = merged
    }
    return result.compactMap { $0 }
  }
}
