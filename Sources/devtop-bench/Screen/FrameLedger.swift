import DevtopCore
import DevtopLogs

/// What frames cost in bytes, and what the same changes cost at least.
struct FrameLedger {
  /// What the changes of a screen take: characters, cursor movements to them, and colour switches between them.
  struct Cost {
    var cells = 0
    var cellBytes = 0
    var moves = 0
    var moveBytes = 0
    var switchBytes = 0

    var bytes: Int { cellBytes + moveBytes + switchBytes }

    static func += (left: inout Cost, right: Cost) {
      left.cells += right.cells
      left.cellBytes += right.cellBytes
      left.moves += right.moves
      left.moveBytes += right.moveBytes
      left.switchBytes += right.switchBytes
    }
  }

  private(set) var frames = 0
  private(set) var bytes = 0
  private(set) var least = Cost()
  private var shown: TerminalScreen
  private var openBytes = 0

  /// Begins with what is shown.
  init(_ screen: TerminalScreen) { shown = screen }

  mutating func take(_ count: Int) { openBytes += count }

  /// A frame is over.
  mutating func close(_ screen: TerminalScreen) {
    guard openBytes > 0 else { return }
    frames += 1
    bytes += openBytes
    openBytes = 0
    least += Self.cost(from: shown, to: screen)
    shown = screen
  }

  // MARK: The least that changes cost

  private static func cost(from old: TerminalScreen, to new: TerminalScreen) -> Cost {
    var cost = Cost()
    var style = TextStyle.plain
    // Where the cursor is left by what was written last.
    var position: (row: Int, column: Int)?
    for row in 0..<new.rows {
      let (before, after) = (old.row(row), new.row(row))
      if before == after { continue }
      var column = 0
      while column < new.columns {
        let cell = after[column]
        defer { column += 1 }
        if cell.width == 0 || looksSame(before[column], cell) { continue }
        if position?.row != row || position?.column != column {
          cost.moves += 1
          cost.moveBytes += move(from: position, to: (row, column), over: after, style)
        }
        cost.switchBytes += colourSwitch(from: style, to: cell.style)
        style = cell.style
        cost.cells += 1
        cost.cellBytes += cell.bytes.count
        position = (row, column + cell.width)
      }
    }
    return cost
  }

  private static func looksSame(_ before: TerminalRow.Cell, _ after: TerminalRow.Cell) -> Bool {
    guard before.bytes == after.bytes else { return false }
    // The colour of a blank's character is not seen.
    let isBlank =
      after.bytes == [0x20]
      && before.style.attributes.union(after.style.attributes).isDisjoint(with: [
        .reverse, .underline, .strikethrough,
      ])
    return isBlank ? before.style.background == after.style.background : before.style == after.style
  }

  private static func digits(_ number: Int) -> Int { String(number).utf8.count }

  /// The shortest of: to the row and column (CUP), to the right (CUF), carriage return and line feeds, and writing what
  /// is in between again.
  private static func move(
    from: (row: Int, column: Int)?, to: (row: Int, column: Int), over row: TerminalRow, _ style: TextStyle
  ) -> Int {
    var least = 3
    if to.row > 0 || to.column > 0 { least += digits(to.row + 1) }
    if to.column > 0 { least += 1 + digits(to.column + 1) }
    guard let from else { return least }
    if to.row == from.row, to.column > from.column {
      let distance = to.column - from.column
      least = min(least, distance == 1 ? 3 : 3 + digits(distance))
      let between = (from.column..<to.column).map { row[$0] }
      if between.allSatisfy({ $0.style == style }) {
        least = min(least, between.reduce(0) { $0 + $1.bytes.count })
      }
    } else if to.row > from.row, to.column == 0 {
      least = min(least, 1 + to.row - from.row)
    }
    return least
  }

  /// The shortest SGR between two styles: what differs, or all after a reset.
  private static func colourSwitch(from old: TextStyle, to new: TextStyle) -> Int {
    if old == new { return 0 }
    func attributes(_ set: TextAttributes) -> [Int] {
      [.bold, .dim, .italic, .underline, .reverse, .strikethrough].filter(set.contains).map { _ in 1 }
    }
    let reset =
      [0] + attributes(new.attributes) + (new.foreground == .default ? [] : [width(new.foreground)])
      + (new.background == .default ? [] : [width(new.background)])
    let removed = old.attributes.subtracting(new.attributes)
    var change = attributes(new.attributes.subtracting(old.attributes)) + attributes(removed).map { $0 + 1 }
    // Bold and dim end together.
    if !removed.isDisjoint(with: [.bold, .dim]), !new.attributes.isDisjoint(with: [.bold, .dim]) {
      change.append(1)
    }
    if old.foreground != new.foreground { change.append(width(new.foreground)) }
    if old.background != new.background { change.append(width(new.background)) }
    return min(length(reset), length(change))
  }

  /// `CSI parameters m`; a single reset needs no parameter.
  private static func length(_ parameters: [Int]) -> Int {
    3 + parameters.reduce(0, +) + max(0, parameters.count - 1)
  }

  /// The digits and separators of a colour's parameters.
  private static func width(_ color: Color) -> Int {
    switch color {
    case .default: 2
    case .ansi(let number): number < 8 ? 2 : 4
    case .palette(let number): 5 + digits(Int(number))
    case .rgb(let red, let green, let blue): 7 + [red, green, blue].reduce(0) { $0 + digits(Int($1)) }
    }
  }
}
