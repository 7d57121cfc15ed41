internal import DevtopCore

/// What Node prints when an exception is not caught: the place, its source, the exception and frames.
struct NodeTraces: Sendable {
  private var place: SourceLocation?
  private var message: String?
  private var count = 0

  var isActive: Bool { place != nil }

  mutating func read(_ line: String, _ paths: ProjectPaths) -> [Diagnostic] {
    if let begun = Self.place(line) {
      place = begun
      message = nil
      count = 0
      return []
    }
    guard let place else { return [] }
    count += 1
    let text = line.drop { $0 == " " }
    if text.hasPrefix("at "), message != nil {
      guard let frame = paths.frame(in: Self.withoutScheme(line)) else { return [] }
      return end(at: frame, paths)
    }
    if line.hasPrefix("Node.js v") {
      // A syntax error, or a thrown text: no frame of it is in the project.
      return paths.isOwn(place.file) ? end(at: place, paths) : end(at: nil, paths)
    }
    // The exception is the first line of text behind the source and its carets.
    if message == nil, count > 2, let first = line.first, first != " ", !text.allSatisfy({ $0 == "^" }) {
      message = line
    }
    return count > 60 ? end(at: nil, paths) : []
  }

  private mutating func end(at location: SourceLocation?, _ paths: ProjectPaths) -> [Diagnostic] {
    defer { place = nil }
    guard let location else { return [] }
    return [
      Diagnostic(
        severity: .error, file: paths.relative(location.file), line: location.line, column: location.column,
        message: message ?? "uncaught exception", tool: "node")
    ]
  }

  /// A line that is nothing but `/PATH:LINE`, `file:///PATH:LINE` or `node:…:LINE`.
  private static func place(_ line: String) -> SourceLocation? {
    let text = withoutScheme(line)
    guard text.hasPrefix("/") || text.hasPrefix("node:"), let colon = text.lastIndex(of: ":"),
      let (number, rest) = SourceLocation.number(text[text.index(after: colon)...]), rest.isEmpty,
      !text[..<colon].contains("|")
    else { return nil }
    return SourceLocation(file: String(text[..<colon]), line: number)
  }

  private static func withoutScheme(_ line: String) -> String {
    guard let range = line.range(of: "file:///") else { return line }
    return line[..<range.lowerBound] + "/" + line[range.upperBound...]
  }
}
