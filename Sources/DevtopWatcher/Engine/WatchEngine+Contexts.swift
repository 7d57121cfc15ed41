extension WatchEngine {
  /// What holds for a directory in one of this context; nil when no set needs it.
  func childContext(_ directory: CompiledRule.Candidate, in parent: DirectoryContext) -> DirectoryContext? {
    let context = anyChildContext(directory, in: parent)
    return context.states.contains { $0.needsWatch } ? context : nil
  }

  func anyChildContext(_ directory: CompiledRule.Candidate, in parent: DirectoryContext) -> DirectoryContext {
    var changed: [SetState]?
    for (index, set) in sets.enumerated() {
      let before = parent.states[index]
      let state = set.state(of: directory, in: before, parent.chain)
      if changed != nil {
        changed?.append(state)
      } else if !state.isSame(as: before) {
        changed = Array(parent.states[..<index]) + [state]
      }
    }
    guard let changed else { return parent }
    var chain = parent.chain
    if chain == nil, usesGitignore, changed.contains(where: { $0.needsWatch }) {
      chain = chainAbove(directory)
    }
    return DirectoryContext(states: changed, chain: chain)
  }

  /// What `path`, or another buffer, is as something to judge.
  func candidate(isDirectory: Bool, at place: PathBuffer? = nil) -> CompiledRule.Candidate {
    let place = place ?? path
    return CompiledRule.Candidate(
      path: place.bytes, length: place.length, nameOffset: place.nameOffset, isDirectory: isDirectory)
  }

  func isWatched(_ file: CompiledRule.Candidate, _ context: DirectoryContext) -> Bool {
    for (index, set) in sets.enumerated() {
      if case .watched = set.judge(file, in: context.states[index], context.chain) { return true }
    }
    return false
  }

  /// What holds for the entries of the directory at `path`, with its own ignore file.
  func ownContext(_ inherited: DirectoryContext, hasIgnoreFile: Bool, hasRepository: Bool) -> DirectoryContext
  {
    guard usesGitignore, hasIgnoreFile || hasRepository else { return inherited }
    var chain = inherited.chain
    let directory = path.array
    if hasRepository { chain = git.chain(repository: directory) }
    if hasIgnoreFile { chain = GitExcludes.adding(directory: directory, to: chain, report: warn) }
    if chain === inherited.chain { return inherited }
    return DirectoryContext(states: inherited.states, chain: chain)
  }

  /// The ignore files of the directories above a root, up to the top of the repository it is in.
  private func chainAbove(_ top: CompiledRule.Candidate) -> IgnoreChain? {
    let directory = Array(UnsafeBufferPointer(start: top.path, count: max(0, top.nameOffset - 1)))
    guard top.length > 0,
      !SmallFile.exists(Array(UnsafeBufferPointer(start: top.path, count: top.length)) + Array("/.git".utf8)),
      let repository = GitExcludes.repositoryTop(of: directory)
    else { return nil }
    var chain = git.chain(repository: repository)
    var end = repository.count
    while true {
      chain = GitExcludes.adding(directory: Array(directory[..<end]), to: chain, report: warn)
      if end >= directory.count { return chain }
      end = directory[(end + 1)...].firstIndex(of: UInt8(ascii: "/")) ?? directory.count
    }
  }

  /// What each set says to a path as the rules and ignore files are now; the path need not exist.
  func explain(_ absolute: [UInt8], isDirectory: Bool) -> [String: Verdict] {
    let place = PathBuffer()
    var context = anyChildContext(
      CompiledRule.Candidate(path: place.bytes, length: 0, nameOffset: 0, isDirectory: true),
      in: outsideContext)
    let components = absolute.split(separator: UInt8(ascii: "/"))
    for (depth, component) in components.enumerated() {
      path.set(place.array)
      context = ownContext(
        context, hasIgnoreFile: SmallFile.exists(place.array + Array("/.gitignore".utf8)),
        hasRepository: SmallFile.exists(place.array + Array("/.git".utf8)))
      component.withUnsafeBufferPointer { if let base = $0.baseAddress { place.push(base, $0.count) } }
      let isLast = depth == components.count - 1
      if isLast, !isDirectory { break }
      let directory = CompiledRule.Candidate(
        path: place.bytes, length: place.length, nameOffset: place.nameOffset, isDirectory: true)
      context = anyChildContext(directory, in: context)
    }
    let file = CompiledRule.Candidate(
      path: place.bytes, length: place.length, nameOffset: place.nameOffset, isDirectory: false)
    var verdicts: [String: Verdict] = [:]
    for (index, set) in sets.enumerated() {
      let judged =
        isDirectory
        ? context.states[index].judgement : set.judge(file, in: context.states[index], context.chain)
      switch judged {
      case .outside: break
      case .watched: verdicts[set.id] = .watched
      case .ignored(let origin): verdicts[set.id] = .ignored(by: origin.text(root: set.root))
      }
    }
    return verdicts
  }

  /// What holds above all roots.
  var outsideContext: DirectoryContext {
    DirectoryContext(states: sets.map { _ in .outside }, chain: nil)
  }
}
