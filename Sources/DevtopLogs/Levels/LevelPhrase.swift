import DevtopCore

/// Lines whose beginning tells their level in a way of its own.
enum LevelPhrase {
  static func level(_ line: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    switch line[0] {
    case UInt8(ascii: "p"):
      return ByteReader.starts(line, with: "panic: ") || ByteReader.equals(line, "panic:") ? .fatal : nil
    case UInt8(ascii: "["): return gin(line)
    case UInt8(ascii: "<"): return syslog(line)
    case UInt8(ascii: "t"):
      // Newer versions of Rust have the thread's id in brackets behind its name.
      guard ByteReader.starts(line, with: "thread '") else { return nil }
      return ByteReader.contains(line, "' panicked at") || ByteReader.contains(line, ") panicked at")
        ? .fatal : nil
    case UInt8(ascii: "n"): return npm(line)
    case UInt8(ascii: "r") where ByteReader.starts(line, with: "runtime error: "): return .error
    case UInt8(ascii: "T") where ByteReader.starts(line, with: "Traceback (most recent call last)"):
      return .error
    case UInt8(ascii: "U") where ByteReader.starts(line, with: "Uncaught "): return .error
    case UInt8(ascii: "E") where ByteReader.starts(line, with: "Exception in thread "): return .error
    default: return uncaught(line)
    }
  }

  /// Phrases that may follow a time or a place: net/http goes on after a handler's panic; Swift and gcc name the
  /// file and line first.
  static func level(afterPrefix text: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    if ByteReader.starts(text, with: "http: panic serving ") { return .error }
    // Gin's recovery writes through a logger of its own, whose time comes first.
    if ByteReader.starts(text, with: "[Recovery] ") { return .error }
    if ByteReader.starts(text, with: "+ Exception Group Traceback (most recent call last)") { return .error }
    let isFatal =
      ByteReader.starts(text, with: "Fatal error: ") || ByteReader.starts(text, with: "fatal error: ")
    return isFatal ? .fatal : nil
  }

  /// Gin: `[GIN] … | 500 | …` has the level of its status; `[GIN-debug]` names one where it is not debug.
  private static func gin(_ line: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    if ByteReader.starts(line, with: "[GIN] ") {
      var reader = ByteReader(line)
      guard reader.take(upTo: UInt8(ascii: "|")) != nil else { return nil }
      reader.skipSpaces()
      guard let status = reader.number() else { return nil }
      return level(ofStatus: status)
    }
    if ByteReader.starts(line, with: "[Recovery] ") { return .error }
    guard ByteReader.starts(line, with: "[GIN-debug] ") else { return nil }
    let rest = UnsafeBufferPointer(rebasing: line.dropFirst(12))
    if ByteReader.starts(rest, with: "[WARNING]") { return .warn }
    if ByteReader.starts(rest, with: "[ERROR]") { return .error }
    return .debug
  }

  /// A common or combined access line, whose request is in quotes before the status, has the level of its status.
  static func access(_ line: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    var reader = ByteReader(line)
    guard reader.take(upTo: UInt8(ascii: "\"")) != nil, let request = reader.take(upTo: UInt8(ascii: "\"")),
      ByteReader.contains(request, " HTTP/"), reader.skip(0x20), let status = reader.number(),
      (100...599).contains(status)
    else { return nil }
    return level(ofStatus: status)
  }

  private static func level(ofStatus status: Int) -> LogLevel {
    status >= 500 ? .error : status >= 400 ? .warn : .info
  }

  /// The severity in a syslog line's priority: `<34>1 2026-…` (RFC 5424 §6.2.1), `<34>Oct 11 …` (RFC 3164 §4.1.1).
  private static func syslog(_ line: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    var reader = ByteReader(line, at: 1)
    guard let priority = reader.number(), priority <= 191, reader.skip(UInt8(ascii: ">")) else { return nil }
    let next = reader.word()
    guard LevelToken.isMonth(next) || ByteReader.equals(next, "1") else { return nil }
    return LevelWord.severity(priority & 7)
  }

  private static func npm(_ line: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    guard ByteReader.starts(line, with: "npm ") else { return nil }
    let rest = UnsafeBufferPointer(rebasing: line.dropFirst(4))
    if ByteReader.starts(rest, with: "ERR! ") || ByteReader.starts(rest, with: "error ") { return .error }
    if ByteReader.starts(rest, with: "WARN ") || ByteReader.starts(rest, with: "warn ") { return .warn }
    return nil
  }

  /// `TypeError: …`, `java.lang.IllegalStateException: …`: one word without spaces at the very start.
  private static func uncaught(_ line: UnsafeBufferPointer<UInt8>) -> LogLevel? {
    var reader = ByteReader(line)
    let name = reader.take { byte in
      byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x2E
        || byte == 0x5F
    }
    guard reader.starts(with: ": ") || (reader.skip(UInt8(ascii: ":")) && reader.isAtEnd) else { return nil }
    let isError = name.count > 5 && ByteReader.equals(UnsafeBufferPointer(rebasing: name.suffix(5)), "Error")
    let isException =
      name.count > 9 && ByteReader.equals(UnsafeBufferPointer(rebasing: name.suffix(9)), "Exception")
    return isError || isException ? .error : nil
  }
}
