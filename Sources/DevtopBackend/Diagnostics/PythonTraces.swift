internal import DevtopCore

/// Python's tracebacks: the last frame in the project's own code, and the exception.
struct PythonTraces: Sendable {
  private var frames: [SourceLocation] = []
  /// Lines since the trace began; a traceback of a deep recursion is folded by Python itself.
  private var count = 0

  private(set) var isActive = false

  mutating func read(_ line: String, _ paths: ProjectPaths) -> [Diagnostic] {
    if line.hasPrefix("Traceback (most recent call last):") {
      isActive = true
      frames = []
      count = 0
      return []
    }
    // A syntax error of the started file has no heading.
    if let frame = Self.frame(line) {
      if !isActive {
        isActive = true
        frames = []
        count = 0
      }
      frames.append(frame)
      return []
    }
    guard isActive else { return [] }
    count += 1
    if count > 400 {
      isActive = false
      return []
    }
    // Source lines are indented; the exception is not.
    guard let first = line.first, first != " ", first != "\t" else { return [] }
    isActive = false
    guard let location = frames.last(where: { paths.isOwn($0.file) }) ?? frames.last else { return [] }
    return [
      Diagnostic(
        severity: .error, file: paths.relative(location.file), line: location.line, message: line,
        tool: "python")
    ]
  }

  mutating func finish(_ paths: ProjectPaths) -> [Diagnostic] {
    isActive = false
    return []
  }

  /// `  File "PATH", line N, in NAME`.
  private static func frame(_ line: String) -> SourceLocation? {
    guard line.hasPrefix("  File \""), let end = line.range(of: "\", line ") else { return nil }
    let path = line[..<end.lowerBound].dropFirst("  File \"".count)
    guard let (number, _) = SourceLocation.number(line[end.upperBound...]), !path.hasPrefix("<") else {
      return nil
    }
    return SourceLocation(file: String(path), line: number)
  }
}
