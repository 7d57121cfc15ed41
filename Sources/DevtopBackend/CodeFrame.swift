import DevtopCore

/// The lines of a file around the place of a diagnostic, for compilers that show none.
struct CodeFrame {
  /// Lines before and behind the place.
  private static let reach = 2
  private static let largestFileInBytes = 4 << 20
  private static let longestLine = 200

  /// `> 9 |   total := undefd`, with a caret below where the column is known; nil where the file has no such line.
  let lines: [String]

  /// - Parameters:
  ///   - diagnostic: its file is relative to `directory`, or absolute.
  ///   - directory: absolute.
  init?(_ diagnostic: Diagnostic, in directory: String) {
    let path = Path.absolute(diagnostic.file, in: directory)
    guard let text = FileSystem.contents(of: path, limitInBytes: Self.largestFileInBytes), !text.isEmpty,
      !text.contains(0)
    else { return nil }
    let all = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard all.indices.contains(diagnostic.line - 1) else { return nil }
    let shown =
      max(0, diagnostic.line - 1 - Self.reach)...min(all.count - 1, diagnostic.line - 1 + Self.reach)
    let width = String(shown.upperBound + 1).count
    var lines: [String] = []
    for index in shown {
      let bytes = all[index]
      // A file that ends with a line feed has no line behind it.
      if index == all.count - 1, bytes.isEmpty, index != diagnostic.line - 1 { break }
      let number = String(index + 1)
      let gutter = String(repeating: " ", count: width - number.count) + number + " | "
      let isPlace = index == diagnostic.line - 1
      let line = String(decoding: bytes.prefix { $0 != 0x0D }, as: UTF8.self)
      lines.append((isPlace ? "> " : "  ") + gutter + line.prefix(Self.longestLine))
      guard isPlace, let column = diagnostic.column, column > 0, column <= Self.longestLine else { continue }
      // Tabs stay, so that the caret stands where the eye looks for it.
      let before = bytes.prefix(column - 1).map { $0 == 0x09 ? "\t" : " " }.joined()
      lines.append("  " + String(repeating: " ", count: width) + " | " + before + "^")
    }
    self.lines = lines
  }
}

extension BrowserNews {
  /// The frames of the first diagnostics that have no further lines.
  func framed(in directory: String) -> BrowserNews {
    guard case .problem(var problem) = self else { return self }
    for index in problem.diagnostics.indices.prefix(Self.framedCount)
    where problem.diagnostics[index].detail.isEmpty {
      problem.diagnostics[index].detail = CodeFrame(problem.diagnostics[index], in: directory)?.lines ?? []
    }
    return .problem(problem)
  }

  private static let framedCount = 10
}
