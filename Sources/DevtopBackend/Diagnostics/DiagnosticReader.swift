internal import DevtopCore

/// Gives every line of output to those who may know it, and keeps each finding once.
struct DiagnosticReader: Sendable {
  /// More than anybody reads; a build that prints more is counted no further.
  private static let limit = 2000

  private var paths: ProjectPaths
  private let readsCompilers: Bool
  private var compilers: CompilerMessages
  private var tests = GoTests()
  private var crashes = CrashTraces()
  private var python = PythonTraces()
  private var node = NodeTraces()
  private var found: [Diagnostic] = []
  private var seen: Set<Key> = []
  private var hasErrors = false

  /// What makes two findings the same: tools repeat them for every target that a file is part of.
  private struct Key: Hashable {
    var file: String
    var line: Int
    var column: Int?
    var message: String
  }

  init(directory: String, readsCompilers: Bool, compiler: Compiler?) {
    paths = ProjectPaths(directory: Path.absolute(directory, in: "/"))
    self.readsCompilers = readsCompilers
    compilers = CompilerMessages(compiler: compiler)
  }

  mutating func read(_ bytes: UnsafeRawBufferPointer) {
    guard readsCompilers || isInTrace || Self.mayBeginTrace(bytes) else { return }
    let line = PlainLines.plain(bytes)
    add(crashes.read(line, paths))
    add(python.read(line, paths))
    add(node.read(line, paths))
    guard readsCompilers else { return }
    if let tested = tests.read(line, paths) {
      add(compilers.flush())
      add(tested)
    } else {
      add(compilers.read(line, &paths))
    }
  }

  mutating func finish() {
    add(tests.finish(paths))
    add(compilers.finish(hasErrors: hasErrors))
    add(python.finish(paths))
  }

  /// What was found since the last call.
  mutating func take() -> [Diagnostic] {
    defer { found.removeAll() }
    return found
  }

  private var isInTrace: Bool { crashes.isActive || python.isActive || node.isActive }

  /// Whether a line of a service is worth a closer look: this runs for every line that it prints.
  private static func mayBeginTrace(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(512))
    if head.starts(with: "/") || head.starts(with: "file:///") || head.starts(with: "  File \"") {
      return true
    }
    return head.contains(text: "panic") || head.contains(text: "atal error: ")
      || head.contains(text: "Traceback (")
      || head.contains(text: "DATA RACE") || head.contains(text: "AddressSanitizer")
      || head.contains(text: "*** Program crashed")
  }

  private mutating func add(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics where seen.count < Self.limit {
      let key = Key(
        file: diagnostic.file, line: diagnostic.line, column: diagnostic.column, message: diagnostic.message)
      guard seen.insert(key).inserted else { continue }
      found.append(diagnostic)
      if diagnostic.severity == .error { hasErrors = true }
    }
  }
}
