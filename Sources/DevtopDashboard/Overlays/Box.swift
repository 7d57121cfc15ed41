import DevtopCore

/// A bordered box in the middle of the screen.
struct Box {
  let frame: Layout.Frame

  /// A box for content of this many columns and rows, as far as they fit.
  init(columns: Int, rows: Int, on size: Size) {
    let width = max(0, min(size.columns, columns + 4))
    let height = max(0, min(size.rows, rows + 2))
    frame = Layout.Frame(
      column: (size.columns - width) / 2, row: (size.rows - height) / 2, columns: width, rows: height)
  }

  /// Inside the border, with a column of space on each side.
  var content: Layout.Frame {
    Layout.Frame(
      column: frame.column + 2, row: frame.row + 1, columns: max(0, frame.columns - 4),
      rows: max(0, frame.rows - 2))
  }

  func draw(title: String, footer: String = "", on canvas: inout Canvas) {
    let symbols = canvas.symbols
    let last = (column: frame.column + frame.columns - 1, row: frame.row + frame.rows - 1)
    canvas.fill(frame, .text)
    let columns = frame.column..<frame.column + frame.columns
    canvas.horizontal(symbols.horizontal, columns: columns, row: frame.row, .borderFocus)
    canvas.horizontal(symbols.horizontal, columns: columns, row: last.row, .borderFocus)
    let rows = frame.row..<frame.row + frame.rows
    canvas.vertical(symbols.vertical, column: frame.column, rows: rows, .borderFocus)
    canvas.vertical(symbols.vertical, column: last.column, rows: rows, .borderFocus)
    canvas.symbol(symbols.topLeft, column: frame.column, row: frame.row, .borderFocus)
    canvas.symbol(symbols.topRight, column: last.column, row: frame.row, .borderFocus)
    canvas.symbol(symbols.bottomLeft, column: frame.column, row: last.row, .borderFocus)
    canvas.symbol(symbols.bottomRight, column: last.column, row: last.row, .borderFocus)
    canvas.draw(" \(title) ", .title, column: frame.column + 2, row: frame.row, limit: last.column)
    if !footer.isEmpty {
      canvas.draw(" \(footer) ", .dim, column: frame.column + 2, row: last.row, limit: last.column)
    }
  }

  /// Draws lines from `scroll` on.
  ///
  /// - Returns: the rows that are shown.
  @discardableResult
  func draw(_ lines: [Line], scroll: Int, on canvas: inout Canvas) -> Range<Int> {
    let area = content
    let first = max(0, min(scroll, lines.count - area.rows))
    let shown = first..<min(lines.count, first + area.rows)
    canvas.clipped(to: area) { canvas in
      for (offset, index) in shown.enumerated() {
        canvas.draw(lines[index], column: area.column, row: area.row + offset)
      }
    }
    return shown
  }
}
