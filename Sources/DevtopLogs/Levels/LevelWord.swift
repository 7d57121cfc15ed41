import DevtopCore

/// The words that loggers use for levels.
enum LevelWord {
  /// The level that a word names, whatever its case.
  static func level(_ word: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    guard word.count >= 3, word.count <= 9 else { return nil }
    var packed: UInt64 = 0
    for byte in word.prefix(8) { packed = packed << 8 | UInt64(byte | 0x20) }
    if word.count == 9 {
      return packed == pack("emergenc") && word[8] | 0x20 == UInt8(ascii: "y") ? .fatal : nil
    }
    return table[packed]
  }

  private static let table: [UInt64: LogLevel] = {
    let words: [LogLevel: [StaticString]] = [
      .trace: ["trace", "trc", "verbose", "finest", "finer", "silly"],
      .debug: ["debug", "dbg", "debg", "dbug", "fine"],
      .info: ["info", "inf", "information", "notice", "note", "log", "http"],
      .warn: ["warn", "warning", "wrn"],
      .error: ["error", "err", "eror", "erro", "severe"],
      .fatal: ["fatal", "ftl", "fata", "crit", "critical", "panic", "pnc", "dpanic", "alert", "emerg"],
    ]
    var table: [UInt64: LogLevel] = [:]
    for (level, words) in words {
      for word in words where word.utf8CodeUnitCount <= 8 { table[pack(word)] = level }
    }
    return table
  }()

  private static func pack(_ word: StaticString) -> UInt64 {
    word.withUTF8Buffer { $0.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
  }
}
