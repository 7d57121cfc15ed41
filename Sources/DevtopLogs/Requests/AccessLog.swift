import DevtopCore

/// One request as an access-log line tells it.
package struct AccessLog: Equatable, Sendable {
  package var method: String
  /// With its query, as logged; control and invisible characters are shown as in the log pane.
  package var path: String
  package var status: Int
  package var duration: Duration?
  package var sizeInBytes: Int?

  /// Reads a line without its end: Gin, common and combined (also with a duration at the end: a fraction is seconds,
  /// an integer microseconds, as nginx and Apache have them), Werkzeug, Django, `http.server`, uvicorn, chi, morgan
  /// (`dev`, `tiny`), Next.js, JSON and logfmt lines with a method, a path and a status.
  ///
  /// Numbers without a unit in JSON and logfmt fields are milliseconds unless the name ends in a unit
  /// (`_ms`, `_s`, `_us`, `_ns`). Three loggers are known by their other fields: log/slog writes integers of
  /// nanoseconds, zap a fraction of seconds, Caddy a fraction of seconds. Echo's `latency_human` wins over `latency`.
  ///
  /// - Returns: nil for any other line; most are told apart by a few bytes.
  package static func parse(_ line: UnsafeRawBufferPointer) -> AccessLog? {
    let bytes = line.bindMemory(to: UInt8.self)
    guard LineText.isDirty(bytes) else { return parse(plain: bytes) }
    return LineText.plain(bytes).withUnsafeBufferPointer { parse(plain: $0) }
  }

  static func parse(plain line: UnsafeBufferPointer<UInt8>) -> AccessLog? {
    var reader = ByteReader(line)
    reader.skipSpaces()
    switch reader.peek {
    case nil: return nil
    case UInt8(ascii: "{"): return AccessFields.json(reader.rest)
    case UInt8(ascii: "["):
      if reader.starts(with: "[GIN] ") { return gin(&reader) }
    case UInt8(ascii: "G"), UInt8(ascii: "H"), UInt8(ascii: "P"), UInt8(ascii: "D"), UInt8(ascii: "C"),
      UInt8(ascii: "O"), UInt8(ascii: "T"):
      if let method = method(&reader) { return methodFirst(method, &reader) }
    default: break
    }
    if ByteReader.contains(line, "HTTP/") { return quoted(line) }
    return ByteReader.contains(line, "method=") ? AccessFields.logfmt(line) : nil
  }

  // MARK: Formats

  /// `[GIN] 2024/01/02 - 15:04:05 | 200 |     1.234ms |       127.0.0.1 | GET      "/ping"`.
  private static func gin(_ reader: inout ByteReader) -> AccessLog? {
    guard reader.take(upTo: 0x7C) != nil, let status = trimmed(reader.take(upTo: 0x7C)).flatMap(status),
      let duration = trimmed(reader.take(upTo: 0x7C)), reader.take(upTo: 0x7C) != nil
    else { return nil }
    reader.skipSpaces()
    guard let method = method(&reader) else { return nil }
    reader.skipSpaces()
    let path: UnsafeBufferPointer<UInt8>
    if reader.skip(0x22) {
      let end = reader.rest.lastIndex(of: 0x22) ?? reader.rest.count
      path = UnsafeBufferPointer(rebasing: reader.rest[..<end])
    } else {
      path = reader.word()
    }
    guard !path.isEmpty else { return nil }
    return AccessLog(
      method: method, path: text(path), status: status,
      duration: LoggedDuration.parse(duration, bareUnit: nil))
  }

  /// `… "GET /path HTTP/1.1" 200 2326 "referer" "agent" 0.123`, and chi's `… from 127.0.0.1:5 - 200 11B in 12µs`.
  private static func quoted(_ line: UnsafeBufferPointer<UInt8>) -> AccessLog? {
    var reader = ByteReader(line)
    while reader.take(upTo: 0x22) != nil {
      var request = reader
      guard let method = method(&request) else { continue }
      guard let target = request.take(upTo: 0x22), let path = path(target) else { return nil }
      request.skipSpaces()
      if request.skip("from ") {
        _ = request.word()
        guard request.skip(" - ") else { return nil }
      }
      guard let status = status(request.word()) else { return nil }
      request.skipSpaces()
      var entry = AccessLog(method: method, path: text(path), status: status)
      var size = ByteReader(request.word())
      if let number = size.number(), size.isAtEnd || size.rest.first == UInt8(ascii: "B") {
        entry.sizeInBytes = number
      }
      request.skipSpaces()
      if request.skip("in ") {
        entry.duration = LoggedDuration.parse(request.word(), bareUnit: nil)
      } else {
        entry.duration = lastDuration(request.rest)
      }
      return entry
    }
    return nil
  }

  /// morgan `dev`: `GET /x 200 1.234 ms - 12`; `tiny`: `GET /x 200 12 - 1.234 ms`; Next.js: `GET /x 200 in 12ms`.
  private static func methodFirst(_ method: String, _ reader: inout ByteReader) -> AccessLog? {
    reader.skipSpaces()
    let path = reader.word()
    guard
      path.first == UInt8(ascii: "/") || path.first == UInt8(ascii: "*")
        || ByteReader.starts(path, with: "http")
    else { return nil }
    reader.skipSpaces()
    guard let status = status(reader.word()) else { return nil }
    reader.skipSpaces()
    var entry = AccessLog(method: method, path: text(self.path(path) ?? path), status: status)
    if reader.skip("in ") {
      entry.duration = LoggedDuration.parse(reader.word(), bareUnit: nil)
      return entry.duration == nil ? nil : entry
    }
    let first = reader.word()
    reader.skipSpaces()
    if reader.skip("ms - ") {
      entry.duration = LoggedDuration.parse(first, bareUnit: .milliseconds)
      var size = ByteReader(reader.word())
      entry.sizeInBytes = size.number()
      return entry
    }
    guard reader.skip("- ") else { return nil }
    var size = ByteReader(first)
    entry.sizeInBytes = size.number()
    entry.duration = LoggedDuration.parse(reader.word(), bareUnit: .milliseconds)
    reader.skipSpaces()
    return reader.skip("ms") && reader.isAtEnd ? entry : nil
  }

  // MARK: Parts

  /// RFC 9110 §9.3 and PATCH (RFC 5789).
  private static let methods: [StaticString] = [
    "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE",
  ]

  /// A method and the space (or end) after it.
  private static func method(_ reader: inout ByteReader) -> String? {
    for method in methods {
      var trial = reader
      guard trial.skip(method), trial.isAtEnd || trial.peek == 0x20 else { continue }
      reader = trial
      return method.description
    }
    return nil
  }

  static func method(_ text: UnsafeBufferPointer<UInt8>) -> String? {
    var reader = ByteReader(text)
    let method = method(&reader)
    return reader.isAtEnd ? method : nil
  }

  static func status(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    var reader = ByteReader(text)
    guard text.count == 3, let status = reader.number(), reader.isAtEnd, (100...599).contains(status)
    else { return nil }
    return status
  }

  /// `/path` out of ` /path HTTP/1.1`, without scheme and host.
  static func path(_ target: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    var reader = ByteReader(target)
    reader.skipSpaces()
    let path = reader.word()
    guard ByteReader.starts(path, with: "http"), let scheme = path.firstIndex(of: 0x3A),
      ByteReader.starts(UnsafeBufferPointer(rebasing: path[scheme...]), with: "://")
    else { return path.isEmpty ? nil : path }
    let start = path[(scheme + 3)...].firstIndex(of: 0x2F) ?? scheme + 2
    return UnsafeBufferPointer(rebasing: path[start...])
  }

  static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String { LineText.styled(bytes).plain }

  /// A number at the end of a combined line: with a fraction seconds (nginx), an integer microseconds (Apache).
  private static func lastDuration(_ rest: UnsafeBufferPointer<UInt8>) -> Duration? {
    guard let trimmed = trimmed(rest), let last = trimmed.split(separator: 0x20).last else { return nil }
    let word = UnsafeBufferPointer(rebasing: last)
    return LoggedDuration.parse(word, bareUnit: word.contains(0x2E) ? .seconds : .microseconds)
  }

  private static func trimmed(_ text: UnsafeBufferPointer<UInt8>?) -> UnsafeBufferPointer<UInt8>? {
    guard let text, let start = text.firstIndex(where: { $0 != 0x20 }),
      let end = text.lastIndex(where: { $0 != 0x20 })
    else { return nil }
    return UnsafeBufferPointer(rebasing: text[start...end])
  }
}
