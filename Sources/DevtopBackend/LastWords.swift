import DevtopCore

/// The last lines of a process that ended, as a page shows them.
struct LastWords {
  private static let limit = 30
  private static let longestInBytes = 2 << 10

  let run: RunNumber
  /// Without escapes and without blank lines at the end.
  let lines: [String]

  init(_ output: [UInt8], of run: RunNumber) {
    self.run = run
    var lines = output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .suffix(Self.limit + 2)
      .map { line in line.prefix(Self.longestInBytes).withUnsafeBytes { PlainLines.plain($0) } }
    while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
    self.lines = Array(lines.suffix(Self.limit))
  }
}

extension BrowserNews {
  /// A process that ended without a located report is shown with its last words.
  func completed(by words: LastWords?) -> BrowserNews {
    guard case .problem(var problem) = self, problem.diagnostics.isEmpty, problem.output.isEmpty,
      let words, problem.run == words.run
    else { return self }
    problem.output = words.lines
    return .problem(problem)
  }
}
