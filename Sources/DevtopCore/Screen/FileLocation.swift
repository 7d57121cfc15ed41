/// A place in a file that a line of text names, such as `main.go:9:3` or `File "app.py", line 7`.
package struct FileLocation: Equatable, Sendable {
  package var path: String
  /// From 1.
  package var line: Int
  /// From 1.
  package var column: Int?

  package init(path: String, line: Int, column: Int? = nil) {
    self.path = path
    self.line = line
    self.column = column
  }

  /// The first place that the text names; nil where it names none.
  package static func find(in text: String) -> FileLocation? {
    let words = text.split { $0.isWhitespace || "()[]{}<>\"'`,;".contains($0) }
    for (index, word) in words.enumerated() {
      if let found = parse(word) { return found }
      // Python: File "app.py", line 7
      if word == "line", index > 0, index + 1 < words.count, let line = Int(words[index + 1]),
        looksLikeFile(words[index - 1])
      {
        return FileLocation(path: String(words[index - 1]), line: line)
      }
    }
    return nil
  }

  /// `path:line` or `path:line:column`, whatever follows.
  private static func parse(_ word: Substring) -> FileLocation? {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 2, looksLikeFile(parts[0]), let line = Int(parts[1]), line > 0 else { return nil }
    let column = parts.count > 2 ? Int(parts[2]) : nil
    return FileLocation(path: String(parts[0]), line: line, column: column)
  }

  /// Whether a word has a file's extension that begins with a letter: `10.0.0.1:80` and `12:30` are no places.
  private static func looksLikeFile(_ word: Substring) -> Bool {
    guard let dot = word.lastIndex(of: "."), dot != word.startIndex else { return false }
    let suffix = word[word.index(after: dot)...]
    guard let first = suffix.first, first.isASCII, first.isLetter, suffix.count <= 8 else { return false }
    return suffix.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }
}
