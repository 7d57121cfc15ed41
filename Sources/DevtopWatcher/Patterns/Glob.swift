/// One glob with the meaning it has in a `.gitignore` (`gitignore(5)`), without negation.
///
/// Without a slash (but a last one) it is compared with the last component of a path, else with the whole path; a
/// slash at the end means directories only.
public struct Glob: Sendable {
  /// The pattern as it was given.
  public let pattern: String
  private let list: PatternList

  /// Makes a glob; every text is one, a malformed bracket expression matches nothing.
  public init(_ pattern: String) {
    self.pattern = pattern
    list = PatternList(glob: Array(pattern.utf8))
  }

  /// Whether the pattern matches this path itself, given relative to where the pattern holds.
  public func matches(_ path: String, isDirectory: Bool = false) -> Bool {
    RelativePath.with(path) { bytes, length, nameOffset in
      list.lastMatch(path: bytes, length: length, nameOffset: nameOffset, isDirectory: isDirectory) != nil
    }
  }

  /// Whether the pattern matches this path or one of the directories that it is in.
  public func matchesPathOrParent(_ path: String, isDirectory: Bool = false) -> Bool {
    RelativePath.prefixes(of: path, isDirectory: isDirectory).contains {
      matches($0.path, isDirectory: $0.isDirectory)
    }
  }
}
