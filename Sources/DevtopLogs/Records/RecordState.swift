/// Where one source's lines stand between records: tells of each line whether it goes on with the one before.
///
/// A record is a first line and what belongs to it: a trace of Go (panics, race reports, Gin's recovery), Java, Python,
/// Node, Rust or Swift, or indented lines. What cannot be told by the line alone goes by the kind of record that is open.
struct RecordState: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    /// No line before, or a blank one: the next line begins a record in any case.
    case none
    /// Only indented lines go on.
    case ordinary
    case goTrace
    /// Gin's `[Recovery]`: the request and the message come before the frames.
    case recovery(hasFrames: Bool)
    case raceReport(isOpen: Bool)
    case python(isInFrames: Bool)
    case java
    case node
    case rust(hasMessage: Bool)
    case swift
  }

  private(set) var kind = Kind.none
  /// Lines of the open record.
  private var lines = 0

  /// A record with more lines than this ends: what follows begins another.
  static let maximumLineCount = 1_000
  /// A message and the dump of a request before Gin's frames.
  private static let maximumRecoveryHead = 80

  /// Takes the next line, without escapes; true when it belongs to the record of the line before.
  mutating func isContinuation(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    let text = RecordLine(line)
    if lines < Self.maximumLineCount, goesOn(text) {
      lines += 1
      return true
    }
    kind = Self.opening(text)
    lines = 1
    return false
  }

  /// Whether a line that begins with this byte can neither go on with a record nor begin a special one, and nothing is
  /// open: then the rest of it need not be looked at.
  func isOrdinary(firstByte: UInt8?) -> Bool {
    guard kind == .ordinary || kind == .none, let firstByte else { return false }
    return !Self.isSpecial[Int(firstByte)]
  }

  /// Takes a line of which only that is known.
  mutating func takeOrdinary() {
    kind = .ordinary
    lines = 1
  }

  /// First bytes of indented lines and of lines that open a record of a kind.
  private static let isSpecial: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for byte in " \t\r\u{1B}/=[0123456789".utf8 { table[Int(byte)] = true }
    for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { table[Int(byte)] = true }
    for byte in "pfgstu".utf8 { table[Int(byte)] = true }
    return table
  }()

  private mutating func goesOn(_ line: RecordLine) -> Bool {
    switch kind {
    case .none: return false
    case .ordinary:
      if line.starts(with: "Traceback (most recent call last)"), lines > 1 { return false }
      guard line.isIndented else { return false }
      if line.isJavaFrame { kind = .java }
      return true
    case .goTrace: return goTrace(line)
    case .recovery(let hasFrames):
      if line.isRecoveryFrame {
        kind = .recovery(hasFrames: true)
        return true
      }
      if hasFrames { return line.isIndented || line.isBlank }
      return lines < Self.maximumRecoveryHead && !line.starts(with: "[")
    case .raceReport(let isOpen):
      if !isOpen {
        guard line.starts(with: "WARNING: DATA RACE") else { return false }
        kind = .raceReport(isOpen: true)
        return true
      }
      if line.isRule { kind = .ordinary }
      return true
    case .python(let isInFrames): return python(line, isInFrames: isInFrames)
    case .java:
      return line.isIndented || line.starts(with: "Caused by: ") || line.starts(with: "Suppressed: ")
    case .node: return node(line)
    case .rust(let hasMessage):
      if !hasMessage {
        kind = .rust(hasMessage: true)
        return !line.isBlank
      }
      return line.isIndented || line.starts(with: "note: ") || line.starts(with: "stack backtrace:")
    case .swift: return line.isIndented || line.isBlank || line.isSwiftTrace
    }
  }

  private mutating func goTrace(_ line: RecordLine) -> Bool {
    if line.starts(with: "exit status ") {
      kind = .ordinary
      return true
    }
    return line.isBlank || line.isIndented || line.isGoTrace
  }

  private mutating func python(_ line: RecordLine, isInFrames: Bool) -> Bool {
    if line.starts(with: "Traceback (most recent call last)") {
      kind = .python(isInFrames: true)
      return true
    }
    if line.isIndented { return true }
    if isInFrames {
      // The exception itself.
      kind = .python(isInFrames: false)
      return !line.isBlank
    }
    return line.isBlank || line.starts(with: "During handling of the above exception")
      || line.starts(with: "The above exception was the direct cause")
  }

  private mutating func node(_ line: RecordLine) -> Bool {
    if line.starts(with: "Node.js v") {
      kind = .ordinary
      return true
    }
    return line.isBlank || line.isIndented || line.starts(with: "}") || line.isErrorName
  }

  private static func opening(_ line: RecordLine) -> Kind {
    if line.isBlank { return .none }
    // Lists and banners that are indented from their first line on are not one record.
    if line.isIndented { return .none }
    if line.isRule { return .raceReport(isOpen: false) }
    if line.starts(with: "fatal error: ") || line.starts(with: "goroutine ")
      || line.starts(with: "SIG") && line.contains(": ")
    {
      return .goTrace
    }
    if line.contains("panic") {
      if line.starts(with: "panic: ") || line.contains("http: panic serving ") { return .goTrace }
      if line.contains("panic recovered:") { return .recovery(hasFrames: false) }
      if line.starts(with: "thread '") { return .rust(hasMessage: line.last != UInt8(ascii: ":")) }
    }
    if line.contains("Traceback (most recent call last)") { return .python(isInFrames: true) }
    if line.isSourcePlace { return .node }
    if line.contains("Fatal error: ") { return .swift }
    return .ordinary
  }
}
