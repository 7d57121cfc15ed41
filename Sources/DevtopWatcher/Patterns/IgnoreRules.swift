/// The patterns of one ignore file, such as a `.gitignore`.
public struct IgnoreRules: Sendable {
  /// The pattern that decides about a path.
  public struct Match: Hashable, Sendable {
    /// The line of the file, from 1.
    public var line: Int
    /// Whether the pattern excludes the path; a negated one re-includes it.
    public var excludes: Bool
  }

  private let list: PatternList

  /// Reads the bytes of an ignore file.
  public init(_ bytes: [UInt8]) { list = PatternList(ignoreFile: bytes) }

  /// The last pattern that matches the path (relative to the file's directory) itself, or nil.
  public func match(_ path: String, isDirectory: Bool = false) -> Match? {
    RelativePath.with(path) { bytes, length, nameOffset in
      list.lastMatch(path: bytes, length: length, nameOffset: nameOffset, isDirectory: isDirectory).map {
        Match(line: Int($0.line), excludes: !$0.isNegative)
      }
    }
  }

  /// The pattern that decides about the path: that of the outermost excluded directory it is in, else its own.
  ///
  /// A path cannot be re-included when a directory that it is in is excluded.
  public func decision(_ path: String, isDirectory: Bool = false) -> Match? {
    var last: Match?
    for prefix in RelativePath.prefixes(of: path, isDirectory: isDirectory) {
      last = match(prefix.path, isDirectory: prefix.isDirectory)
      if let last, last.excludes { return last }
    }
    return last
  }
}
