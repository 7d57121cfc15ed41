/// The cursor (ECMA-48 §8.3; VT510, "Cursor movement"); each move ends a pending wrap.
extension TerminalScreen {
  /// Rows that a move within the margins may reach.
  private var reach: Range<Int> { modes.origin ? region : 0..<rows }

  /// CUU: up to the top margin; from above it, up to the first row.
  mutating func moveUp(_ count: Int) {
    isWrapPending = false
    cursor.row = max(cursor.row - count, cursor.row >= region.lowerBound ? region.lowerBound : 0)
  }

  /// CUD: down to the bottom margin; from below it, down to the last row.
  mutating func moveDown(_ count: Int) {
    isWrapPending = false
    cursor.row = min(cursor.row + count, cursor.row < region.upperBound ? region.upperBound - 1 : rows - 1)
  }

  mutating func moveForward(_ count: Int) { moveTo(column: cursor.column + count) }

  mutating func moveBack(_ count: Int) { moveTo(column: cursor.column - count) }

  mutating func moveTo(column: Int) {
    isWrapPending = false
    cursor.column = min(max(column, 0), columns - 1)
  }

  /// CUP: with origin mode from the top margin on, and no further than the bottom margin.
  mutating func moveTo(row: Int, column: Int) {
    cursor.row = min(max(reach.lowerBound + row, reach.lowerBound), reach.upperBound - 1)
    moveTo(column: column)
  }

  /// To a stop in front or, with a negative count, behind.
  ///
  /// xterm: a pending wrap stays pending.
  mutating func tab(_ count: Int) {
    for _ in 0..<min(abs(count), columns) {
      cursor.column =
        count > 0 ? tabs.next(after: cursor.column) : tabs.previous(before: cursor.column)
    }
    if count < 0 { isWrapPending = false }
  }

  /// TBC.
  mutating func clearTab(_ kind: Int) {
    switch kind {
    case 0: tabs.set(cursor.column, false)
    case 3: tabs.clear()
    default: break
    }
  }

  // MARK: - Scrolling

  /// IND: down; at the bottom margin the region scrolls.
  mutating func index() {
    isWrapPending = false
    if cursor.row == region.upperBound - 1 {
      scroll(region, by: 1)
    } else if cursor.row < rows - 1 {
      cursor.row += 1
    }
  }

  /// RI: up; at the top margin the region scrolls.
  mutating func reverseIndex() {
    isWrapPending = false
    if cursor.row == region.lowerBound {
      scroll(region, by: -1)
    } else if cursor.row > 0 {
      cursor.row -= 1
    }
  }

  /// SU and, with a negative count, SD; what leaves the main screen at its top is kept.
  mutating func scroll(_ rows: Range<Int>, by count: Int) {
    if count > 0, rows.lowerBound == 0, !isAlternate {
      var kept = min(count, rows.count)
      // The blank rows below the text that SU moves away are nobody's text.
      if count > 1 { while kept > 0, grid.isBlank(kept - 1) { kept -= 1 } }
      for row in 0..<kept { keepScrolledOff(grid.snapshot(row)) }
    }
    if count > 0, rows.lowerBound > 0, !isAlternate { keepRegionScroll(rows.prefix(count)) }
    grid.scroll(rows, by: count, blank: .erased(style))
    changed.insert(rows)
  }

  /// DECSTBM: a region of two rows or more; the cursor goes home.
  mutating func setRegion() {
    let top = number(0, or: 1) - 1
    let bottom = min(number(1, or: rows), rows)
    guard top < bottom - 1 else { return }
    region = top..<bottom
    moveTo(row: 0, column: 0)
  }
}
