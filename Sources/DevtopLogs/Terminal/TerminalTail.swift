import DevtopCore

/// What a program wrote to its terminal last, and goes on changing: progress of several lines, spinners above others.
///
/// It is kept out of the store until the program is through with it, so that the log has its last state and not each.
struct TerminalTail {
  let source: LogSource
  var time: WallTime
  private(set) var screen: TerminalScreen
  /// A stored line on a row of the screen, and what the row was when it was stored.
  private struct Owner {
    /// Nil for what is not to be taken out of the log any more, whatever comes over it.
    var sequence: Int?
    var row: TerminalRow
  }

  /// Of each row; there is one of all that are above `top`.
  private var owners: [Owner?]
  /// The first row that is not stored.
  private var top = 0
  /// Where the cursor was before it went up.
  private var bottom = 0
  /// What was on the rows when the program began anew: as long as it is there, it is stored.
  private var stored: [TerminalRow?] = []
  /// The beginning of a line whose rest is still on the screen.
  private var scrolledOff: [UInt8] = []
  /// The same of a stored line.
  private var scrolledOffStored: [UInt8] = []

  /// Shows the newest lines of the source, and what it printed behind them.
  init(
    _ source: LogSource, size: Size, lines: [(sequence: Int, bytes: [UInt8])], partial: [UInt8],
    at time: WallTime
  ) {
    self.source = source
    self.time = time
    screen = TerminalScreen(rows: size.rows, columns: size.columns)
    owners = Array(repeating: nil, count: screen.rows)
    for line in lines {
      let start = screen.cursor.row
      screen.feed(Self.withoutHome(line.bytes) + [0x0D, 0x0A])
      let rows = screen.takeScrolledOff()
      scrollOff(stored: rows[...])
      let moved = rows.count
      for row in max(0, start - moved)..<max(0, start - moved, screen.cursor.row) {
        owners[row] = Owner(sequence: line.sequence, row: screen.row(row))
      }
    }
    screen.feed(Self.withoutHome(partial))
    scrollOff(stored: screen.takeScrolledOff()[...])
    top = owners.lastIndex { $0 != nil }.map { $0 + 1 } ?? 0
    bottom = screen.cursor.row
  }

  /// Stored rows leave the screen.
  private mutating func scrollOff(stored rows: ArraySlice<TerminalRow>) {
    for row in rows { scrolledOffStored = row.isWrapped ? scrolledOffStored + row.encoded : [] }
    moveOwners(up: rows.count)
  }

  private mutating func moveOwners(up rows: Int) {
    owners.removeFirst(min(rows, owners.count))
    owners += Array(repeating: nil, count: max(0, screen.rows - owners.count))
  }

  /// A line as it went into the log, which no clearing of the screen clears.
  private static func withoutHome(_ line: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = line[...]
    while let found = rest.withUnsafeBufferPointer({ LiveSequence.first(in: $0) }) {
      result += rest.prefix(found.kind == .home ? found.range.lowerBound : found.range.upperBound)
      rest = rest.dropFirst(found.range.upperBound)
    }
    return result + rest
  }

  /// Whether the program has gone on below.
  var isOver: Bool { !screen.isAlternate && screen.cursor.row > bottom }

  /// Takes what does not go up by a sequence of its own.
  ///
  /// - Returns: lines that left the screen and are to be stored, and stored lines that are no more what it shows.
  mutating func feed(_ text: UnsafeBufferPointer<UInt8>) -> (lines: [[UInt8]], changed: Set<Int>) {
    let (before, wasAlternate) = (screen.cursor.row, screen.isAlternate)
    screen.feed(text)
    let lines = takeScrolledOff()
    let scrolled = screen.takeRegionScroll()
    if screen.isAlternate { return (lines, []) }
    if !scrolled.isEmpty { return (lines + keep(scrolled), []) }
    guard let first = firstOverwritten() else { return (lines, []) }
    if !wasAlternate { bottom = min(max(bottom, before), screen.rows - 1) }
    return (lines, giveUp(from: first))
  }

  /// Rows have scrolled away below others that stay: what was stored of them stays in the log.
  ///
  /// - Returns: those that are to be stored.
  private mutating func keep(_ scrolled: [TerminalRow]) -> [[UInt8]] {
    let region = screen.region
    let known = max(0, min(top, region.upperBound) - region.lowerBound)
    if known > 0 { top = max(region.lowerBound, min(top, region.upperBound) - scrolled.count) }
    for row in owners.indices { owners[row] = row < top ? Owner(row: screen.row(row)) : nil }
    return scrolled.dropFirst(known).map(\.encoded)
  }

  /// The first stored row that has another text now.
  ///
  /// Reverse index, a saved cursor and the like lead there. What is only erased stays in the log.
  private mutating func firstOverwritten() -> Int? {
    let changed = (0..<top).filter { row in
      owners[row].map { $0.row != screen.row(row) } ?? false
    }
    for row in changed where screen.row(row).isBlank {
      let line = owners[row]?.sequence
      for other in 0..<top where other == row || line != nil && owners[other]?.sequence == line {
        owners[other] = Owner(row: screen.row(other))
      }
    }
    return changed.first { !screen.row($0).isBlank }
  }

  /// The rows from this one on are not stored any more.
  ///
  /// - Returns: the lines that were stored of them.
  private mutating func giveUp(from first: Int) -> Set<Int> {
    var row = first
    // A line of several rows goes as a whole.
    while row > 0, let line = owners[row]?.sequence, owners[row - 1]?.sequence == line { row -= 1 }
    let changed = Set(owners[row..<top].compactMap { $0?.sequence })
    for index in row..<top { owners[index] = nil }
    top = row
    if row == 0 { swap(&scrolledOff, &scrolledOffStored) }
    return changed
  }

  /// - Returns: lines that left the screen and are to be stored.
  private mutating func takeScrolledOff() -> [[UInt8]] {
    let moved = screen.takeScrolledOff()
    guard !moved.isEmpty else { return [] }
    bottom = max(0, bottom - moved.count)
    let above = min(top, moved.count)
    scrollOff(stored: moved[..<above])
    moveOwners(up: moved.count - above)
    top -= above
    let before = stored.prefix(moved.count)
    stored.removeFirst(before.count)
    var lines: [[UInt8]] = []
    for (index, row) in moved.enumerated().dropFirst(above) {
      if index < before.count, before[index] == row { continue }
      // Longer lines are cut.
      if scrolledOff.count < PartialLine.maximumSizeInBytes { scrolledOff += row.encoded }
      if row.isWrapped { continue }
      lines.append(scrolledOff)
      scrolledOff = []
    }
    return lines
  }

  /// Takes a sequence that goes up.
  ///
  /// - Returns: the stored lines that it goes back to, which are no more what the terminal shows.
  mutating func goUp(_ sequence: UnsafeBufferPointer<UInt8>) -> Set<Int> {
    let wasAlternate = screen.isAlternate
    let before = screen.cursor.row
    screen.feed(sequence)
    if wasAlternate || screen.isAlternate { return [] }
    bottom = max(bottom, before)
    return screen.cursor.row < top ? giveUp(from: screen.cursor.row) : []
  }

  /// Takes a sequence with which the program clears the screen or goes to a place of it.
  ///
  /// - Returns: what was on the screen and is to be stored.
  mutating func beginAnew(_ sequence: UnsafeBufferPointer<UInt8>) -> [[UInt8]] {
    let (lines, partial) = content
    screen.feed(sequence)
    owners = Array(repeating: nil, count: screen.rows)
    stored = (0..<screen.rows).map { screen.row($0) }
    (scrolledOff, scrolledOffStored) = ([], [])
    top = screen.cursor.row
    bottom = top
    return lines + (partial.map { [$0] } ?? [])
  }

  /// Whole lines above the cursor's, which are stored from now on: each with its rows, for `store`.
  mutating func takeComplete() -> [(rows: Range<Int>, bytes: [UInt8])] {
    if screen.isAlternate { return [] }
    var lines: [(rows: Range<Int>, bytes: [UInt8])] = []
    var start = top
    for index in top..<max(top, screen.cursor.row) where !screen.isWrapped(index) {
      if isStored(index) {
        start = index + 1
        continue
      }
      lines.append((start..<index + 1, scrolledOff + (start...index).flatMap { screen.row($0).encoded }))
      scrolledOff = []
      start = index + 1
    }
    top = start
    return lines
  }

  /// Tells under which number the line on some rows is stored.
  mutating func store(_ rows: Range<Int>, as sequence: Int) {
    for row in rows { owners[row] = Owner(sequence: sequence, row: screen.row(row)) }
  }

  private func isStored(_ row: Int) -> Bool { row < stored.count && stored[row] == screen.row(row) }

  /// Goes back to the main screen, as a terminal does for a program that has ended without doing so.
  mutating func leaveAlternate() { screen.feed(Array("\u{1B}[?1049l".utf8)) }

  mutating func takeReplies() -> [UInt8] { screen.takeReplies() }

  /// - Returns: lines that left the screen and are to be stored.
  mutating func resize(_ size: Size) -> [[UInt8]] {
    screen.resize(rows: size.rows, columns: size.columns)
    let lines = takeScrolledOff()
    owners = Array((owners + Array(repeating: nil, count: screen.rows)).prefix(screen.rows))
    for row in owners.indices { owners[row]?.row = screen.mainRow(row) }
    top = min(top, screen.rows - 1)
    bottom = min(bottom, screen.rows - 1)
    return lines
  }

  /// What is not stored: whole lines, and what the cursor is in, which may go on.
  var content: (lines: [[UInt8]], partial: [UInt8]?) {
    if screen.isAlternate { return (scrolledOff.isEmpty ? [] : [scrolledOff], nil) }
    let cursor = screen.cursor
    let last = (top..<screen.rows).last { !screen.row($0).isBlank && !isStored($0) } ?? -1
    var lines: [[UInt8]] = []
    var line = scrolledOff
    var index = top
    while index <= max(last, cursor.row), index < screen.rows {
      let row = screen.row(index)
      if isStored(index) {
        index += 1
        continue
      }
      line += row.encoded
      if !row.isWrapped {
        lines.append(line)
        line = []
      }
      index += 1
    }
    if !line.isEmpty { lines.append(line) }
    guard last <= cursor.row, var partial = lines.popLast() else { return (lines, nil) }
    if last < cursor.row { return (lines, nil) }
    // The program goes on where the cursor is.
    let row = screen.row(cursor.row)
    if cursor.row == top || !screen.isWrapped(cursor.row - 1), row.plain.count != cursor.column {
      partial += Array("\u{1B}[\(cursor.column + 1)G".utf8)
    }
    return (lines, partial)
  }
}
