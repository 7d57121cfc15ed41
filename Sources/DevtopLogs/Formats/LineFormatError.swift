import CPCRE2

/// Why an expression is no format of log lines.
package enum LineFormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `message` is PCRE2's; the character is counted from 1.
  case syntax(message: String, character: Int)
  case noNamedGroup
  /// The name, where it is known.
  case repeatedName(String?)
  case tooSlow

  init(_ error: TextPattern.SyntaxError, in pattern: String) {
    if error.isRepeatedName {
      self = .repeatedName(nil)
    } else {
      let before = String(decoding: pattern.utf8.prefix(error.offset), as: UTF8.self)
      self = .syntax(message: error.message, character: before.count + 1)
    }
  }

  /// Cause and way out.
  package var description: String {
    switch self {
    case .syntax(let message, let character): "at character \(character) of the expression: \(message)"
    case .noNamedGroup:
      "the expression has no named group, and so no fields; name one, as in (?<level>\\w+)"
    case .repeatedName(let name):
      "two groups have the same name\(name.map { ", \($0)" } ?? ""); give each its own, or write (?|…|…) around "
        + "alternatives that share names"
    case .tooSlow:
      "the expression takes too many steps on lines that it does not match; leave out repetitions within "
        + "repetitions, such as (\\w+)*, and say what ends a group, as [^\\]]+ does"
    }
  }
}
