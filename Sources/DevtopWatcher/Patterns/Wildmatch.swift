/// Shell-like matching as git does it (`wildmatch.c` of git, after Rich Salz's `wildmat`): `*`, `?`, `[…]` with POSIX
/// classes, backslash, and with `isPath` set `**` between slashes only.
///
/// Both texts end with a NUL byte.
enum Wildmatch {
  private enum Outcome {
    case match
    case noMatch
    /// No longer text can match either.
    case abortAll
    /// Only a `**` further out can still match.
    case abortToDoubleStar
  }

  private static let slash = UInt8(ascii: "/")
  private static let backslash = UInt8(ascii: "\\")
  private static let star = UInt8(ascii: "*")
  private static let question = UInt8(ascii: "?")
  private static let open = UInt8(ascii: "[")
  private static let close = UInt8(ascii: "]")

  static func matches(
    pattern: UnsafePointer<UInt8>, text: UnsafePointer<UInt8>, isPath: Bool
  ) -> Bool {
    match(pattern, text, isPath) == .match
  }

  /// Whether the byte has a meaning of its own in a pattern.
  static func isSpecial(_ byte: UInt8) -> Bool {
    byte == star || byte == question || byte == open || byte == backslash
  }

  private static func match(
    _ patternStart: UnsafePointer<UInt8>, _ textStart: UnsafePointer<UInt8>, _ isPath: Bool
  ) -> Outcome {
    var pattern = patternStart
    var text = textStart
    while pattern.pointee != 0 {
      let byte = pattern.pointee
      if text.pointee == 0, byte != star { return .abortAll }
      switch byte {
      case question:
        if isPath, text.pointee == slash { return .noMatch }
      case star:
        let outcome = matchStar(patternStart, &pattern, &text, isPath)
        if let outcome { return outcome }
      case open:
        switch matchClass(&pattern, text.pointee) {
        case .match:
          if isPath, text.pointee == slash { return .noMatch }
        case .noMatch: return .noMatch
        case .abortAll, .abortToDoubleStar: return .abortAll
        }
      default:
        if byte == backslash { pattern += 1 }
        if text.pointee != pattern.pointee { return .noMatch }
      }
      text += 1
      pattern += 1
    }
    return text.pointee == 0 ? .match : .noMatch
  }

  /// Handles `*` and `**`; nil means: go on after the slash at which both pointers stand.
  private static func matchStar(
    _ patternStart: UnsafePointer<UInt8>, _ pattern: inout UnsafePointer<UInt8>,
    _ text: inout UnsafePointer<UInt8>, _ isPath: Bool
  ) -> Outcome? {
    let first = pattern
    var crossesSlashes = !isPath
    pattern += 1
    if pattern.pointee == star {
      while pattern.pointee == star { pattern += 1 }
      let startsComponent = first == patternStart || (first - 1).pointee == slash
      let endsComponent =
        pattern.pointee == 0 || pattern.pointee == slash
        || (pattern.pointee == backslash && pattern[1] == slash)
      if isPath, startsComponent, endsComponent {
        if pattern.pointee == slash, match(pattern + 1, text, isPath) == .match { return .match }
        crossesSlashes = true
      }
    }
    if pattern.pointee == 0 {
      return crossesSlashes || nextSlash(text) == nil ? .match : .abortToDoubleStar
    }
    if !crossesSlashes, pattern.pointee == slash {
      guard let next = nextSlash(text) else { return .abortAll }
      text = next
      return nil
    }
    while text.pointee != 0 {
      if !isSpecial(pattern.pointee) {
        while text.pointee != 0, crossesSlashes || text.pointee != slash, text.pointee != pattern.pointee {
          text += 1
        }
        if text.pointee != pattern.pointee { return crossesSlashes ? .abortAll : .abortToDoubleStar }
      }
      let outcome = match(pattern, text, isPath)
      if outcome != .noMatch {
        if !crossesSlashes || outcome != .abortToDoubleStar { return outcome }
      } else if !crossesSlashes, text.pointee == slash {
        return .abortToDoubleStar
      }
      text += 1
    }
    return .abortAll
  }

  private static func nextSlash(_ text: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var text = text
    while text.pointee != 0 {
      if text.pointee == slash { return text }
      text += 1
    }
    return nil
  }

  /// Matches one byte with the class at `pattern`, which ends up at its closing bracket.
  private static func matchClass(_ pattern: inout UnsafePointer<UInt8>, _ byte: UInt8) -> Outcome {
    pattern += 1
    var current = pattern.pointee
    let negated = current == UInt8(ascii: "!") || current == UInt8(ascii: "^")
    if negated {
      pattern += 1
      current = pattern.pointee
    }
    var previous: UInt8 = 0
    var matched = false
    repeat {
      if current == 0 { return .abortAll }
      if current == backslash {
        pattern += 1
        current = pattern.pointee
        if current == 0 { return .abortAll }
        if byte == current { matched = true }
      } else if current == UInt8(ascii: "-"), previous != 0, pattern[1] != 0, pattern[1] != close {
        pattern += 1
        current = pattern.pointee
        if current == backslash {
          pattern += 1
          current = pattern.pointee
          if current == 0 { return .abortAll }
        }
        if byte <= current, byte >= previous { matched = true }
        current = 0
      } else if current == open, pattern[1] == UInt8(ascii: ":") {
        let name = pattern + 2
        var end = name
        while end.pointee != 0, end.pointee != close { end += 1 }
        if end.pointee == 0 { return .abortAll }
        let length = end - name - 1
        if length < 0 || (end - 1).pointee != UInt8(ascii: ":") {
          if byte == open { matched = true }
          current = open
        } else {
          guard
            let isMember = CharacterClass.contains(byte, in: UnsafeBufferPointer(start: name, count: length))
          else { return .abortAll }
          if isMember { matched = true }
          pattern = end
          current = 0
        }
      } else if byte == current {
        matched = true
      }
      previous = current
      pattern += 1
      current = pattern.pointee
    } while current != close
    return matched != negated ? .match : .noMatch
  }
}
