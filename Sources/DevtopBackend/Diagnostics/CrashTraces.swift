internal import DevtopCore

/// Crashes with a trace: Go panics, fatal errors and races, Swift, Rust, AddressSanitizer.
///
/// Found is the first frame in the project's own code.
struct CrashTraces: Sendable {
  private struct Trace {
    var tool: String
    /// Nil where the next lines tell it.
    var message: String?
    var detail: [String] = []
    /// Where the program says that it happened, when no frame is found.
    var fallback: SourceLocation?
    /// Lines that may follow before the search ends.
    var budget = 400
    /// The message is the line behind the first, as in Rust.
    var takesNextLine = false
    /// The lines until the frames are a request, and the last of them is the message, as in gin.
    var isRecovered = false
    /// Frames have begun: what comes is no message.
    var hasFrames = false
  }

  private var trace: Trace?

  var isActive: Bool { trace != nil }

  mutating func read(_ line: String, _ paths: ProjectPaths) -> [Diagnostic] {
    if let begun = begin(line, paths) {
      if begun.budget > 0 {
        trace = begun
        return []
      }
      trace = nil
      return begun.fallback.map { [diagnostic(begun, at: $0, paths)] } ?? []
    }
    guard var trace else { return [] }
    trace.budget -= 1
    self.trace = trace.budget > 0 ? trace : nil
    if trace.takesNextLine {
      trace.takesNextLine = false
      trace.message = line
      self.trace = trace
      guard let own = trace.fallback, paths.isOwn(own.file) else { return [] }
      self.trace = nil
      return [diagnostic(trace, at: own, paths)]
    }
    if let frame = frame(in: line, trace, paths) {
      self.trace = nil
      return [diagnostic(trace, at: frame, paths)]
    }
    collect(line)
    return []
  }

  private func diagnostic(_ trace: Trace, at location: SourceLocation, _ paths: ProjectPaths) -> Diagnostic {
    Diagnostic(
      severity: trace.tool == "race" ? .warning : .error, file: paths.relative(location.file),
      line: location.line, column: location.column, message: trace.message ?? "panic", detail: trace.detail,
      tool: trace.tool)
  }

  /// Whether a line begins a trace; a budget of 0 means that the line says all.
  private func begin(_ line: String, _ paths: ProjectPaths) -> Trace? {
    if line.hasPrefix("panic: ") {
      return Trace(tool: "panic", message: Self.withoutRecovered(line[...]))
    }
    if line.hasPrefix("fatal error: ") { return Trace(tool: "panic", message: line) }
    if let range = line.range(of: "http: panic serving ") {
      // net/http: `http: panic serving ADDRESS: MESSAGE`.
      let rest = line[range.upperBound...]
      let message = rest.range(of: ": ").map { rest[$0.upperBound...] } ?? rest
      return Trace(tool: "panic", message: "panic: " + message)
    }
    if line.contains(text: "[Recovery]"), line.contains(text: "panic recovered") {
      return Trace(tool: "panic", isRecovered: true)
    }
    if line.hasSuffix("WARNING: DATA RACE") { return Trace(tool: "race", message: "data race") }
    if let range = line.range(of: "ERROR: AddressSanitizer: ") {
      let text = line[range.upperBound...]
      let message = text.range(of: " on ").map { text[..<$0.lowerBound] } ?? text
      return Trace(tool: "AddressSanitizer", message: String(message))
    }
    if let range = line.range(of: "*** Program crashed: "), trace == nil {
      let text = line[range.upperBound...]
      let message = text.range(of: " at 0x").map { text[..<$0.lowerBound] } ?? text
      return Trace(tool: "crash", message: String(message))
    }
    return swift(line, paths) ?? rust(line)
  }

  /// `MODULE/FILE.swift:LINE: Fatal error: MESSAGE`.
  private func swift(_ line: String, _ paths: ProjectPaths) -> Trace? {
    guard line.contains(text: "Fatal error: "), let (location, message) = SourceLocation.leading(line[...]),
      message.hasPrefix("Fatal error: ")
    else { return nil }
    var trace = Trace(tool: "crash", message: String(message))
    for base in ["", "Sources/"] where paths.isOwn(base + location.file) {
      guard Path.isFile(Path.absolute(base + location.file, in: paths.directory)) else { continue }
      trace.fallback = SourceLocation(file: base + location.file, line: location.line)
      trace.budget = 0
    }
    return trace
  }

  /// `thread 'NAME' panicked at FILE:LINE:COLUMN:`, before Rust 1.73 `… at 'MESSAGE', FILE:LINE:COLUMN`.
  private func rust(_ line: String) -> Trace? {
    guard line.hasPrefix("thread '"), let range = line.range(of: " panicked at ") else { return nil }
    let rest = line[range.upperBound...]
    if rest.hasPrefix("'"), let end = lastRange(of: "', ", in: rest) {
      let message = rest[..<end.lowerBound].dropFirst()
      return Trace(
        tool: "panic", message: String(message), fallback: SourceLocation(trailing: rest[end.upperBound...]),
        budget: 0)
    }
    return Trace(tool: "panic", fallback: SourceLocation(trailing: rest), takesNextLine: true)
  }

  private func frame(in line: String, _ trace: Trace, _ paths: ProjectPaths) -> SourceLocation? {
    if let frame = paths.frame(in: line), SourceLocation.isFile(frame.file) { return frame }
    let text = line.drop { $0 == " " || $0 == "\t" }
    if trace.tool == "panic", text.hasPrefix("at "), let own = SourceLocation(trailing: text.dropFirst(3)),
      SourceLocation.isFile(own.file), !own.file.hasPrefix("/"), paths.isOwn(own.file)
    {
      return own
    }
    // `go build -trimpath` leaves `MODULE/DIRECTORY/FILE.go:LINE +0x…`.
    if line.hasPrefix("\t"), !text.hasPrefix("/"), let location = SourceLocation(trailing: text),
      location.file.hasSuffix(".go"), let file = paths.file(endingAs: location.file)
    {
      return SourceLocation(file: file, line: location.line)
    }
    return nil
  }

  /// What stands between the message and the frames belongs to the message.
  private mutating func collect(_ line: String) {
    guard var trace, !trace.hasFrames else { return }
    if line.hasPrefix("goroutine ") || line.hasPrefix("/") || line.hasPrefix("exit status ") {
      trace.hasFrames = true
    } else if trace.isRecovered {
      if !line.allSatisfy(\.isWhitespace) { trace.message = "panic: " + line }
    } else if !line.allSatisfy(\.isWhitespace), trace.detail.count < 10 {
      trace.detail.append(String(Self.withoutRecovered(line.drop { $0 == "\t" })))
    }
    self.trace = trace
  }

  private static func withoutRecovered(_ text: Substring) -> String {
    for ending in [" [recovered]", " [recovered, repanicked]"] where text.hasSuffix(ending) {
      return String(text.dropLast(ending.count))
    }
    return String(text)
  }

  private func lastRange(of text: String, in whole: Substring) -> Range<String.Index>? {
    var last: Range<String.Index>?
    var rest = whole
    while let range = rest.range(of: text) {
      last = range
      rest = rest[range.upperBound...]
    }
    return last
  }
}
