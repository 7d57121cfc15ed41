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
    case .control("u"):
      characters.removeSubrange(0..<cursor)
      cursor = 0
    case .control("k"): characters.removeSubrange(cursor...)
    case .control("w"):
      var start = cursor
      while start > 0, characters[start - 1] == " " { start -= 1 }
      while start > 0, characters[start - 1] != " " { start -= 1 }
      characters.removeSubrange(start..<cursor)
      cursor = start
    case .backspace, .control("h"):
      guard cursor > 0 else { return true }
      cursor -= 1
      characters.remove(at: cursor)
    case .delete, .control("d"):
      if cursor < characters.count { characters.remove(at: cursor) }
    case .up, .control("p"): recall(1)
    case .down, .control("n"): recall(-1)
    case .control, .enter, .tab, .backTab, .escape, .pageUp, .pageDown, .function: return false
    }
    return true
  }

  /// Inserts text at the cursor, as a paste does; line breaks become spaces.
  package mutating func insert(_ text: String) {
    let clean = text.map { $0.isNewline ? " " : $0 }
    characters.insert(contentsOf: clean, at: cursor)
    cursor += clean.count
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
