/// A `WatchSet` made ready for judging paths.
struct CompiledSet {
  let id: String
  let root: [UInt8]
  /// The directories at which watching starts; one that is only there for single rules is in `passingTops`.
  let tops: [[UInt8]]
  let passingTops: [[UInt8]]
  let usesGitignore: Bool
  let followsSymlinks: Bool
  private let skipsHiddenDirectories: Bool
  private let always: [CompiledRule]
  private let includes: [CompiledRule]
  private let excludes: [CompiledRule]
  /// The built-in rules that are plain names, together, and where each comes from; and the others.
  private let builtInNames: PatternList
  private let builtInOrigins: [RuleOrigin]
  private let builtIns: [CompiledRule]
  private let notIncluded: RuleOrigin

  init(_ set: WatchSet, report: (WatchWarning) -> Void) {
    let root = PathBytes.normalized(Array(set.root.utf8), base: [])
    func compile(_ rules: [WatchRule], reachesContents: Bool) -> [CompiledRule] {
      rules.compactMap { rule in
        do throws(PathRegex.CompileError) {
          return try CompiledRule(rule, root: root, reachesContents: reachesContents)
        } catch {
          report(.invalidRule(origin: rule.origin, reason: error.message))
          return nil
        }
      }
    }
    id = set.id
    self.root = root
    usesGitignore = set.usesGitignore
    followsSymlinks = set.followsSymlinks
    skipsHiddenDirectories = set.skipsHiddenDirectories
    always = compile(set.alwaysWatched, reachesContents: false)
    includes = compile(set.includes, reachesContents: false)
    excludes = compile(set.excludes, reachesContents: true)
    var names: [[UInt8]] = []
    var origins: [RuleOrigin] = []
    var others: [WatchRule] = []
    for rule in set.builtInIgnores {
      if case .glob(let text) = rule.pattern, rule.beside == nil,
        !text.utf8.dropLast().contains(UInt8(ascii: "/"))
      {
        names.append(Array(text.utf8))
        origins.append(.text(rule.origin))
      } else {
        others.append(rule)
      }
    }
    builtInNames = PatternList(globs: names)
    builtInOrigins = origins
    builtIns = compile(others, reachesContents: true)
    notIncluded = .text(
      set.includes.first.map { "not included by \($0.origin)" } ?? "outside the watched directories")
    let tops =
      set.scope.isEmpty ? [root] : set.scope.map { PathBytes.normalized(Array($0.utf8), base: root) }
    self.tops = tops
    passingTops = (always + includes).compactMap { rule in
      guard let literal = rule.literal, !tops.contains(where: { PathBytes.contains($0, literal) }) else {
        return nil
      }
      if case .file = rule.matcher { return Self.parent(of: literal) }
      return literal
    }
  }

  /// What the set says to a file in a directory of this state.
  func judge(_ file: CompiledRule.Candidate, in state: SetState, _ chain: IgnoreChain?) -> Judgement {
    switch state {
    case .outside:
      return .outside
    case .ignored(let origin):
      return .ignored(origin)
    case .passing(let origin, let depth):
      if always.contains(where: { $0.namesInside(file.path, depth) && $0.matchesPathOrParent(file) }) {
        return .watched
      }
      guard includes.contains(where: { $0.namesInside(file.path, depth) && $0.matchesPathOrParent(file) })
      else {
        return .ignored(origin)
      }
      if let rule = firstMatch(excludes, file) { return .ignored(.text(rule.origin)) }
      return .watched
    case .open(let inherited):
      if firstMatch(always, file) != nil { return .watched }
      if let rule = firstMatch(excludes, file) { return .ignored(.text(rule.origin)) }
      var inclusion = includes.isEmpty ? .plain : inherited
      var isNamed = false
      for rule in includes where !isNamed && rule.matches(file) {
        inclusion = max(inclusion, rule.beatsGitignore ? .beatsGitignore : .plain)
        if case .file = rule.matcher { isNamed = true }
      }
      if inclusion == .none { return .ignored(notIncluded) }
      if !isNamed, let origin = builtIn(file) { return .ignored(origin) }
      if usesGitignore, inclusion < .beatsGitignore, let origin = chain?.excludes(file) {
        return .ignored(origin)
      }
      return .watched
    }
  }

  /// What the set says to a directory in one of this state.
  func state(of directory: CompiledRule.Candidate, in parent: SetState, _ chain: IgnoreChain?) -> SetState {
    if isTop(directory) { return .open(inclusion(of: directory, .none)) }
    let isPassingTop = passingTops.contains {
      $0.count == directory.length && PathBytes.contains($0, directory.path, directory.length)
    }
    switch parent {
    case .outside:
      return isPassingTop ? .passing(notIncluded, depth: directory.length) : .outside
    case .ignored(let origin):
      return isPassingTop ? .passing(origin, depth: directory.length) : .ignored(origin)
    case .passing(let origin, let depth):
      if let (deeper, isFinal) = ignores(directory, nil) {
        return opens(directory, isFinal) ? .passing(deeper, depth: directory.length) : .ignored(deeper)
      }
      let isReached = (always + includes).contains {
        $0.namesInside(directory.path, depth) && $0.canReach(directory.path, directory.length)
      }
      return isReached ? .passing(origin, depth: depth) : .ignored(origin)
    case .open(let inherited):
      if let (origin, isFinal) = ignores(directory, chain) {
        return opens(directory, isFinal) ? .passing(origin, depth: directory.length) : .ignored(origin)
      }
      let inclusion = inclusion(of: directory, inherited)
      let isReached =
        includes.isEmpty || inclusion > .none
        || includes.contains { $0.canReach(directory.path, directory.length) }
      if isReached { return .open(inclusion) }
      return opens(directory, true) ? .passing(notIncluded, depth: directory.length) : .ignored(notIncluded)
    }
  }

  private func isTop(_ directory: CompiledRule.Candidate) -> Bool {
    tops.contains { $0.count == directory.length && PathBytes.contains($0, directory.path, directory.length) }
  }

  private func inclusion(of directory: CompiledRule.Candidate, _ inherited: SetState.Inclusion)
    -> SetState.Inclusion
  {
    var inclusion = inherited
    for rule in includes where inclusion < .beatsGitignore && rule.matches(directory) {
      inclusion = max(inclusion, rule.beatsGitignore ? .beatsGitignore : .plain)
    }
    return inclusion
  }

  /// The rule that ignores a directory as a whole, and whether only `alwaysWatched` opens it again.
  private func ignores(
    _ directory: CompiledRule.Candidate, _ chain: IgnoreChain?
  ) -> (origin: RuleOrigin, isFinal: Bool)? {
    if let rule = firstMatch(excludes, directory) { return (.text(rule.origin), true) }
    if skipsHiddenDirectories, directory.path[directory.nameOffset] == UInt8(ascii: ".") {
      return (.text("default: hidden directory"), false)
    }
    if let origin = builtIn(directory) { return (origin, false) }
    if usesGitignore, let origin = chain?.excludes(directory) { return (origin, false) }
    return nil
  }

  private func opens(_ directory: CompiledRule.Candidate, _ alwaysOnly: Bool) -> Bool {
    if always.contains(where: { $0.namesInside(directory.path, directory.length) }) { return true }
    return !alwaysOnly && includes.contains { $0.namesInside(directory.path, directory.length) }
  }

  private func builtIn(_ candidate: CompiledRule.Candidate) -> RuleOrigin? {
    let name = candidate.nameOffset
    let entry = builtInNames.lastMatch(
      path: candidate.path + name, length: candidate.length - name, nameOffset: 0,
      isDirectory: candidate.isDirectory)
    if let entry { return builtInOrigins[Int(entry.line) - 1] }
    return firstMatch(builtIns, candidate).map { .text($0.origin) }
  }

  private func firstMatch(_ rules: [CompiledRule], _ candidate: CompiledRule.Candidate) -> CompiledRule? {
    for rule in rules where rule.matches(candidate) {
      if let beside = rule.beside, !FileStatus.exists(beside, beside: candidate) { continue }
      return rule
    }
    return nil
  }

  private static func parent(of path: [UInt8]) -> [UInt8] {
    Array(path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
  }
}
