import DevtopCore

/// The words that loggers use for levels.
enum LevelWord {
  /// The level that a word names, whatever its case.
  static func level(_ word: UnsafeBufferPointer<UInt8>) -> LogLevel? { find(word, in: words) }

  /// The level that the value of a `level` field names: a few words more, a number, or a word with an offset
  /// (slog: `INFO+2`).
  static func fieldValue(_ value: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    let word = UnsafeBufferPointer(rebasing: value.prefix { $0 != 0x2B && $0 != 0x2D })
    if let level = find(word, in: words) ?? find(word, in: fieldWords) { return level }
    var reader = ByteReader(value)
    guard let number = reader.number(), reader.isAtEnd else { return nil }
    switch number {
    case 0...7: return severity(number)  // As in GELF.
    case 10..<20: return .trace  // pino, bunyan, and Python's from 20 on.
    case 20..<30: return .debug
    case 30..<40: return .info
    case 40..<50: return .warn
    case 50..<60: return .error
    case 60...100: return .fatal
    default: return nil
    }
  }

  /// Syslog's severities, from 0 to 7 (RFC 5424 §6.2.1).
  static func severity(_ number: Int) -> LogLevel {
    switch number {
    case ...2: .fatal
    case 3: .error
    case 4: .warn
    case 5...6: .info
    default: .debug
    }
  }

  private static func find(_ word: UnsafeBufferPointer<UInt8>, in table: [UInt64: LogLevel]) -> LogLevel? {
    guard word.count >= 3, word.count <= 8 else { return nil }
    var packed: UInt64 = 0
    for byte in word {
      let lower = byte | 0x20
      guard lower >= UInt8(ascii: "a"), lower <= UInt8(ascii: "z") else { return nil }
      packed = packed << 8 | UInt64(lower)
    }
    return table[packed]
  }

  private static let words = table([
    .trace: ["trace", "trc"],
    .debug: ["debug", "dbg"],
    .info: ["info", "inf", "notice"],
    .warn: ["warn", "warning", "wrn"],
    .error: ["error", "err", "severe"],
    .fatal: ["fatal", "ftl", "crit", "critical", "panic", "pnc", "dpanic", "alert", "emerg"],
  ])

  private static let fieldWords = table([
    .trace: ["verbose", "silly", "finest", "finer"],
    .debug: ["fine", "config"],
    .info: ["http", "log", "note", "default"],
  ])

  private static func table(_ words: [LogLevel: [StaticString]]) -> [UInt64: LogLevel] {
    var table: [UInt64: LogLevel] = [:]
    for (level, words) in words {
      for word in words {
        table[word.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt64($1) } }] = level
      }
    }
    return table
  }
}
