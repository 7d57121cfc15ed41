import DevtopCore

/// Erasing, inserting, deleting (ECMA-48 §8.3; VT510, "Editing"): what comes in has the background that is set, and a
/// pending wrap ends, both as in xterm.
extension TerminalScreen {
  /// ED: 0 behind the cursor, 1 up to it, 2 all; 3 is the scrollback, which is not here.
  mutating func eraseInDisplay(_ part: Int) {
    isWrapPending = false
    let erased: Range<Int>
    switch part {
    case 0:
      eraseInLine(0)
      erased = cursor.row + 1..<rows
    case 1:
      erased = 0..<cursor.row
      eraseInLine(1)
    case 2: erased = 0..<rows
    default: return
    }
    grid.clear(rows: erased, with: .erased(style))
    changed.insert(erased)
  }

  /// EL: 0 from the cursor on, 1 up to it, 2 all.
  mutating func eraseInLine(_ part: Int) {
    isWrapPending = false
    switch part {
    case 0: erase(cursor.column..<columns)
    case 1: erase(0..<cursor.column + 1)
    case 2: erase(0..<columns)
    default: break
    }
  }

  /// ECH.
  mutating func eraseCharacters(_ count: Int) {
    isWrapPending = false
    erase(cursor.column..<min(cursor.column + count, columns))
  }

  private mutating func erase(_ columns: Range<Int>) {
    grid.clear(columns, row: cursor.row, with: .erased(style))
    changed.insert(cursor.row)
  }

  /// ICH.
  mutating func insertCharacters(_ count: Int) {
    isWrapPending = false
    grid.insert(count, at: cursor.column, row: cursor.row, blank: .erased(style))
    changed.insert(cursor.row)
  }

  /// DCH.
  mutating func deleteCharacters(_ count: Int) {
    isWrapPending = false
    grid.delete(count, at: cursor.column, row: cursor.row, blank: .erased(style))
    changed.insert(cursor.row)
  }

  /// IL: within the margins only.
  mutating func insertLines(_ count: Int) { moveLines(by: -count) }

  /// DL: within the margins only.
  mutating func deleteLines(_ count: Int) { moveLines(by: count) }

  private mutating func moveLines(by count: Int) {
    guard region.contains(cursor.row) else { return }
    isWrapPending = false
    let lines = cursor.row..<region.upperBound
    grid.scroll(lines, by: count, blank: .erased(style))
    changed.insert(lines)
  }

  /// DECALN: a screen of `E`, without margins.
  mutating func alignmentPattern() {
    region = 0..<rows
    moveTo(row: 0, column: 0)
    grid.clear(
      rows: 0..<rows, with: TerminalCell(content: UInt32(UInt8(ascii: "E")), style: .plain, width: 1))
    changed.insert(0..<rows)
  }
}
