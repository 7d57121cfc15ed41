import DevtopCore

/// The command palette: a query, and the actions that it means.
struct PaletteOverlay {
  let scene: Scene
  let editor: LineEditor
  let selected: Int

  func draw(on canvas: inout Canvas) {
    let size = scene.size
    let found = PaletteList.items(editor.text, scene.keys, scene.state.filters)
    let all = scene.keys.bindings.count + scene.state.filters.count
    let height = max(3, min(16, size.rows - 6))
    let box = Box(columns: 70, rows: height, on: Size(columns: size.columns, rows: size.rows - 2))
    box.draw(
      title: "Command",
      footer:
        "Enter runs \(scene.symbols.dot) Esc closes \(scene.symbols.dot) \(found.count) of \(all)",
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

  private func draw(_ item: PaletteItem, row: Int, in area: Layout.Frame, on canvas: inout Canvas) {
    let (name, help, key) = texts(item)
    let end = area.column + area.columns
    canvas.draw(name, .text, column: area.column + 1, row: row, limit: area.column + 18)
    canvas.draw(help, .dim, column: area.column + 19, row: row, limit: end - key.columns - 2)
    canvas.draw(key, endingAt: end - 1, row: row, notBefore: area.column)
  }

  private func texts(_ item: PaletteItem) -> (name: String, help: String, key: Line) {
    let filter = scene.state.screen.focusedFilter
    return switch item {
    case .action(let binding):
      (binding.action.rawValue, binding.help, Line(binding.keys.first?.name ?? "", .key))
    case .jump(let time): (time, "to this time in the log: 14:02, 14:02:33, -5m", Line())
    case .saveFilter(let name):
      (name, "a name for \(filter.isEmpty ? "no filter: it is forgotten" : filter)", Line())
    case .filter(let filter):
      (filter.name, filter.text, Line(filter.isOfRequests ? "requests" : "filter", .dim))
    }
  }
}
