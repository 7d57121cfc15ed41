package import DevtopCore

/// Finds diagnostics in output as it arrives.
///
/// Reads what go (build, vet, test, modules), swiftc and SwiftPM, gcc, clang and their linkers, rustc, tsc and make
/// print, Go panics, fatal errors and races, crashes of Swift, Rust, Python and Node. It never decides whether a
/// build succeeded: the exit status does.
package struct DiagnosticParser: Sendable {
  /// Whose output is read.
  package enum Source: Sendable {
    /// A build's: compilers, tests, and crashes of what it runs.
    case build
    /// A running service's: crashes only, as its log lines may look like anything.
    case output
  }

  private var lines = PlainLines()
  private var reader: DiagnosticReader

  /// Files inside of `directory`, the service's, absolute, are named relative to it; `compiler` is what the build
  /// runs, and names the manifest that errors without a place belong to.
  package init(directory: String, source: Source = .build, compiler: Compiler? = nil) {
    reader = DiagnosticReader(directory: directory, readsCompilers: source == .build, compiler: compiler)
  }

  /// Reads a piece of output, cut anywhere.
  ///
  /// A diagnostic comes when the line behind its last one was read, or from `finish`.
  package mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [Diagnostic] {
    // A copy of its own: the closure cannot reach into `self` while `lines` is being changed.
    var reader = reader
    lines.feed(bytes) { reader.read($0) }
    let found = reader.take()
    self.reader = reader
    return found
  }

  /// Reads a piece of output, cut anywhere.
  package mutating func feed(_ bytes: [UInt8]) -> [Diagnostic] { bytes.withUnsafeBytes { feed($0) } }

  /// Reads a whole line, without its end.
  package mutating func feed(line: String) -> [Diagnostic] { feed(Array(line.utf8) + [0x0A]) }

  /// Ends the output: the last line, and what was waiting for more.
  package mutating func finish() -> [Diagnostic] {
    var reader = reader
    lines.finish { reader.read($0) }
    reader.finish()
    let found = reader.take()
    self.reader = reader
    return found
  }
}
