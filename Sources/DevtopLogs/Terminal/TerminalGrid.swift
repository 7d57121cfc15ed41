import DevtopCore

/// The cells of a screen: rows that are moved without being copied, and blanks that are not stored.
///
/// Every row and column that comes in lies inside; the callers clamp.
struct TerminalGrid: Sendable {
  struct Line: Sendable {
    /// The columns that are stored; those behind them all hold `rest`.
    var used = 0
    var rest = TerminalCell.blank
    /// Its text goes on in the next row.
    var isWrapped = false
    /// Characters of more than one scalar, as UTF-8.
    var clusters: [[UInt8]] = []
  }

  let rows: Int
  let columns: Int
  var cells: [TerminalCell]
  private var lines: [Line]
  /// Which line a row shows.
  private var order: [Int]

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    cells = Array(repeating: .blank, count: rows * columns)
    lines = Array(repeating: Line(), count: rows)
    order = Array(0..<rows)
  }

  /// Where the first cell of a row is in `cells`.
  func start(of row: Int) -> Int { order[row] * columns }

  func line(_ row: Int) -> Line { lines[order[row]] }

  func used(_ row: Int) -> Int { lines[order[row]].used }

  mutating func withLine(_ row: Int, _ body: (inout Line) -> Void) { body(&lines[order[row]]) }

  mutating func setWrapped(_ isWrapped: Bool, row: Int) { lines[order[row]].isWrapped = isWrapped }

  /// Whether nothing was written to a row since it was cleared.
  func isBlank(_ row: Int) -> Bool { used(row) == 0 && lines[order[row]].rest.content == TerminalCell.space }

  func cell(row: Int, column: Int) -> TerminalCell {
    column < used(row) ? cells[start(of: row) + column] : lines[order[row]].rest
  }

  /// A copy of a row.
  func snapshot(_ row: Int) -> TerminalRow {
    let line = line(row)
    let start = start(of: row)
    var content = Array(cells[start..<start + line.used])
    if line.rest != .blank {
      content.append(contentsOf: repeatElement(line.rest, count: columns - line.used))
    }
    return TerminalRow(
      cells: content, clusters: line.clusters, columns: columns, isWrapped: line.isWrapped)
  }

  /// Stores at least this many columns of a row.
  mutating func store(_ count: Int, row: Int) {
    let index = order[row]
    let used = lines[index].used
    guard count > used else { return }
    fill(used..<count, of: index, with: lines[index].rest)
    lines[index].used = count
  }

  private mutating func fill(_ range: Range<Int>, of index: Int, with cell: TerminalCell) {
    let start = index * columns
    cells.withUnsafeMutableBufferPointer { cells in
      for column in range { cells[start + column] = cell }
    }
  }

  /// Makes all cells of some rows this one.
  mutating func clear(rows: Range<Int>, with cell: TerminalCell) {
    for row in rows {
      let index = order[row]
      lines[index].used = 0
      lines[index].rest = cell
      lines[index].isWrapped = false
      if !lines[index].clusters.isEmpty { lines[index].clusters.removeAll() }
    }
  }

  /// Makes some cells of a row this one.
  mutating func clear(_ range: Range<Int>, row: Int, with cell: TerminalCell) {
    guard !range.isEmpty else { return }
    if range == 0..<columns { return clear(rows: row..<row + 1, with: cell) }
    splitWide(at: range.lowerBound, row: row)
    splitWide(at: range.upperBound, row: row)
    let index = order[row]
    if range.upperBound == columns {
      lines[index].isWrapped = false
      if lines[index].used <= range.lowerBound, lines[index].rest == cell { return }
      // What is before the range must not follow the new rest.
      store(range.lowerBound, row: row)
      lines[index].used = range.lowerBound
      lines[index].rest = cell
    } else {
      store(range.upperBound, row: row)
      fill(range, of: index, with: cell)
    }
  }

  /// Leaves blanks of a wide character whose halves would part before a column.
  mutating func splitWide(at column: Int, row: Int) {
    guard column > 0, column < used(row) else { return }
    let place = start(of: row) + column
    guard cells[place].isRightHalf else { return }
    for half in [place - 1, place] {
      cells[half] = TerminalCell(content: TerminalCell.space, style: cells[half].style, width: 1)
    }
  }

  /// Makes a cell that is stored a character of several scalars.
  mutating func addCluster(_ bytes: [UInt8], at column: Int, row: Int) {
    let index = order[row]
    if lines[index].clusters.count >= columns + 64 { forgetClusters(of: index) }
    cells[index * columns + column].content = TerminalCell.clusterFlag | UInt32(lines[index].clusters.count)
    lines[index].clusters.append(bytes)
  }

  /// Forgets the clusters that no cell shows any more.
  private mutating func forgetClusters(of index: Int) {
    var kept: [[UInt8]] = []
    for place in index * columns..<index * columns + lines[index].used {
      guard let cluster = cells[place].cluster else { continue }
      cells[place].content = TerminalCell.clusterFlag | UInt32(kept.count)
      kept.append(lines[index].clusters[cluster])
    }
    lines[index].clusters = kept
  }

  /// Moves the cells from a column on to the right; what leaves the row is lost.
  mutating func insert(_ count: Int, at column: Int, row: Int, blank: TerminalCell) {
    let count = min(count, columns - column)
    guard count > 0 else { return }
    splitWide(at: column, row: row)
    splitWide(at: columns - count, row: row)
    let used = used(row)
    let rest = lines[order[row]].rest
    if column >= used, blank == rest { return }
    // Only the stored cells need to move, where what is behind them looks the same everywhere.
    store(min(columns, max(used, column) + count), row: row)
    let start = start(of: row)
    let end = self.used(row)
    cells.withUnsafeMutableBufferPointer { cells in
      var target = end - 1
      while target >= column + count {
        cells[start + target] = cells[start + target - count]
        target -= 1
      }
      for place in column..<column + count { cells[start + place] = blank }
    }
    lines[order[row]].isWrapped = false
  }

  /// Moves the cells behind some columns to the left; blanks come in at the end of the row.
  mutating func delete(_ count: Int, at column: Int, row: Int, blank: TerminalCell) {
    let count = min(count, columns - column)
    guard count > 0 else { return }
    splitWide(at: column, row: row)
    splitWide(at: column + count, row: row)
    if lines[order[row]].rest != blank { store(columns, row: row) }
    let used = used(row)
    if column < used {
      let start = start(of: row)
      let kept = max(0, used - column - count)
      cells.withUnsafeMutableBufferPointer { cells in
        for place in start + column..<start + column + kept { cells[place] = cells[place + count] }
      }
      lines[order[row]].used = column + kept
    }
    lines[order[row]].rest = blank
    lines[order[row]].isWrapped = false
  }

  /// Moves the rows of a region up; blank ones come in below.
  ///
  /// A negative count moves them down.
  mutating func scroll(_ region: Range<Int>, by count: Int, blank: TerminalCell) {
    let distance = min(abs(count), region.count)
    guard distance > 0 else { return }
    let middle = count > 0 ? region.lowerBound + distance : region.upperBound - distance
    if distance < region.count {
      order.withUnsafeMutableBufferPointer { order in
        Self.rotate(order, region, toStartAt: middle)
      }
    }
    clear(
      rows: count > 0
        ? region.upperBound - distance..<region.upperBound
        : region.lowerBound..<region.lowerBound + distance, with: blank)
  }

  /// By three reversals: linear, in place.
  private static func rotate(
    _ order: UnsafeMutableBufferPointer<Int>, _ region: Range<Int>, toStartAt middle: Int
  ) {
    if middle == region.lowerBound + 1 {
      // By one, as a line feed does, in one pass.
      let first = order[region.lowerBound]
      for index in region.lowerBound..<region.upperBound - 1 { order[index] = order[index + 1] }
      order[region.upperBound - 1] = first
      return
    }
    order[region.lowerBound..<middle].reverse()
    order[middle..<region.upperBound].reverse()
    order[region].reverse()
  }

  /// The same rows, those before `first` left out, in another size; blank rows follow.
  func resized(rows newRows: Int, columns newColumns: Int, from first: Int) -> TerminalGrid {
    var grid = TerminalGrid(rows: newRows, columns: newColumns)
    for row in 0..<min(newRows, rows - first) {
      var line = line(first + row)
      let source = start(of: first + row)
      let target = grid.start(of: row)
      let isWhole = line.used <= newColumns
      line.used = min(line.used, newColumns)
      // Half a wide character does not stay.
      if !isWhole, cells[source + line.used].isRightHalf { line.used -= 1 }
      for column in 0..<line.used { grid.cells[target + column] = cells[source + column] }
      grid.lines[row] = line
      if newColumns > columns, line.rest != .blank {
        grid.store(columns, row: row)
        grid.lines[row].rest = .blank
      }
    }
    return grid
  }
}
