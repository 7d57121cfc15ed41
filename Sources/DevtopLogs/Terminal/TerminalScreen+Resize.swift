/// Another size.
extension TerminalScreen {
  /// Gives the screen another size, as xterm does, without breaking lines anew.
  ///
  /// Fewer rows leave out those below the cursor first; those that have to leave at the top count as scrolled off.
  /// Columns are cut or filled with blanks; margins are reset, tab stops stay.
  package mutating func resize(rows newRows: Int, columns newColumns: Int) {
    let newRows = min(max(newRows, 1), Self.maximumRows)
    let newColumns = min(max(newColumns, 1), Self.maximumColumns)
    guard newRows != rows || newColumns != columns else { return }
    let first = max(0, cursor.row - newRows + 1)
    // The cursor of the main screen is the saved one while the alternate screen is shown.
    let mainRow = isAlternate ? saved[0].row : cursor.row
    let mainFirst = isAlternate ? max(0, mainRow - newRows + 1) : first
    if let main = isAlternate ? hidden : grid {
      for row in 0..<mainFirst { keepScrolledOff(main.snapshot(row)) }
    }
    hidden = hidden?.resized(
      rows: newRows, columns: newColumns, from: isAlternate ? mainFirst : max(0, rows - newRows))
    grid = grid.resized(rows: newRows, columns: newColumns, from: first)
    rows = newRows
    columns = newColumns
    region = 0..<rows
    tabs.resize(columns: columns)
    cursor.row -= first
    cursor.column = min(cursor.column, columns - 1)
    isWrapPending = false
    saved[0].row = max(0, saved[0].row - mainFirst)
    for index in saved.indices {
      saved[index].row = min(saved[index].row, rows - 1)
      saved[index].column = min(saved[index].column, columns - 1)
    }
    changed = RowSet(rows: rows)
    changed.insert(0..<rows)
    previous = 0
    joiner = 0
  }
}
