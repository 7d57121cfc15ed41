/// What people write in globs of a configuration beyond gitignore(5): choices in braces, and mistakes.
enum GlobText {
  /// More choices than this are a mistake.
  private static let choiceLimit = 256

  /// One pattern for each choice of the braces, as in bash(1): `*.{js,ts}` is `*.js` and `*.ts`.
  ///
  /// Braces without a comma, behind a backslash or without a partner mean themselves.
  ///
  /// - Returns: nil where there are more than 256.
  static func choices(of pattern: String) -> [String]? {
    var done: [String] = []
    var open = [Array(pattern.utf8)]
    while let next = open.popLast() {
      guard let (range, choices) = firstBraces(in: next) else {
        done.append(String(decoding: next, as: UTF8.self))
        continue
      }
      guard done.count + open.count + choices.count <= choiceLimit else { return nil }
      for choice in choices.reversed() {
        open.append(Array([next[..<range.lowerBound], choice, next[range.upperBound...]].joined()))
      }
    }
    return done
  }

  /// What is wrong with a pattern that can match nothing: a bracket that is never closed, a backslash at the end.
  static func fault(in pattern: String) -> String? {
    let bytes = Array(pattern.utf8)
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"):
        guard index + 1 < bytes.count else { return "it ends with a backslash" }
        index += 2
      case UInt8(ascii: "["):
        guard let end = classEnd(bytes, index) else {
          return "its [ is never closed (\\[ means the character)"
        }
        index = end + 1
      default: index += 1
      }
    }
    return nil
  }

  /// Where the bracket expression that begins at `start` ends: at a `]` that is not its first member.
  private static func classEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
    var index = start + 1
    if index < bytes.count, bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "^") {
      index += 1
    }
    var isFirst = true
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "]"), !isFirst { return index }
      isFirst = false
      if byte == UInt8(ascii: "["), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: ":"),
        let end = bytes[(index + 2)...].firstIndex(of: UInt8(ascii: ":")), end + 1 < bytes.count,
        bytes[end + 1] == UInt8(ascii: "]")
      {
        index = end + 2
      } else {
        index += byte == UInt8(ascii: "\\") ? 2 : 1
      }
    }
    return nil
  }

  private static func firstBraces(in bytes: [UInt8]) -> (Range<Int>, [ArraySlice<UInt8>])? {
    var start = 0
    while start < bytes.count {
      if bytes[start] == UInt8(ascii: "\\") {
        start += 2
        continue
      }
      if bytes[start] == UInt8(ascii: "{"), let found = choices(in: bytes, from: start) { return found }
      start += 1
    }
    return nil
  }

  /// The choices of the brace at `start`, when it has a partner and a comma of its own.
  private static func choices(in bytes: [UInt8], from start: Int) -> (Range<Int>, [ArraySlice<UInt8>])? {
    var choices: [ArraySlice<UInt8>] = []
    var depth = 0
    var begin = start + 1
    var index = start
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ",") where depth == 1:
        choices.append(bytes[begin..<index])
        begin = index + 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 {
          choices.append(bytes[begin..<index])
          return choices.count > 1 ? (start..<index + 1, choices) : nil
        }
      default: break
      }
      index += 1
    }
    return nil
  }
}
