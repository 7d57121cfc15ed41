import DevtopCore

/// What a terminal of a given size shows after some bytes: ECMA-48, as xterm does it.
///
/// Takes any bytes, cut anywhere; time is linear in them, memory is bounded by the size. Nothing but printable text
/// gets into the cells: control strings are swallowed, scalars that cannot be seen are dropped or, where they take
/// columns, shown as `�`.
package struct TerminalScreen: Sendable {
  package static let maximumRows = 500
  package static let maximumColumns = 1000

  package internal(set) var rows: Int
  package internal(set) var columns: Int
  package internal(set) var cursor = TerminalCursor()
  package internal(set) var modes = TerminalModes()
  /// Whether the program has switched to the alternate screen (?47, ?1047, ?1049).
  package internal(set) var isAlternate = false
  /// The title that the program gave its window (OSC 0 and 2): printable text, at most 256 bytes of UTF-8.
  package internal(set) var title: [UInt8]?

  var grid: TerminalGrid
  /// The screen that is not shown; nil while it is blank.
  var hidden: TerminalGrid?
  /// Rows of the main screen that have scrolled away below others that stay.
  private var regionScroll: [TerminalRow] = []
  var style = TextStyle.plain
  var charsets = CharacterSets()
  var tabs: TabStops
  /// The scroll region: DECSTBM.
  var region: Range<Int>
  /// The cursor is behind the last column: what is printed next begins a row.
  var isWrapPending = false
  /// DECSC, of the main and of the alternate screen.
  var saved: [SavedCursor] = [SavedCursor(), SavedCursor()]
  var changed: RowSet
  var scrolledOff: [TerminalRow] = []
  var scrolledOffCost = 0
  var replies: [UInt8] = []

  var parser = SequenceParser()
  /// Numbers of the control sequence that is carried out.
  var numbers: [Int] = []
  /// The beginning of a character that was cut.
  var cut: [UInt8] = []
  /// What was printed right before; 0 behind a control function.
  var previous: UInt32 = 0
  /// A joiner that waits for what it joins; 0 for none.
  var joiner: UInt32 = 0
  /// What REP repeats; 0 for nothing.
  var lastPrinted: UInt32 = 0

  /// A blank screen, of a size clamped to at least 1 and at most `maximumRows` and `maximumColumns`.
  package init(rows: Int, columns: Int) {
    self.init(
      TerminalGrid(
        rows: min(max(rows, 1), Self.maximumRows), columns: min(max(columns, 1), Self.maximumColumns)))
  }

  /// All as at the start but for these cells.
  init(_ grid: TerminalGrid) {
    rows = grid.rows
    columns = grid.columns
    self.grid = grid
    tabs = TabStops(columns: columns)
    region = 0..<rows
    changed = RowSet(rows: rows)
  }

  /// Takes what a program wrote; any bytes, cut anywhere.
  package mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < bytes.count {
      if parser.isGround {
        feedText(bytes, &index)
      } else if parser.isString {
        perform(parser.takeString(bytes, &index))
      } else if bytes[index] < 0x80 {
        let byte = bytes[index]
        index += 1
        perform(parser.take(byte))
      } else {
        // No such byte is part of a sequence: that is over.
        parser.reset()
      }
    }
  }

  /// Takes what a program wrote.
  package mutating func feed(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { feed($0) } }

  /// A row as it is now, from 0; a blank one outside the screen.
  package func row(_ index: Int) -> TerminalRow {
    guard (0..<rows).contains(index) else {
      return TerminalRow(cells: [], clusters: [], columns: columns, isWrapped: false)
    }
    return grid.snapshot(index)
  }

  /// The same of the main screen, also while the alternate one is shown.
  func mainRow(_ index: Int) -> TerminalRow {
    guard isAlternate, let hidden, (0..<rows).contains(index) else { return row(index) }
    return hidden.snapshot(index)
  }

  /// Rows that have scrolled away, since last asked, below others that stay, oldest first.
  ///
  /// After `maximumRows` the oldest are dropped.
  mutating func takeRegionScroll() -> [TerminalRow] {
    defer { regionScroll = [] }
    return regionScroll
  }

  mutating func keepRegionScroll(_ rows: some Sequence<Int>) {
    for row in rows { regionScroll.append(grid.snapshot(row)) }
    if regionScroll.count > 2 * Self.maximumRows {
      regionScroll.removeFirst(regionScroll.count - Self.maximumRows)
    }
  }

  /// Whether the text of a row goes on in the next.
  package func isWrapped(_ row: Int) -> Bool { (0..<rows).contains(row) && grid.line(row).isWrapped }

  /// Answers that the program asked for, in order, to be written to it; each is given once.
  ///
  /// Answers that nobody takes are dropped when there are 4 KiB.
  package mutating func takeReplies() -> [UInt8] {
    defer { replies.removeAll(keepingCapacity: true) }
    return replies
  }

  /// The rows that may look different since last asked, in rising order.
  package mutating func takeChangedRows() -> [Range<Int>] {
    defer { changed.removeAll() }
    return changed.ranges
  }

  /// Rows that left the main screen at its top since last asked, oldest first.
  ///
  /// The oldest are dropped where more cells than `scrolledOffLimit` have come together.
  package mutating func takeScrolledOff() -> [TerminalRow] {
    trimScrolledOff()
    defer {
      scrolledOff.removeAll(keepingCapacity: true)
      scrolledOffCost = 0
    }
    return scrolledOff
  }

  /// In cells.
  package static let scrolledOffLimit = 1 << 20

  /// Keeps a row that leaves the screen.
  mutating func keepScrolledOff(_ row: TerminalRow) {
    scrolledOff.append(row)
    scrolledOffCost += Self.cost(row)
    if scrolledOffCost > 2 * Self.scrolledOffLimit { trimScrolledOff() }
  }

  private mutating func trimScrolledOff() {
    guard scrolledOffCost > Self.scrolledOffLimit else { return }
    var count = 0
    while scrolledOffCost > Self.scrolledOffLimit {
      scrolledOffCost -= Self.cost(scrolledOff[count])
      count += 1
    }
    scrolledOff.removeFirst(count)
  }

  /// A row itself takes as much as some cells.
  private static func cost(_ row: TerminalRow) -> Int { row.cells.count + 8 * row.clusters.count + 8 }
}
