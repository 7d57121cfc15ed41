import CPCRE2
package import DevtopCore

/// A shape of log lines: a regular expression whose named groups are fields of the lines that it matches.
package final class LineFormat: Sendable {
  package let name: String
  let pattern: TextPattern
  /// The named groups, in their order in the expression.
  let groups: [Group]
  /// All groups and the match itself.
  let groupCount: Int
  private let levels: [(word: [UInt8], level: LogLevel)]
  private let levelGroup: Int?

  struct Group: Equatable {
    var name: String
    var number: Int
  }

  /// The group that tells the line's level.
  private static let levelName = "level"

  /// - Throws: `LineFormatError`, also for an expression that is too slow on lines that it does not match.
  package init(_ settings: LineFormatSettings) throws(LineFormatError) {
    name = settings.name
    do throws(TextPattern.SyntaxError) {
      pattern = try TextPattern(lineRegex: settings.pattern)
    } catch {
      throw LineFormatError(error, in: settings.pattern)
    }
    groups = pattern.namedGroups
    guard !groups.isEmpty else { throw .noNamedGroup }
    for (place, group) in groups.enumerated()
    where groups[..<place].contains(where: { $0.name == group.name }) {
      throw .repeatedName(group.name)
    }
    groupCount = pattern.groupCount + 1
    levels = settings.levels.map { (Array($0.key.utf8), $0.value) }
    levelGroup = groups.first { $0.name == Self.levelName }?.number
    guard !isTooSlow else { throw .tooSlow }
  }

  /// Whether there is a group `level`.
  package var tellsLevel: Bool { levelGroup != nil }

  func group(named name: String) -> Int? { groups.first { $0.name == name }?.number }

  /// The level of the line that `regex` has just matched, by the group `level`; where that took no part, or there is
  /// none, by what `LevelDetector` knows.
  func level(of line: UnsafeBufferPointer<UInt8>, matchedBy regex: RegexRunner) -> LogLevel? {
    guard let range = levelGroup.flatMap({ regex.group($0) }) else {
      return LevelDetector.level(of: line, isDirty: false)
    }
    let word = UnsafeBufferPointer(rebasing: line[range])
    return levels.first { $0.word.elementsEqual(word) }?.level ?? LevelWord.fieldValue(word)
  }

  /// The fields of the line that `regex` has just matched, as text.
  func fields(
    of line: UnsafeBufferPointer<UInt8>, matchedBy regex: RegexRunner
  ) -> [(name: String, value: String)] {
    groups.compactMap { group in
      regex.group(group.number).map {
        (group.name, LineText.styled(UnsafeBufferPointer(rebasing: line[$0])).plain)
      }
    }
  }

  // MARK: Slowness

  /// Short enough for expressions that go back over a line a few times, too long for those that do so without end.
  private static let trialLength = 32

  /// Whether the expression reaches the limit on a short line that goes on with what nobody expects; all that a line
  /// may be required to have is in it, as PCRE2 looks for that first.
  private var isTooSlow: Bool {
    let regex = RegexRunner()
    let rest = "\u{1}" + String(decoding: UInt8(ascii: " ")...UInt8(ascii: "~"), as: UTF8.self)
    return ["a", "0", " ", "a ", "0.", "a=", "[", "\"", ":"].contains { (part: String) in
      let text = String(repeating: part, count: Self.trialLength / part.utf8.count) + rest
      return Array(text.utf8).withUnsafeBufferPointer { line in
        if case .limit = regex.matchGroups(of: self, in: line, isASCII: true) { true } else { false }
      }
    }
  }
}

extension LineFormat: Hashable {
  package static func == (left: LineFormat, right: LineFormat) -> Bool { left === right }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension TextPattern {
  /// How many groups the expression has, those without a name included.
  fileprivate var groupCount: Int {
    var count: UInt32 = 0
    pcre2_pattern_info_8(line, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
    return Int(count)
  }

  /// The groups that have a name, by their numbers.
  fileprivate var namedGroups: [LineFormat.Group] {
    var count: UInt32 = 0
    var size: UInt32 = 0
    var table: UnsafePointer<UInt8>?
    pcre2_pattern_info_8(line, UInt32(PCRE2_INFO_NAMECOUNT), &count)
    pcre2_pattern_info_8(line, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &size)
    pcre2_pattern_info_8(line, UInt32(PCRE2_INFO_NAMETABLE), &table)
    guard let table else { return [] }
    // Each entry is the number in two bytes, the name, and a zero (pcre2api(3), PCRE2_INFO_NAMETABLE).
    return (0..<Int(count)).map { index in
      let entry = table + index * Int(size)
      return LineFormat.Group(
        name: String(cString: entry + 2), number: Int(entry[0]) << 8 | Int(entry[1]))
    }.sorted { $0.number < $1.number }
  }
}
