/// A request put together from the fields of a JSON or logfmt line.
struct AccessFields {
  private var method: String?
  private var path: String?
  private var status: Int?
  private var duration: Duration?
  private var hasHumanDuration = false
  /// A duration without a unit: its unit shows when all fields were seen.
  private var bareDuration: UnsafeBufferPointer<UInt8>?
  private var sizeInBytes: Int?
  /// Signs of the logger: slog has `time`, an upper-case `level` and `msg`; zap a numeric `ts`.
  private var hasTime = false
  private var hasUpperLevel = false
  private var hasNumericTimestamp = false
  private var isCaddy = false

  static func json(_ text: UnsafeBufferPointer<UInt8>) -> AccessLog? {
    guard ByteReader.contains(text, "ethod\"") else { return nil }
    var fields = AccessFields()
    fields.read(text, depth: 0)
    return fields.entry
  }

  static func logfmt(_ text: UnsafeBufferPointer<UInt8>) -> AccessLog? {
    var fields = AccessFields()
    var reader = ByteReader(text)
    while !reader.isAtEnd {
      reader.skipSpaces()
      if let pair = LevelDetector.pair(&reader) {
        fields.add(pair.key, pair.value, isString: false)
      } else {
        _ = reader.word()
      }
    }
    return fields.entry
  }

  private var entry: AccessLog? {
    guard let method, let path, let status else { return nil }
    var duration = duration
    if duration == nil, let bareDuration {
      let hasFraction = bareDuration.contains { $0 == 0x2E || $0 | 0x20 == 0x65 }
      let unit: LoggedDuration.Unit
      if isCaddy || (hasNumericTimestamp && hasFraction) {
        unit = .seconds
      } else if hasTime, hasUpperLevel, !hasFraction {
        unit = .nanoseconds
      } else {
        unit = .milliseconds
      }
      duration = LoggedDuration.parse(bareDuration, bareUnit: unit)
    }
    return AccessLog(method: method, path: path, status: status, duration: duration, sizeInBytes: sizeInBytes)
  }

  private mutating func read(_ text: UnsafeBufferPointer<UInt8>, depth: Int) {
    guard var fields = JSONFields(text) else { return }
    while let (key, value) = fields.next() {
      switch value {
      case .string(let text): add(key, text, isString: true)
      case .scalar(let text): add(key, text, isString: false)
      case .nested(let text):
        guard depth == 0 else { continue }
        switch String(decoding: key, as: UTF8.self) {
        case "request":
          isCaddy = isCaddy || ByteReader.contains(text, "\"remote_ip\"")
          read(text, depth: 1)
        case "req", "res", "response", "http", "httpRequest": read(text, depth: 1)
        default: continue
        }
      }
    }
  }

  private mutating func add(
    _ key: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, isString: Bool
  ) {
    guard key.count <= 24 else { return }
    let name = String(decoding: key.lazy.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
    switch name {
    case "method", "http_method", "httpmethod", "requestmethod", "request_method":
      if method == nil { method = AccessLog.method(value) }
    case "path", "uri", "url", "request_uri", "requesturi", "requesturl", "request_path", "http_path":
      if path == nil { path = AccessLog.path(value).map(unescaped) }
    case "status", "status_code", "statuscode", "code", "http_status":
      if status == nil { status = AccessLog.status(value) }
    case "size", "bytes", "bytes_out", "content_length", "contentlength", "response_size", "responsesize",
      "body_bytes_sent", "resp_size", "bytes_written", "length":
      var reader = ByteReader(value)
      if let number = reader.number(), reader.isAtEnd { sizeInBytes = number }
    case "time": hasTime = true
    case "ts": hasNumericTimestamp = !isString
    case "level": hasUpperLevel = value.first.map { $0 >= 0x41 && $0 <= 0x5A } ?? false
    default: addDuration(name, value)
    }
  }

  private static let durationNames: Set<String> = [
    "duration", "latency", "elapsed", "took", "dur", "response_time", "responsetime", "request_time",
    "elapsed_time", "process_time", "time_taken",
  ]

  private static let units: [(suffix: String, unit: LoggedDuration.Unit)] = [
    ("_milliseconds", .milliseconds), ("_millis", .milliseconds), ("_ms", .milliseconds),
    ("ms", .milliseconds),
    ("_microseconds", .microseconds), ("_micros", .microseconds), ("_us", .microseconds),
    ("_nanoseconds", .nanoseconds), ("_nanos", .nanoseconds), ("_ns", .nanoseconds),
    ("_seconds", .seconds), ("_sec", .seconds), ("_s", .seconds),
  ]

  private mutating func addDuration(_ name: String, _ value: UnsafeBufferPointer<UInt8>) {
    if name == "latency_human" {
      duration = LoggedDuration.parse(value, bareUnit: nil) ?? duration
      hasHumanDuration = true
      return
    }
    if hasHumanDuration { return }
    if Self.durationNames.contains(name) {
      if let withUnit = LoggedDuration.parse(value, bareUnit: nil) {
        duration = withUnit
      } else {
        bareDuration = value
      }
      return
    }
    for (suffix, unit) in Self.units
    where name.hasSuffix(suffix) && Self.durationNames.contains(String(name.dropLast(suffix.count))) {
      duration = LoggedDuration.parse(value, bareUnit: unit)
      return
    }
  }

  /// A path is not much more than ASCII: only the escapes that JSON writers add for HTML are undone.
  private func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard bytes.contains(0x5C) else { return AccessLog.text(bytes) }
    var result: [UInt8] = []
    var reader = ByteReader(bytes)
    while let byte = reader.peek {
      if reader.skip("\\u0026") {
        result.append(UInt8(ascii: "&"))
      } else if reader.skip("\\u003c") {
        result.append(UInt8(ascii: "<"))
      } else if reader.skip("\\u003e") {
        result.append(UInt8(ascii: ">"))
      } else if reader.skip("\\/") {
        result.append(UInt8(ascii: "/"))
      } else {
        result.append(byte)
        reader.position += 1
      }
    }
    return result.withUnsafeBufferPointer { AccessLog.text($0) }
  }
}
