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

  private var kind = Kind.none
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

  private mutating func goesOn(_ line: RecordLine) -> Bool {
    switch kind {
    case .none: return false
    case .ordinary:
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
    switch line.first {
    // Lists and banners that are indented from their first line on are not one record.
    case nil, 0x20, 0x09: return .none
    case UInt8(ascii: "="): return line.isRule ? .raceReport(isOpen: false) : .ordinary
    case UInt8(ascii: "p"): return line.starts(with: "panic: ") ? .goTrace : .ordinary
    case UInt8(ascii: "g"): return line.starts(with: "goroutine ") ? .goTrace : .ordinary
    case UInt8(ascii: "S"): return line.starts(with: "SIG") && line.contains(": ") ? .goTrace : .ordinary
    case UInt8(ascii: "T"):
      return line.starts(with: "Traceback (most recent call last)") ? .python(isInFrames: true) : .ordinary
    case UInt8(ascii: "t") where line.starts(with: "thread '") && line.contains("panicked at"):
      return .rust(hasMessage: line.last != UInt8(ascii: ":"))
    case UInt8(ascii: "F"): return line.starts(with: "Fatal error: ") ? .swift : .ordinary
    case UInt8(ascii: "["): return line.isRecovery ? .recovery(hasFrames: false) : .ordinary
    case let digit? where digit >= 0x30 && digit <= 0x39:
      // Go's log package puts a time in front, and net/http and Gin write by it.
      let rest = line.withoutTime
      if rest.starts(with: "http: panic serving ") { return .goTrace }
      return rest.isRecovery ? .recovery(hasFrames: false) : .ordinary
    case UInt8(ascii: "/"), UInt8(ascii: "n"):
      return line.isSourcePlace ? .node : line.isSwiftError ? .swift : .ordinary
    case UInt8(ascii: "f"):
      if line.starts(with: "fatal error: ") { return .goTrace }
      return line.isSourcePlace ? .node : line.isSwiftError ? .swift : .ordinary
    default: return line.isSwiftError ? .swift : .ordinary
    }
  }
}
