import DevtopCore

/// Tells what one word at a line's start is: a level, something that comes before a level, or text.
enum LevelToken {
  /// The level, if the word is one in a form that loggers use.
  ///
  /// `ERROR`, `ERR`, `ERROR:`, `ERROR:root:…`, `[error]`, `<warn>`, `error:`, `error[E0308]:`, `WARN[0003]`,
  /// `E0102` (klog); between tabs any case.
  static func level(_ word: UnsafeBufferPointer<UInt8>, isBetweenTabs: Bool) -> LogLevel? {
    guard let first = word.first else { return nil }
    if isBetweenTabs, let level = LevelWord.level(word) { return level }
    var start = 0
    if first == 0x5B || first == 0x3C || first == 0x28 || first == 0x7C { start = 1 }  // [ < ( |
    var end = start
    var isUpper = true
    while end < word.count, isLetter(word[end]) {
      if word[end] & 0x20 != 0 { isUpper = false }
      end += 1
    }
    let core = UnsafeBufferPointer(rebasing: word[start..<end])
    if core.count == 1, start == 0 { return klog(word) }
    guard let level = LevelWord.level(core) else { return nil }
    let after = UnsafeBufferPointer(rebasing: word[end...])
    if after.isEmpty { return isUpper ? level : nil }
    switch after[0] {
    case 0x5D, 0x3E, 0x29, 0x7C: return start == 1 || isUpper ? level : nil  // ] > ) |
    case 0x3A: return isUpper || after.count == 1 ? level : nil  // :
    case 0x5B: return isBracketedNumber(after) && (isUpper || after.last == 0x3A) ? level : nil  // [
    default: return nil
    }
  }

  /// Whether the word is of the kind that comes before a level: a time, a name in brackets, `prog:`, `api-1`, `|`.
  static func isPrefix(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = word.first, let last = word.last else { return false }
    if isDigit(first) || isSeparator(word) || last == 0x3A { return true }
    if first == 0x5B || first == 0x28 || first == 0x3C { return true }
    if isMonth(word) { return true }
    let hasDigit = word.contains(where: isDigit)
    return hasDigit && word.contains { $0 == 0x2D || $0 == 0x2E || $0 == 0x5F || $0 == 0x3A }
  }

  /// `-`, `|`, `---`, `::`.
  static func isSeparator(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    !word.isEmpty && word.allSatisfy { $0 == 0x2D || $0 == 0x7C || $0 == 0x3A }
  }

  /// The name of a month, with which old syslog lines begin (RFC 3164 §4.1.2).
  static func isMonth(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard word.count == 3 else { return false }
    return months.contains { ByteReader.equals(word, $0) }
  }

  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `I0102` (glog and klog: the level's letter, month, day).
  private static func klog(_ word: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    guard word.count == 5, word[1...].allSatisfy(isDigit) else { return nil }
    switch word[0] {
    case UInt8(ascii: "I"): return .info
    case UInt8(ascii: "W"): return .warn
    case UInt8(ascii: "E"): return .error
    case UInt8(ascii: "F"): return .fatal
    default: return nil
    }
  }

  /// `[0003]` (logrus: seconds since start) or `[E0308]:` (rustc).
  private static func isBracketedNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let end = text.firstIndex(of: 0x5D), end > 1 else { return false }
    return text[1..<end].allSatisfy { isDigit($0) || $0 == UInt8(ascii: "E") }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
