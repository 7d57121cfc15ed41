/// A `WatchRule` made ready for comparing.
struct CompiledRule {
  enum Matcher {
    /// `isFloating`: it starts with `**/`, so that it holds in every directory of the set's scope.
    case glob(PatternList, base: [UInt8], isFloating: Bool)
    case everything
    case extensions([[UInt8]])
    case directory([UInt8])
    case file([UInt8])
    case regex(PathRegex)
  }

  /// The path that is being judged.
  struct Candidate {
    var path: UnsafePointer<UInt8>
    var length: Int
    var nameOffset: Int
    var isDirectory: Bool
  }

  let origin: String
  let matcher: Matcher
  /// The absolute path that is, or contains, everything the rule can match; nil when it can match anywhere.
  let literal: [UInt8]?
  let beatsGitignore: Bool
  let beside: [UInt8]?

  /// Compiles a rule of a set with this root; `reachesContents`: a glob `x/**` stands for `x/` too.
  ///
  /// - Throws: `PathRegex.CompileError` when it is a malformed expression.
  init(_ rule: WatchRule, root: [UInt8], reachesContents: Bool) throws(PathRegex.CompileError) {
    origin = rule.origin
    beatsGitignore = rule.beatsGitignore
    beside = rule.beside.map { Array($0.utf8) }
    switch rule.pattern {
    case .glob(let text):
      (matcher, literal) = Self.glob(Array(text.utf8), root: root, reachesContents: reachesContents)
    case .extensions(let names):
      matcher =
        names.contains("*") ? .everything : .extensions(names.map { [UInt8(ascii: ".")] + Array($0.utf8) })
      literal = nil
    case .directory(let text):
      let path = PathBytes.normalized(Array(text.utf8), base: root)
      matcher = .directory(path)
      literal = path
    case .file(let text):
      let path = PathBytes.normalized(Array(text.utf8), base: root)
      matcher = .file(path)
      literal = path
    case .regex(let expression):
      matcher = .regex(try PathRegex(expression))
      literal = nil
    }
  }

  private static func glob(_ text: [UInt8], root: [UInt8], reachesContents: Bool) -> (Matcher, [UInt8]?) {
    let slash = UInt8(ascii: "/")
    var pattern = text
    while pattern.starts(with: [UInt8(ascii: "."), slash]) { pattern.removeFirst(2) }
    var base = root
    if pattern.first == slash, !root.isEmpty, PathBytes.contains(root, pattern) {
      pattern.removeFirst(root.count)
    }
    while pattern.starts(with: [UInt8(ascii: "."), UInt8(ascii: "."), slash]) {
      pattern.removeFirst(2)
      base = PathBytes.normalized([UInt8(ascii: "."), UInt8(ascii: ".")], base: base)
      while pattern.starts(with: [slash, UInt8(ascii: "."), UInt8(ascii: "."), slash]) {
        pattern.removeFirst(3)
        base = PathBytes.normalized([UInt8(ascii: "."), UInt8(ascii: ".")], base: base)
      }
    }
    if reachesContents, pattern.count > 3,
      pattern.suffix(3).elementsEqual([slash] + [UInt8](repeating: 42, count: 2))
    {
      pattern.removeLast(2)
      if !pattern.dropLast().contains(slash) { pattern.insert(slash, at: 0) }
    }
    let isNameOnly = !pattern.dropLast().contains(slash)
    let isFloating = pattern.starts(with: [42, 42, slash])
    let list = PatternList(glob: pattern)
    if isNameOnly || isFloating {
      return (.glob(list, base: base, isFloating: isFloating), base == root ? nil : base)
    }
    var literal = base
    for component in pattern.split(separator: slash) {
      if component.contains(where: Wildmatch.isSpecial) { break }
      literal += [slash] + component
    }
    return (.glob(list, base: base, isFloating: false), literal)
  }

  /// Whether the rule matches this very path.
  func matches(_ candidate: Candidate) -> Bool {
    switch matcher {
    case .everything:
      return !candidate.isDirectory
    case .extensions(let extensions):
      return !candidate.isDirectory && extensions.contains { Self.ends(candidate, with: $0) }
    case .glob(let list, let base, let isFloating):
      let isInside =
        PathBytes.contains(base, candidate.path, candidate.length) && candidate.length > base.count
      // Elsewhere in the scope only names and floating globs have a meaning; offset 1 skips the first slash.
      let start = isInside ? base.count + 1 : 1
      guard isInside || isFloating || literal == nil, candidate.length > 0 else { return false }
      let found = list.lastMatch(
        path: candidate.path + start, length: candidate.length - start,
        nameOffset: candidate.nameOffset - start,
        isDirectory: candidate.isDirectory)
      return found != nil
    case .directory(let path):
      return candidate.isDirectory && path.count == candidate.length
        && PathBytes.contains(path, candidate.path, candidate.length)
    case .file(let path):
      return !candidate.isDirectory && path.count == candidate.length
        && PathBytes.contains(path, candidate.path, candidate.length)
    case .regex(let regex):
      return !candidate.isDirectory && regex.isFound(in: candidate.path, length: candidate.length)
    }
  }

  /// Whether the rule matches the path or a directory that it is in.
  func matchesPathOrParent(_ candidate: Candidate) -> Bool {
    if matches(candidate) { return true }
    // The text is copied, so that each parent can end with a NUL byte.
    let parent = PathBuffer()
    parent.set(Array(UnsafeBufferPointer(start: candidate.path, count: candidate.length)))
    while parent.nameOffset > 1 {
      parent.truncate(to: parent.nameOffset - 1)
      let outer = Candidate(
        path: parent.bytes, length: parent.length, nameOffset: parent.nameOffset, isDirectory: true)
      if matches(outer) { return true }
    }
    return false
  }

  /// Whether the rule's literal part names this directory or something in it.
  func namesInside(_ directory: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    guard let literal else { return false }
    return PathBytes.contains(directory, length, literal)
  }

  /// Whether the rule can match anything in this directory.
  func canReach(_ directory: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    guard let literal else { return true }
    return PathBytes.contains(directory, length, literal) || PathBytes.contains(literal, directory, length)
  }

  private static func ends(_ candidate: Candidate, with suffix: [UInt8]) -> Bool {
    let start = candidate.length - suffix.count
    guard start >= candidate.nameOffset else { return false }
    for index in 0..<suffix.count where candidate.path[start + index] != suffix[index] { return false }
    return true
  }
}
