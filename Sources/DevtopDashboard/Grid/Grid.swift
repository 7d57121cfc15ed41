package import DevtopCore

/// A screenful of cells: what `draw` returns and what a terminal compares with what it shows.
package struct Grid: Sendable {
  package let size: Size
  /// Row by row.
  private var cells: [Cell]
  private var clusters: [[UInt32]] = []
  /// Where the terminal's cursor is shown; nil: nowhere.
  package var cursor: Position?

  /// A cell of a grid, from 0.
  package struct Position: Hashable, Sendable {
    package var column: Int
    package var row: Int

    package init(column: Int, row: Int) {
      self.column = column
      self.row = row
    }
  }

  /// The largest grid; a terminal that reports more gets this much.
  package static let limit = Size(columns: 2_000, rows: 1_000)

  package init(_ size: Size, style: PackedStyle = .plain) {
    self.size = Size(
      columns: min(max(0, size.columns), Self.limit.columns), rows: min(max(0, size.rows), Self.limit.rows))
    cells = Array(
      repeating: Cell(scalar: 0x20, style: style), count: self.size.columns * self.size.rows)
  }

  /// The cell at a position; nil outside.
  package subscript(column: Int, row: Int) -> Cell? {
    contains(column: column, row: row) ? cells[row * size.columns + column] : nil
  }

  /// The scalars of a cell: its character with its marks; empty for the right half of a wide one.
  package func scalars(of cell: Cell) -> [UInt32] {
    if cell.isRightHalf { return [] }
    if let index = cell.cluster { return clusters[index] }
    return [cell.glyph]
  }

  /// The one scalar of a cell; nil for a right half and for a character with marks.
  package func singleScalar(of cell: Cell) -> UInt32? {
    cell.isRightHalf || cell.cluster != nil ? nil : cell.glyph
  }

  private func contains(column: Int, row: Int) -> Bool {
    column >= 0 && column < size.columns && row >= 0 && row < size.rows
  }
}

// MARK: Writing

extension Grid {
  /// Puts a character of one column.
  mutating func put(scalar: UInt32, column: Int, row: Int, style: PackedStyle) {
    guard contains(column: column, row: row) else { return }
    set(Cell(scalar: scalar, style: style), column: column, row: row)
  }

  /// Puts a run of printable ASCII.
  mutating func put(
    ascii bytes: UnsafeBufferPointer<UInt8>, column: Int, row: Int, style: PackedStyle
  ) {
    guard row >= 0, row < size.rows, column >= 0, column < size.columns else { return }
    let count = min(bytes.count, size.columns - column)
    guard count > 0 else { return }
    mendNeighbours(column: column, count: count, row: row)
    let start = row * size.columns + column
    for index in 0..<count { cells[start + index] = Cell(scalar: UInt32(bytes[index]), style: style) }
  }

  /// Puts a character; one that is cut in half by the grid's edge becomes a space.
  mutating func put(_ glyph: Glyph, column: Int, row: Int, style: PackedStyle) {
    guard glyph.columns == 2 else {
      guard contains(column: column, row: row) else { return }
      return set(cell(for: glyph, style: style), column: column, row: row)
    }
    guard contains(column: column, row: row), contains(column: column + 1, row: row) else {
      put(scalar: 0x20, column: column, row: row, style: style)
      put(scalar: 0x20, column: column + 1, row: row, style: style)
      return
    }
    mendNeighbours(column: column, count: 2, row: row)
    cells[row * size.columns + column] = cell(for: glyph, style: style)
    cells[row * size.columns + column + 1] = .rightHalf(style: style)
  }

  /// Lays a style over a part of a row.
  mutating func overlay(_ style: PackedStyle, columns: Range<Int>, row: Int) {
    guard row >= 0, row < size.rows else { return }
    for column in columns.clamped(to: 0..<size.columns) {
      let index = row * size.columns + column
      cells[index].style = cells[index].style.overlaid(with: style)
    }
  }

  private mutating func set(_ cell: Cell, column: Int, row: Int) {
    mendNeighbours(column: column, count: 1, row: row)
    cells[row * size.columns + column] = cell
  }

  /// Turns the halves of wide characters that a write cuts into spaces.
  private mutating func mendNeighbours(column: Int, count: Int, row: Int) {
    let start = row * size.columns
    if column > 0, cells[start + column].isRightHalf {
      cells[start + column - 1] = Cell(scalar: 0x20, style: cells[start + column - 1].style)
    }
    let after = column + count
    if after < size.columns, cells[start + after].isRightHalf {
      cells[start + after] = Cell(scalar: 0x20, style: cells[start + after].style)
    }
  }

  private mutating func cell(for glyph: Glyph, style: PackedStyle) -> Cell {
    if glyph.scalars.count == 1 { return Cell(scalar: glyph.scalars[0], style: style) }
    clusters.append(glyph.scalars)
    return Cell(cluster: clusters.count - 1, style: style)
  }
}

// MARK: Comparing

extension Grid {
  /// The positions whose cell is another one than in `previous`, row by row; all where the sizes differ.
  package func changes(since previous: Grid?) -> [Position] {
    var positions: [Position] = []
    let comparable = previous.flatMap { $0.size == size ? $0 : nil }
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let index = row * size.columns + column
        if let comparable, isSame(cells[index], comparable.cells[index], in: comparable) { continue }
        positions.append(Position(column: column, row: row))
      }
    }
    return positions
  }

  private func isSame(_ cell: Cell, _ old: Cell, in previous: Grid) -> Bool {
    if let index = cell.cluster {
      guard let oldIndex = old.cluster, cell.style == old.style else { return false }
      return clusters[index] == previous.clusters[oldIndex]
    }
    return cell == old
  }

  /// The characters alone: a line a row, trailing spaces kept.
  package var text: String {
    var lines: [String] = []
    for row in 0..<size.rows {
      var line = String.UnicodeScalarView()
      for column in 0..<size.columns {
        for value in scalars(of: cells[row * size.columns + column]) {
          if let scalar = Unicode.Scalar(value) { line.append(scalar) }
        }
      }
      lines.append(String(line))
    }
    return lines.joined(separator: "\n")
  }
}
