import DevtopCore

/// Characters to cells.
extension TerminalScreen {
  /// As UTF-8; a base with more marks keeps the first.
  private static let longestCluster = 48

  /// Prints printable ASCII.
  mutating func print(_ text: UnsafeBufferPointer<UInt8>) {
    joiner = 0
    guard charsets.current == .ascii else {
      for byte in text { print(charsets.scalar(byte)) }
      return
    }
    var index = 0
    while index < text.count {
      wrapIfPending()
      let row = cursor.row
      var count = min(columns - cursor.column, text.count - index)
      if !modes.autowrap, index + count < text.count {
        // All that does not fit goes to the last column, one over the other.
        if count == 1 { index = text.count - 1 }
      }
      count = min(count, text.count - index)
      prepare(count)
      let start = grid.start(of: row) + cursor.column
      let style = style
      grid.cells.withUnsafeMutableBufferPointer { cells in
        for offset in 0..<count {
          cells[start + offset] = TerminalCell(content: UInt32(text[index + offset]), style: style, width: 1)
        }
      }
      advance(count)
      index += count
    }
    previous = UInt32(text[text.count - 1])
    lastPrinted = previous
  }

  /// Prints a scalar that is to be seen; one without a width joins the one before.
  mutating func print(_ scalar: UInt32) {
    let width = scalar < 0x7F ? 1 : DisplayWidth.columns(of: scalar)
    guard width > 0 else { return append(scalar) }
    wrapIfPending()
    if cursor.column + width > columns {
      guard modes.autowrap, width <= columns else { return }
      wrap()
    }
    prepare(width)
    let place = grid.start(of: cursor.row) + cursor.column
    grid.cells[place] = TerminalCell(content: scalar, style: style, width: UInt8(width))
    if width == 2 { grid.cells[place + 1] = .rightHalf(style) }
    advance(width)
    previous = scalar
    lastPrinted = scalar
  }

  /// Makes room for some columns at the cursor.
  private mutating func prepare(_ count: Int) {
    let row = cursor.row
    let column = cursor.column
    if modes.insert { grid.insert(count, at: column, row: row, blank: .erased(style)) }
    grid.splitWide(at: column, row: row)
    grid.splitWide(at: column + count, row: row)
    grid.store(column + count, row: row)
    changed.insert(row)
  }

  private mutating func advance(_ count: Int) {
    cursor.column += count
    guard cursor.column >= columns else { return }
    cursor.column = columns - 1
    isWrapPending = true
    grid.setWrapped(false, row: cursor.row)
  }

  private mutating func wrapIfPending() {
    guard isWrapPending else { return }
    if modes.autowrap { wrap() } else { isWrapPending = false }
  }

  private mutating func wrap() {
    grid.setWrapped(true, row: cursor.row)
    cursor.column = 0
    index()
  }

  // MARK: - Marks

  /// Where the character before the cursor is.
  var columnOfPrevious: Int? {
    var column = isWrapPending ? cursor.column : cursor.column - 1
    guard column >= 0 else { return nil }
    if column > 0, grid.cell(row: cursor.row, column: column).isRightHalf { column -= 1 }
    return column
  }

  /// Joins a scalar to the character before the cursor: combining marks, joiners, variation selectors.
  mutating func append(_ scalar: UInt32) {
    guard let column = columnOfPrevious, let mark = Unicode.Scalar(scalar).flatMap({ UTF8.encode($0) }) else {
      return
    }
    let row = cursor.row
    grid.store(column + 1, row: row)
    let place = grid.start(of: row) + column
    let cell = grid.cells[place]
    if let cluster = cell.cluster {
      grid.withLine(row) { line in
        if line.clusters[cluster].count + mark.count <= Self.longestCluster {
          line.clusters[cluster].append(contentsOf: mark)
        }
      }
    } else if let base = Unicode.Scalar(cell.content).flatMap({ UTF8.encode($0) }) {
      grid.addCluster(Array(base) + Array(mark), at: column, row: row)
    }
    changed.insert(row)
    if scalar == 0xFE0F, cell.width == 1, cell.cluster == nil { widen(cell, column: column) }
  }

  /// U+FE0F gives some narrow characters the form of an emoji, of two columns.
  private mutating func widen(_ cell: TerminalCell, column: Int) {
    let row = cursor.row
    guard DisplayWidth.isWidenedByVS16(cell.content), column + 2 <= columns, !isWrapPending else { return }
    let hasRoom = cursor.column == column + 1
    guard hasRoom else { return }
    prepare(1)
    let place = grid.start(of: row) + column
    grid.cells[place].width = 2
    grid.cells[place + 1] = .rightHalf(cell.style)
    advance(1)
  }
}
