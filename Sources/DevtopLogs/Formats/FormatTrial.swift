package import DevtopCore

/// What a format makes of lines, for a person who writes one.
package struct FormatTrial {
  /// A line that the format matches.
  package struct Match: Equatable, Sendable {
    /// From 1.
    package var number: Int
    package var text: String
    package var fields: [Field]
    package var level: LogLevel?
  }

  /// A named group that took part in a match, with its text.
  package struct Field: Equatable, Sendable {
    package var name: String
    package var value: String
  }

  /// A line that the format does not match.
  package struct Miss: Equatable, Sendable {
    /// From 1.
    package var number: Int
    package var text: String
    /// The expression took too many steps on it.
    package var isTooSlow: Bool
  }

  /// So many of each are kept.
  private static let keptMatches = 3
  private static let keptMisses = 5

  package private(set) var lineCount = 0
  package private(set) var matchCount = 0
  package private(set) var slowCount = 0
  /// The first few.
  package private(set) var matches: [Match] = []
  /// The first few.
  package private(set) var misses: [Miss] = []
  private let format: LineFormat
  private let regex = RegexRunner()

  package init(_ format: LineFormat) { self.format = format }

  /// Asks for one line, as a program printed it, without its end.
  package mutating func take(_ line: UnsafeBufferPointer<UInt8>) {
    lineCount += 1
    let line = line.last == 0x0D ? UnsafeBufferPointer(rebasing: line.dropLast()) : line
    if LineText.isDirty(line) {
      LineText.plain(line).withUnsafeBufferPointer { takePlain($0) }
    } else {
      takePlain(line)
    }
  }

  private mutating func takePlain(_ line: UnsafeBufferPointer<UInt8>) {
    func text() -> String { LineText.styled(line).plain }
    let answer = regex.matchGroups(of: format, in: line, isASCII: regex.isASCII(line))
    switch answer {
    case .match:
      matchCount += 1
      guard matches.count < Self.keptMatches else { return }
      let fields = format.fields(of: line, matchedBy: regex)
      matches.append(
        Match(
          number: lineCount, text: text(), fields: fields.map { Field(name: $0.name, value: $0.value) },
          level: format.level(of: line, matchedBy: regex)))
    case .none, .limit:
      var isTooSlow = false
      if case .limit = answer { isTooSlow = true }
      if isTooSlow { slowCount += 1 }
      if misses.count < Self.keptMisses {
        misses.append(Miss(number: lineCount, text: text(), isTooSlow: isTooSlow))
      }
    }
  }
}
