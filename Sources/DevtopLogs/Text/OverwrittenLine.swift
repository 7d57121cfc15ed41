import DevtopCore

/// A line whose cursor goes back: progress bars, spinners, backspaces.
///
/// Each column keeps what was written last.
struct OverwrittenLine: LineSink {
  private struct Cell {
    /// Where its bytes are in `written`; empty for the second half of a wide character.
    var start: Int32
    var count: Int32
    var style: UInt16

    static let wideRest: Int32 = 0
  }

  private(set) var column = 0
  private var cells: [Cell] = []
  private var written: [UInt8] = [0x20]
  private var styles: [TextStyle] = [.plain]
  private var style: UInt16 = 0
  /// Cells that were blanked; a hostile line could ask for billions.
  private var erasedCells = 0
  private static let maximumErasedCells = 1 << 20

  /// The blank cell points at the space that `written` begins with.
  private static let blank = Cell(start: 0, count: 1, style: 0)

  var result: StyledBytes {
    var result = StyledBytes()
    for cell in cells {
      result.begin(styles[Int(cell.style)])
      result.bytes.append(contentsOf: written[Int(cell.start)..<Int(cell.start + cell.count)])
    }
    // Blanks at the end are what was erased.
    while result.bytes.last == 0x20, result.bytes.count > (result.styles.last?.start ?? 0),
      result.styles.last.map({ $0.style == .plain }) ?? true
    {
      result.bytes.removeLast()
    }
    return result
  }

  mutating func write(ascii: UnsafeBufferPointer<UInt8>) {
    for byte in ascii { put(CollectionOfOne(byte), width: 1) }
  }

  mutating func write(_ scalar: Unicode.Scalar, width: Int) {
    put(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter, width: width)
  }

  mutating func setStyle(_ style: TextStyle) {
    if let known = styles.firstIndex(of: style) {
      self.style = UInt16(known)
    } else if styles.count < Int(UInt16.max) {
      self.style = UInt16(styles.count)
      styles.append(style)
    }
  }

  mutating func moveCursor(to column: Int) -> Bool {
    self.column = max(0, column)
    return true
  }

  mutating func erase(_ part: Int) -> Bool {
    switch part {
    case 0: if column < cells.count { cells.removeLast(cells.count - column) }
    case 1:
      let count = min(column + 1, cells.count)
      erasedCells += count
      if erasedCells <= Self.maximumErasedCells { for index in 0..<count { cells[index] = Self.blank } }
    case 2: cells.removeAll(keepingCapacity: true)
    default: break
    }
    return true
  }

  private mutating func put(_ bytes: some Collection<UInt8>, width: Int) {
    guard width > 0 else { return join(bytes) }
    while cells.count < column + width { cells.append(Self.blank) }
    clearHalves(column)
    clearHalves(column + width - 1)
    cells[column] = Cell(start: Int32(written.count), count: Int32(bytes.count), style: style)
    written.append(contentsOf: bytes)
    if width == 2 {
      cells[column + 1] = Cell(start: 0, count: Cell.wideRest, style: style)
    }
    column += width
  }

  /// A combining character belongs to the cell before the cursor.
  private mutating func join(_ bytes: some Collection<UInt8>) {
    var index = min(column, cells.count) - 1
    while index > 0, cells[index].count == Cell.wideRest { index -= 1 }
    guard index >= 0 else { return }
    let cell = cells[index]
    let start = Int(cell.start)
    let base = written[start..<start + Int(cell.count)]
    if start + base.count != written.count {
      cells[index].start = Int32(written.count)
      written.append(contentsOf: base)
    }
    written.append(contentsOf: bytes)
    cells[index].count += Int32(bytes.count)
  }

  /// Half of a wide character that is overwritten leaves a blank.
  private mutating func clearHalves(_ index: Int) {
    if cells[index].count == Cell.wideRest, index > 0 { cells[index - 1] = Self.blank }
    if index + 1 < cells.count, cells[index + 1].count == Cell.wideRest { cells[index + 1] = Self.blank }
  }
}
