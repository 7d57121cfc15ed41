/// The ignore files that hold in a directory, the strongest first: its own, its parents', the repository's
/// `info/exclude`, the person's own.
final class IgnoreChain {
  let patterns: PatternList
  /// The file itself.
  let path: [UInt8]
  /// The length of the directory's path to which the patterns are relative.
  let baseLength: Int
  let next: IgnoreChain?

  init(patterns: PatternList, path: [UInt8], baseLength: Int, next: IgnoreChain?) {
    self.patterns = patterns
    self.path = path
    self.baseLength = baseLength
    self.next = next
  }

  /// The pattern that excludes the path, if the last word on it is to exclude.
  func excludes(_ candidate: CompiledRule.Candidate) -> RuleOrigin? {
    var link: IgnoreChain? = self
    while let chain = link {
      let start = chain.baseLength + 1
      if candidate.length > start,
        let entry = chain.patterns.lastMatch(
          path: candidate.path + start, length: candidate.length - start,
          nameOffset: candidate.nameOffset - start, isDirectory: candidate.isDirectory)
      {
        return entry.isNegative ? nil : .ignoreFile(chain, line: Int(entry.line))
      }
      link = chain.next
    }
    return nil
  }

  func display(root: [UInt8]) -> String {
    guard PathBytes.contains(root, path) else { return PathBytes.text(path) }
    return String(decoding: path.dropFirst(root.count + 1), as: UTF8.self)
  }
}

/// The set states and ignore files of a directory; shared by all directories in which they are the same.
final class DirectoryContext {
  let states: [SetState]
  let chain: IgnoreChain?

  init(states: [SetState], chain: IgnoreChain?) {
    self.states = states
    self.chain = chain
  }
}
