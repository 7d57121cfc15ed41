/// Where the panes are on a screen of a given size.
package struct Layout: Equatable, Sendable {
  /// A rectangle of cells.
  package struct Frame: Equatable, Sendable {
    package var column: Int
    package var row: Int
    package var columns: Int
    package var rows: Int

    package init(column: Int, row: Int, columns: Int, rows: Int) {
      self.column = column
      self.row = row
      self.columns = columns
      self.rows = rows
    }

    package func contains(column: Int, row: Int) -> Bool {
      column >= self.column && column < self.column + columns && row >= self.row && row < self.row + rows
    }
  }

  /// Each visible pane with its title row.
  package private(set) var panes: [Pane: Frame] = [:]

  /// The layout of a state: it depends on the screen's size, the focus, zoom, and whether a build is red.
  package init(_ state: AppState) {
    let size = state.screen.size
    panes[state.screen.focus] = Frame(column: 0, row: 1, columns: size.columns, rows: max(0, size.rows - 3))
  }

  /// Rows of content that a pane shows; 0 where it is not visible.
  package func contentHeight(of pane: Pane) -> Int { max(0, (panes[pane]?.rows ?? 0) - 1) }

  /// The pane at a cell, and the row of its content (-1: its title).
  package func pane(atColumn column: Int, row: Int) -> (pane: Pane, contentRow: Int)? {
    for (pane, frame) in panes where frame.contains(column: column, row: row) {
      return (pane, row - frame.row - 1)
    }
    return nil
  }
}
