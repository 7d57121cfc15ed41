import DevtopCore

extension LogRow {
  /// Terms of a filter that the line meets, the broadest first: `svc:api`, `level:error`, `"paid order"`, `.status:500`.
  package func filterTerms(withService: Bool) -> [String] {
    var terms = withService ? ["svc:\(FilterText.quoted(service.name))"] : []
    switch stream {
    // No text or level of a filter hides these.
    case .marker: return terms + ["src:watch"]
    case .build: terms.append("src:build")
    case .error: terms.append("stream:err")
    case .terminal, .output: break
    }
    if let level { terms.append("level:\(level.name)") }
    if let words = constantWords { terms.append("\"\(words)\"") }
    forEachField(upTo: Self.sizeLimit) { name, value in
      guard !PrettyLine.shownElsewhere.contains(name), !PrettyLine.messageNames.contains(name),
        LineWords.canBeTyped(name), let text = LineWords.text(of: value)
      else { return }
      terms.append(".\(name):\(FilterText.quoted(text))")
    }
    return terms
  }

  private static let sizeLimit = 8 << 10
  private static let longestPhrase = 40

  /// The longest run of words in the message that other lines of its kind have, too: without numbers and values.
  private var constantWords: String? {
    let line = plainText
    guard bytes.withUnsafeBytes({ AccessLog.parse($0) }) == nil else { return nil }
    let message = pretty?.message ?? String(line.prefix(Self.sizeLimit))
    var longest: Substring = ""
    var run: Range<String.Index>?
    for word in message.split(whereSeparator: \.isWhitespace) {
      let start = run?.lowerBound ?? word.startIndex
      if Self.isConstant(word), message[start..<word.endIndex].count <= Self.longestPhrase {
        run = start..<word.endIndex
      } else {
        run = Self.isConstant(word) ? word.startIndex..<word.endIndex : nil
      }
      if let run, message[run].count > longest.count { longest = message[run] }
    }
    // What the object writes with escapes is found by nobody.
    let hasName = longest.count { $0.isLetter } > 2
    return hasName && longest.count <= Self.longestPhrase && line.contains(longest) ? String(longest) : nil
  }

  private static func isConstant(_ word: Substring) -> Bool {
    guard word.contains(where: \.isLetter) else { return false }
    if word.contains(where: { $0.isNumber || "=\"\\{}/".contains($0) }) { return false }
    return Array(word.utf8).withUnsafeBufferPointer { LevelWord.level($0) } == nil
  }
}
