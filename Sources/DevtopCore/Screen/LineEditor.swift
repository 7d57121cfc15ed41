/// One line being edited, as readline does it.
package struct LineEditor: Equatable, Sendable {
  package private(set) var characters: [Character]
  /// 0 to `characters.count`.
  package private(set) var cursor: Int
  /// Older entries, newest first.
  private var history: [String]
  /// Nil while the person's own text is edited.
  private var historyIndex: Int?
  private var draft = ""
  /// What was cut last, for ^Y.
  private var killed: [Character] = []

  package init(text: String = "", history: [String] = []) {
    characters = Array(text)
    cursor = characters.count
    self.history = history
  }

  package var text: String { String(characters) }

  /// Handles an editing key; false where the key is not one.
  package mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert(String(character))
    case .control("a"), .home: cursor = 0
    case .control("e"), .end: cursor = characters.count
    case .control("b"), .left: cursor = max(0, cursor - 1)
    case .control("f"), .right: cursor = min(characters.count, cursor + 1)
    case .control("u"): cut(0..<cursor)
    case .control("k"): cut(cursor..<characters.count)
    case .control("w"): cut(wordStart { $0 != " " }..<cursor)
    case .control("y"): insert(String(killed))
    case .alt("b"): cursor = wordStart(Self.isWord)
    case .alt("f"): cursor = wordEnd
    case .alt("d"): cut(cursor..<wordEnd)
    case .alt("\u{7F}"): cut(wordStart(Self.isWord)..<cursor)
    case .backspace, .control("h"):
      guard cursor > 0 else { return true }
      cursor -= 1
      characters.remove(at: cursor)
    case .delete, .control("d"):
      if cursor < characters.count { characters.remove(at: cursor) }
    case .up, .control("p"): recall(1)
    case .down, .control("n"): recall(-1)
    case .control, .alt, .enter, .tab, .backTab, .escape, .pageUp, .pageDown, .function: return false
    }
    return true
  }

  /// Inserts text at the cursor, as a paste does; line breaks become spaces.
  package mutating func insert(_ text: String) {
    let clean = text.map { $0.isNewline ? " " : $0 }
    characters.insert(contentsOf: clean, at: cursor)
    cursor += clean.count
  }

  /// Puts text in the place of what is between `start` and the cursor.
  mutating func replace(from start: Int, with text: String) {
    let start = min(max(0, start), cursor)
    characters.removeSubrange(start..<cursor)
    cursor = start
    insert(text)
  }

  /// What is before the cursor.
  var textBeforeCursor: String { String(characters[..<cursor]) }

  private mutating func cut(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    killed = Array(characters[range])
    characters.removeSubrange(range)
    cursor = range.lowerBound
  }

  private static func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

  /// Where the word at or before the cursor begins.
  private func wordStart(_ isWord: (Character) -> Bool) -> Int {
    var start = cursor
    while start > 0, !isWord(characters[start - 1]) { start -= 1 }
    while start > 0, isWord(characters[start - 1]) { start -= 1 }
    return start
  }

  /// Where the word at or after the cursor ends.
  private var wordEnd: Int {
    var end = cursor
    while end < characters.count, !Self.isWord(characters[end]) { end += 1 }
    while end < characters.count, Self.isWord(characters[end]) { end += 1 }
    return end
  }

  private mutating func recall(_ step: Int) {
    let next = (historyIndex ?? -1) + step
    guard next < history.count, next >= -1 else { return }
    if historyIndex == nil { draft = text }
    historyIndex = next < 0 ? nil : next
    characters = Array(next < 0 ? draft : history[next])
    cursor = characters.count
  }
}
