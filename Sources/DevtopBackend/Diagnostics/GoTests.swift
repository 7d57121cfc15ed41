internal import DevtopCore

/// What `go test` prints of tests that fail.
struct GoTests: Sendable {
  private struct Finding {
    var diagnostic: Diagnostic
    var indent: Int
  }

  /// Findings of tests that run, by name (`go test -v` prints them before the verdict).
  private var running: [String: [Finding]] = [:]
  private var failed: [Finding] = []
  private var current: String?
  /// Whether the lines that come belong to a test that failed.
  private var isFailed = false
  /// Whether the last line was one of a finding, which may go on.
  private var continues = false

  /// The diagnostics that a line completes; nil where the line is not of a test.
  mutating func read(_ line: String, _ paths: ProjectPaths) -> [Diagnostic]? {
    let text = line.drop { $0 == " " || $0 == "\t" }
    let indent = line.count - text.count
    if let name = Self.name(text, behind: "=== RUN ") ?? Self.name(text, behind: "=== NAME ")
      ?? Self.name(text, behind: "=== CONT ")
    {
      current = name
      isFailed = false
      continues = false
      return []
    }
    if let name = Self.name(text, behind: "--- FAIL: ") {
      failed += running.removeValue(forKey: name) ?? []
      current = name
      isFailed = true
      continues = false
      return []
    }
    if let name = Self.name(text, behind: "--- PASS: ") ?? Self.name(text, behind: "--- SKIP: ") {
      running[name] = nil
      current = nil
      isFailed = false
      continues = false
      return []
    }
    if line.hasPrefix("FAIL\t") { return end(package: line.split(separator: "\t").dropFirst().first, paths) }
    if line.hasPrefix("ok  \t") {
      running = [:]
      current = nil
      return []
    }
    guard let name = current, indent >= 4 else {
      continues = false
      return nil
    }
    if let (location, message) = SourceLocation.leading(text), location.file.hasSuffix(".go") {
      let diagnostic = Diagnostic(
        severity: .error, file: location.file, line: location.line, column: location.column,
        message: "\(name): \(message)", tool: "test")
      add(Finding(diagnostic: diagnostic, indent: indent), to: name)
      continues = true
      return []
    }
    guard continues else { return nil }
    extend(name, by: String(text), indent: indent)
    return []
  }

  mutating func finish(_ paths: ProjectPaths) -> [Diagnostic] { end(package: nil, paths) }

  private mutating func add(_ finding: Finding, to name: String) {
    if isFailed { failed.append(finding) } else { running[name, default: []].append(finding) }
  }

  private mutating func extend(_ name: String, by text: String, indent: Int) {
    if isFailed, let last = failed.indices.last, indent > failed[last].indent {
      failed[last].diagnostic.detail.append(text)
    } else if let last = running[name]?.indices.last {
      running[name]?[last].diagnostic.detail.append(text)
    }
  }

  /// Only the end of a package tells which it was: tests name their files without a directory.
  private mutating func end(package: Substring?, _ paths: ProjectPaths) -> [Diagnostic] {
    defer {
      failed = []
      running = [:]
      current = nil
      isFailed = false
      continues = false
    }
    return failed.map { finding in
      var diagnostic = finding.diagnostic
      let longer = package.map { "\($0)/\(diagnostic.file)" } ?? diagnostic.file
      diagnostic.file = paths.file(endingAs: longer) ?? paths.relative(diagnostic.file)
      return diagnostic
    }
  }

  private static func name(_ text: Substring, behind prefix: String) -> String? {
    guard text.hasPrefix(prefix) else { return nil }
    return text.dropFirst(prefix.count).split(separator: " ").first.map(String.init)
  }
}
