import DevtopCore

/// The command palette: a query, and the actions that it means.
struct PaletteOverlay {
  let scene: Scene
  let editor: LineEditor
  let selected: Int

  func draw(on canvas: inout Canvas) {
    let size = scene.size
    let found = PaletteList.matches(editor.text, scene.keys)
    let height = max(3, min(16, size.rows - 6))
    let box = Box(columns: 70, rows: height, on: Size(columns: size.columns, rows: size.rows - 2))
    box.draw(
      title: "Command",
      footer:
        "Enter runs \(scene.symbols.dot) Esc closes \(scene.symbols.dot) \(found.count) of \(scene.keys.bindings.count)",
      on: &canvas)
    let area = box.content
    canvas.clipped(to: area) { canvas in
      let start = canvas.draw(":", .prompt, column: area.column, row: area.row)
      EditorLine(editor: editor).draw(
        on: &canvas, column: start, row: area.row, limit: area.column + area.columns, .prompt)
      var cursor = ListCursor()
      cursor.selected = selected
      let rows = scene.visible(cursor, count: found.count, height: area.rows - 1)
      for (offset, index) in rows.enumerated() {
        draw(found[index], row: area.row + 1 + offset, in: area, on: &canvas)
        if index == max(0, min(selected, found.count - 1)) {
          canvas.overlay(
            .selection, columns: area.column..<area.column + area.columns, row: area.row + 1 + offset)
        }
      }
      if found.isEmpty {
        canvas.draw("no action is called that", .dim, column: area.column, row: area.row + 1)
      }
    }
  }

  private func draw(_ binding: KeyTable.Binding, row: Int, in area: Layout.Frame, on canvas: inout Canvas) {
    let key = Line(binding.keys.first?.name ?? "", .key)
    let end = area.column + area.columns
    canvas.draw(binding.action.rawValue, .text, column: area.column + 1, row: row, limit: area.column + 18)
    canvas.draw(binding.help, .dim, column: area.column + 19, row: row, limit: end - key.columns - 2)
    canvas.draw(key, endingAt: end - 1, row: row, notBefore: area.column)
  }
}
