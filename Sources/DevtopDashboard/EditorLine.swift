import DevtopCore

/// A line being edited: scrolled so that its cursor is seen, with the terminal's cursor on it.
struct EditorLine {
  let editor: LineEditor

  func draw(on canvas: inout Canvas, column: Int, row: Int, limit: Int, _ role: Theme.Token) {
    let room = limit - column - 1
    guard room > 0 else { return }
    let characters = editor.characters
    let cursor = max(0, min(editor.cursor, characters.count))
    var first = cursor
    var before = 0
    while first > 0 {
      let width = Glyph(characters[first - 1]).columns
      guard before + width <= room else { break }
      before += width
      first -= 1
    }
    canvas.draw(String(characters[first...]), role, column: column, row: row, limit: limit)
    canvas.showCursor(column: column + before, row: row)
  }
}
