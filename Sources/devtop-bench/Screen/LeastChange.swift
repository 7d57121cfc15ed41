import DevtopCore
import DevtopLogs

/// The least bytes with which a terminal of `xterm-256color` is brought from one screen to another, cell by cell: each that
/// changes is written, with the shortest moves and colour switches between them.
struct LeastChange {
  /// What the changes of a screen take: characters, cursor movements to them, and colour switches between them.
  struct Cost {
    var cells = 0
    var cellBytes = 0
    var moves = 0
    var moveBytes = 0
    var switchBytes = 0
    /// What erasing (EL, ECH) and repeating (REP) would save.
    var savedBytes = 0

    var bytes: Int { cellBytes + moveBytes + switchBytes }
  }

  private(set) var cost = Cost()
  private var style = TextStyle.plain
  /// Where the cursor is; nil before the first move.
  private var position: (row: Int, column: Int)?

  /// Adds what it takes from one screen to another.
  mutating func add(from old: TerminalScreen, to new: TerminalScreen) {
    (style, position) = (.plain, nil)
    for row in 0..<new.rows { take(row, from: old.row(row), to: new.row(row)) }
  }

  private mutating func take(_ row: Int, from old: TerminalRow, to new: TerminalRow) {
    if old == new { return }
    let before = (0..<new.columns).map { old[$0] }
    let after = (0..<new.columns).map { new[$0] }
    let isChanged = after.indices.map { after[$0].width > 0 && !Self.looksSame(before[$0], after[$0]) }
    var column = 0
    while column < after.count {
      guard isChanged[column] else {
        column += 1
        continue
      }
      let cell = after[column]
      move(to: (row, column), over: after)
      if Self.isBlank(cell) {
        let end = after[column...].firstIndex {
          !Self.isBlank($0) || $0.style.background != cell.style.background
        }
        turn(to: cell.style.background)
        column = blank(row, column, until: end ?? after.count, of: isChanged)
      } else {
        let end = after[column...].indices.first { !isChanged[$0] || after[$0] != cell } ?? after.count
        write(cell, count: end - column)
        column = end + (cell.width > 1 ? 1 : 0)
        position = (row, column)
      }
    }
  }

  private mutating func write(_ cell: TerminalRow.Cell, count: Int) {
    cost.switchBytes += Self.colourSwitch(from: style, to: cell.style)
    style = cell.style
    cost.cells += count
    // REP repeats the last character.
    let repeated = cell.bytes.count + 3 + Self.digits(max(1, count - 1))
    cost.cellBytes += count * cell.bytes.count
    cost.savedBytes += max(0, count * cell.bytes.count - repeated)
  }

  /// Blanks, or one of the sequences that erase: EL, ECH.
  ///
  /// - Returns: the column behind them.
  private mutating func blank(_ row: Int, _ start: Int, until end: Int, of isChanged: [Bool]) -> Int {
    let last = (start..<end).last { isChanged[$0] } ?? start
    let count = last + 1 - start
    let changed = (start...last).count { isChanged[$0] }
    let erasing = end == isChanged.count ? 3 : 3 + Self.digits(count)
    cost.cells += changed
    cost.cellBytes += changed
    cost.savedBytes += max(0, changed - erasing)
    position = (row, count <= erasing ? last + 1 : start)
    return last + 1
  }

  /// What blanks need of a style.
  private mutating func turn(to background: Color) {
    var wanted = style
    if !Self.hidesInBlanks(style) { wanted.attributes = [] }
    wanted.background = background
    cost.switchBytes += Self.colourSwitch(from: style, to: wanted)
    style = wanted
  }

  // MARK: Cells

  private static func hidesInBlanks(_ style: TextStyle) -> Bool {
    style.attributes.isDisjoint(with: [.reverse, .underline, .strikethrough])
  }

  private static func isBlank(_ cell: TerminalRow.Cell) -> Bool {
    cell.bytes == [0x20] && hidesInBlanks(cell.style)
  }

  private static func looksSame(_ before: TerminalRow.Cell, _ after: TerminalRow.Cell) -> Bool {
    // The colour of a blank's character is not seen.
    if isBlank(before), isBlank(after) { return before.style.background == after.style.background }
    return before == after
  }

  // MARK: Moves

  private static func digits(_ number: Int) -> Int { String(number).utf8.count }

  private mutating func move(to place: (row: Int, column: Int), over cells: [TerminalRow.Cell]) {
    if let position, position == place { return }
    cost.moves += 1
    // CUP.
    var least = 3
    if place.row > 0 || place.column > 0 { least += Self.digits(place.row + 1) }
    if place.column > 0 { least += 1 + Self.digits(place.column + 1) }
    if let position {
      least = min(
        least,
        Self.down(from: position.row, to: place.row) + across(from: position.column, to: place, over: cells))
    }
    cost.moveBytes += least
    position = place
  }

  /// Line feeds, CUD, CUU, VPA.
  private static func down(from: Int, to: Int) -> Int {
    let distance = abs(to - from)
    if distance == 0 { return 0 }
    let relative = distance == 1 ? 3 : 3 + digits(distance)
    return min(relative, 3 + digits(to + 1), to > from ? distance : .max)
  }

  /// CUF, CUB, HPA, backspaces, a carriage return, and writing anew what is in between.
  private func across(from: Int, to place: (row: Int, column: Int), over cells: [TerminalRow.Cell]) -> Int {
    func right(_ start: Int) -> Int {
      let distance = place.column - start
      if distance == 0 { return 0 }
      let between = cells[start..<place.column]
      let isSame = between.allSatisfy {
        $0.style == style || Self.isBlank($0) && $0.style.background == style.background
      }
      return min(
        distance == 1 ? 3 : 3 + Self.digits(distance),
        isSame ? between.reduce(0) { $0 + $1.bytes.count } : .max)
    }
    let absolute = min(3 + Self.digits(place.column + 1), 1 + right(0))
    if from <= place.column { return min(absolute, right(from)) }
    return min(absolute, from - place.column)
  }

  // MARK: Colours

  /// The shortest SGR between two styles: what differs, or all after a reset.
  private static func colourSwitch(from old: TextStyle, to new: TextStyle) -> Int {
    if old == new { return 0 }
    func count(_ set: TextAttributes) -> Int {
      [TextAttributes.bold, .dim, .italic, .underline, .reverse, .strikethrough].count { set.contains($0) }
    }
    let colours = [(old.foreground, new.foreground, 2), (old.background, new.background, 3)]
    let reset =
      [0] + Array(repeating: 1, count: count(new.attributes))
      + colours.filter { $0.1 != .default }.map { width($0.1, bright: $0.2) }
    let removed = old.attributes.subtracting(new.attributes)
    var change =
      Array(repeating: 1, count: count(new.attributes.subtracting(old.attributes)))
      + Array(repeating: 2, count: count(removed))
    // Bold and dim end together.
    if !removed.isDisjoint(with: [.bold, .dim]), !new.attributes.isDisjoint(with: [.bold, .dim]) {
      change.append(1)
    }
    change += colours.filter { $0.0 != $0.1 }.map { width($0.1, bright: $0.2) }
    return min(length(reset), length(change))
  }

  /// `CSI parameters m`; a single reset needs no parameter.
  private static func length(_ parameters: [Int]) -> Int {
    3 + parameters.reduce(0, +) + max(0, parameters.count - 1)
  }

  /// The digits and separators of a colour's parameters.
  private static func width(_ color: Color, bright: Int) -> Int {
    switch color {
    case .default: 2
    case .ansi(let number): number < 8 ? 2 : bright
    case .palette(let number): 5 + digits(Int(number))
    case .rgb(let red, let green, let blue): 7 + [red, green, blue].reduce(0) { $0 + digits(Int($1)) }
    }
  }
}
