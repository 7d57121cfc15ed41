/// Where one source's lines stand between records: tells of each line whether it goes on with the one before.
///
/// A record is a first line and what belongs to it: a trace of Go (panics, race reports, Gin's recovery), Java, Python,
/// Node, Rust or Swift, or indented lines. What cannot be told by the line alone goes by the kind of record that is open.
struct RecordState: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    /// No line before, a blank one, or the last one of a record: the next line begins a record in any case.
    case none
    /// Only indented lines go on.
    case ordinary
    case goTrace
    /// Gin's `[Recovery]`: the request and the message come before the frames.
    case recovery(hasFrames: Bool)
    case raceReport(isOpen: Bool)
    case python(PythonPart)
    case exceptionGroup
    case java
    case node
    case rust(hasMessage: Bool)
    case swift
  }

  enum PythonPart: Equatable, Sendable {
    case frames
    /// The exception itself was the last line.
    case exception
    /// Another exception comes that has to do with the one before.
    case link
  }

  private var kind = Kind.none
  /// Fields of a Node error follow, up to a bracket that closes.
  private var hasOpenFields = false
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
      if text.opensFields { hasOpenFields = true }
      return true
    }
    kind = Self.opening(text)
    hasOpenFields = text.opensFields
    lines = 1
    return false
  }

  private mutating func goesOn(_ line: RecordLine) -> Bool {
    if isInterrupted(by: line) { return false }
    if hasOpenFields, line.isClosingBrace, kind == .ordinary || kind == .java {
      kind = .none
      return true
    }
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
    case .python(let part): return python(line, part)
    case .exceptionGroup:
      if line.isExceptionLink {
        kind = .python(.link)
        return true
      }
      return line.isBlank || line.isGroupLine
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

  /// Whether a trace of Python begins whose first line is indented.
  private func isInterrupted(by line: RecordLine) -> Bool {
    switch kind {
    case .ordinary, .goTrace, .java, .node, .rust, .swift, .exceptionGroup, .python(.exception):
      line.isSyntaxErrorPlace || line.isExceptionGroup
    case .none, .recovery, .raceReport, .python: false
    }
  }

  private mutating func python(_ line: RecordLine, _ part: PythonPart) -> Bool {
    if line.starts(with: "Traceback (most recent call last)") || part == .link && line.isSyntaxErrorPlace {
      kind = .python(.frames)
      return true
    }
    if part == .link, line.isExceptionGroup {
      kind = .exceptionGroup
      return true
    }
    if line.isIndented { return true }
    if part == .frames {
      kind = .python(.exception)
      return !line.isBlank
    }
    if line.isExceptionLink {
      kind = .python(.link)
      return true
    }
    return line.isBlank
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
    case nil, 0x20, 0x09:
      if line.isSyntaxErrorPlace { return .python(.frames) }
      // Lists and banners that are indented from their first line on are not one record.
      return line.isExceptionGroup ? .exceptionGroup : .none
    case UInt8(ascii: "=") where line.isRule: return .raceReport(isOpen: false)
    case UInt8(ascii: "p") where line.starts(with: "panic: "): return .goTrace
    case UInt8(ascii: "g") where line.starts(with: "goroutine "): return .goTrace
    case UInt8(ascii: "f") where line.starts(with: "fatal error: "): return .goTrace
    case UInt8(ascii: "S") where line.starts(with: "SIG") && line.contains(": "): return .goTrace
    case UInt8(ascii: "T") where line.starts(with: "Traceback (most recent call last)"):
      return .python(.frames)
    case UInt8(ascii: "t") where line.starts(with: "thread '") && line.contains("panicked at"):
      return .rust(hasMessage: line.last != UInt8(ascii: ":"))
    case UInt8(ascii: "F") where line.starts(with: "Fatal error: "): return .swift
    case UInt8(ascii: "["): return line.isRecovery ? .recovery(hasFrames: false) : .ordinary
    case let digit? where digit >= 0x30 && digit <= 0x39:
      // Go's log package puts a time in front, and net/http and Gin write by it.
      let rest = line.withoutTime
      if rest.starts(with: "http: panic serving ") { return .goTrace }
      return rest.isRecovery ? .recovery(hasFrames: false) : .ordinary
    case UInt8(ascii: "/"), UInt8(ascii: "n"), UInt8(ascii: "f"):
      return line.isSourcePlace ? .node : line.isSwiftError ? .swift : .ordinary
    default: return line.isSwiftError || line.isCrash ? .swift : .ordinary
    }
  }
}
