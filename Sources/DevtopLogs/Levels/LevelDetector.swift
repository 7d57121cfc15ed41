import DevtopCore

/// Finds the level that a line names, where loggers put it: never in the middle of a text or inside a value.
///
/// Read are: a JSON field, a logfmt field, Gin, the status of access lines, syslog's priority, panics and uncaught errors,
/// and a word at the line's start that only a time, a name in brackets and the like come before (zap, slog, zerolog,
/// logrus, Python, klog, log4j, env_logger, tracing, compilers, npm). A line in which none of these is found has no level.
enum LevelDetector {
  private static let maximumWords = 8
  private static let maximumPairs = 32
  /// A level further behind is not looked for.
  private static let maximumSearchedSize = 8 << 10

  static func level(of line: UnsafeBufferPointer<UInt8>, isDirty: Bool) -> LogLevel? {
    let line = UnsafeBufferPointer(rebasing: line.prefix(maximumSearchedSize))
    guard isDirty else { return level(ofPlain: line) }
    return LineText.plain(line).withUnsafeBufferPointer { level(ofPlain: $0) }
  }

  private static func level(ofPlain line: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    named(line) ?? LevelPhrase.access(line)
  }

  private static func named(_ line: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    var reader = ByteReader(line)
    reader.skipSpaces()
    if reader.isAtEnd { return nil }
    if reader.position == 0, let level = LevelPhrase.level(line) { return level }
    var words = 0
    var pairs = 0
    var isInBrackets = false
    var isSyslog = false
    while words < maximumWords, pairs < maximumPairs {
      let before = reader.position > 0 ? line[reader.position - 1] : 0x20
      if reader.peek == UInt8(ascii: "{") { return jsonLevel(reader.rest) }
      if let pair = pair(&reader) {
        if isLevelKey(pair.key) { return LevelWord.fieldValue(pair.value) }
        pairs += 1
        reader.skipSpaces()
        if reader.isAtEnd { return nil }
        continue
      }
      if let level = LevelPhrase.level(afterPrefix: reader.rest) { return level }
      let word = reader.word()
      let isBetweenTabs = before == 0x09 && reader.peek == 0x09
      if let level = LevelToken.level(word, isBetweenTabs: isBetweenTabs) { return level }
      reader.skipSpaces()
      if reader.isAtEnd { return nil }
      if words == 0 { isSyslog = LevelToken.isMonth(word) }
      if word.first == UInt8(ascii: "[") { isInBrackets = true }
      let wasInBrackets = isInBrackets
      if word.contains(UInt8(ascii: "]")) { isInBrackets = false }
      let isPrefix =
        wasInBrackets || LevelToken.isPrefix(word) || (isSyslog && words == 3)
        || LevelToken.isSeparator(ByteReader(line, at: reader.position).firstWord)
      guard isPrefix else { return nil }
      words += 1
    }
    return nil
  }

  // MARK: Fields

  private static func jsonLevel(_ text: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    guard var fields = JSONFields(text) else { return nil }
    while let (key, value) = fields.next() {
      guard isLevelKey(key) else { continue }
      switch value {
      case .string(let word), .scalar(let word): return LevelWord.fieldValue(word)
      case .nested: continue
      }
    }
    return nil
  }

  private static func isLevelKey(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
    switch key.count {
    case 1: key[0] == UInt8(ascii: "L")
    case 3: ByteReader.equals(key, "lvl")
    case 5:
      ByteReader.equals(key, "level") || ByteReader.equals(key, "Level") || ByteReader.equals(key, "LEVEL")
    case 8:
      ByteReader.equals(key, "severity") || ByteReader.equals(key, "loglevel")
        || ByteReader.equals(key, "logLevel")
    case 9:
      ByteReader.equals(key, "levelname") || ByteReader.equals(key, "log.level")
        || ByteReader.equals(key, "log_level") || ByteReader.equals(key, "log-level")
    default: false
    }
  }

  /// `key=value` or `key="a value"`, if that comes next.
  static func pair(
    _ reader: inout ByteReader
  ) -> (key: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)? {
    var trial = reader
    let key = trial.take { byte in
      let lower = byte | 0x20
      return lower >= 0x61 && lower <= 0x7A || byte == 0x5F || byte == 0x2E || byte == 0x2D
        || byte >= 0x30 && byte <= 0x39
    }
    guard let first = key.first, first | 0x20 >= 0x61, trial.skip(UInt8(ascii: "=")) else { return nil }
    defer { reader = trial }
    guard trial.skip(UInt8(ascii: "\"")) else { return (key, trial.word()) }
    return (key, trial.quotedRest())
  }
}

extension ByteReader {
  fileprivate var firstWord: UnsafeBufferPointer<UInt8> {
    var copy = self
    return copy.word()
  }
}
