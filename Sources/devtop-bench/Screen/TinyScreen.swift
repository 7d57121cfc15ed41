/// As much of a terminal as ncurses uses of `xterm-256color`: what stands where, without colours.
///
/// ECMA-48 and xterm's control sequences; every character is one column wide.
struct TinyScreen {
  let columns: Int
  let rows: Int
  private var cells: [Unicode.Scalar]
  private var column = 0
  private var row = 0
  private var savedPosition = (column: 0, row: 0)
  private var scrollTop = 0
  private var scrollBottom: Int
  private var lastPrinted: Unicode.Scalar = " "
  private var parser = ControlParser()
  /// Sequences that it does not know; a measurement that read a screen wrongly can be seen by it.
  private(set) var unknownSequences = 0
  /// What the terminal says to questions, until it is taken.
  private(set) var answers: [UInt8] = []

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: " ", count: columns * rows)
    scrollBottom = rows - 1
  }

  /// A row as text, with the blanks at its end.
  func text(row: Int) -> String {
    guard row >= 0, row < rows else { return "" }
    var text = ""
    text.unicodeScalars.append(contentsOf: cells[row * columns..<(row + 1) * columns])
    return text
  }

  /// Takes the answers that are to be sent to the program.
  mutating func takeAnswers() -> [UInt8] {
    defer { answers = [] }
    return answers
  }

  mutating func feed(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes {
      if let step = parser.take(byte) { perform(step) }
    }
  }

  private mutating func perform(_ step: ControlParser.Step) {
    switch step {
    case .print(let scalar): print(scalar)
    case .control(let byte): control(byte)
    case .escape(let final): escape(final)
    case .sequence(let final, let isPrivate, let parameters):
      if !isPrivate {
        sequence(final, parameters)
      } else if final == UInt8(ascii: "h") {
        privateModeSet(parameters)
      }
    }
  }

  private mutating func print(_ scalar: Unicode.Scalar) {
    lastPrinted = scalar
    if column >= columns { lineFeed(returning: true) }
    cells[row * columns + column] = scalar
    column += 1
  }

  private mutating func lineFeed(returning: Bool) {
    if returning { column = 0 }
    if row == scrollBottom { scroll(from: scrollTop, by: 1) } else if row < rows - 1 { row += 1 }
  }

  private mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x08: column = max(0, min(column, columns - 1) - 1)
    case 0x09: column = min(columns - 1, (column / 8 + 1) * 8)
    case 0x0A, 0x0B, 0x0C: lineFeed(returning: false)
    case 0x0D: column = 0
    case _: break
    }
  }

  private mutating func escape(_ final: UInt8) {
    switch final {
    case UInt8(ascii: "7"): savedPosition = (column, row)
    case UInt8(ascii: "8"): (column, row) = savedPosition
    case UInt8(ascii: "M"):
      if row == scrollTop { scroll(from: scrollTop, by: -1) } else if row > 0 { row -= 1 }
    case UInt8(ascii: "D"): lineFeed(returning: false)
    case UInt8(ascii: "E"): lineFeed(returning: true)
    case UInt8(ascii: "c"): self = TinyScreen(columns: columns, rows: rows)
    case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "\\"): break
    case _: unknownSequences += 1
    }
  }

  /// Entering the alternate screen (1049) clears it.
  private mutating func privateModeSet(_ parameters: [Int]) {
    if parameters.contains(1049) { fill(0..<cells.count) }
  }

  private mutating func sequence(_ final: UInt8, _ parameters: [Int]) {
    let first = parameters.first ?? 0
    let count = max(1, first)
    let here = row * columns + min(column, columns - 1)
    let rowEnd = (row + 1) * columns
    switch final {
    case UInt8(ascii: "A"): row = max(0, row - count)
    case UInt8(ascii: "B"): row = min(rows - 1, row + count)
    case UInt8(ascii: "C"): column = min(columns - 1, column + count)
    case UInt8(ascii: "D"): column = max(0, min(column, columns - 1) - count)
    case UInt8(ascii: "G"), UInt8(ascii: "`"): column = min(columns, count) - 1
    case UInt8(ascii: "d"): row = min(rows, count) - 1
    case UInt8(ascii: "H"), UInt8(ascii: "f"):
      row = min(rows, count) - 1
      column = min(columns, max(1, parameters.count > 1 ? parameters[1] : 1)) - 1
    case UInt8(ascii: "J"):
      fill(first == 0 ? here..<cells.count : first == 1 ? 0..<here + 1 : 0..<cells.count)
    case UInt8(ascii: "K"):
      fill(first == 0 ? here..<rowEnd : first == 1 ? row * columns..<here + 1 : row * columns..<rowEnd)
    case UInt8(ascii: "X"): fill(here..<min(rowEnd, here + count))
    case UInt8(ascii: "P"):
      let count = min(count, rowEnd - here)
      cells.replaceSubrange(here..<rowEnd, with: cells[here + count..<rowEnd] + blanks(count))
    case UInt8(ascii: "@"):
      let count = min(count, rowEnd - here)
      cells.replaceSubrange(here..<rowEnd, with: blanks(count) + cells[here..<rowEnd - count])
    case UInt8(ascii: "L"): scroll(from: row, by: -count)
    case UInt8(ascii: "M"): scroll(from: row, by: count)
    case UInt8(ascii: "S"): scroll(from: scrollTop, by: count)
    case UInt8(ascii: "T"): scroll(from: scrollTop, by: -count)
    case UInt8(ascii: "b"): for _ in 0..<count { print(lastPrinted) }
    case UInt8(ascii: "r"):
      scrollTop = max(1, first) - 1
      scrollBottom = (parameters.count > 1 && parameters[1] > 0 ? min(rows, parameters[1]) : rows) - 1
      (column, row) = (0, 0)
    case UInt8(ascii: "n"): if first == 5 { answers += Array("\u{1B}[0n".utf8) }
    case UInt8(ascii: "c"): answers += Array("\u{1B}[?62;22c".utf8)
    // Colours, modes, cursor shape, window operations.
    case UInt8(ascii: "m"), UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "t"), UInt8(ascii: "q"),
      UInt8(ascii: "p"), UInt8(ascii: "u"), UInt8(ascii: "g"):
      break
    case _: unknownSequences += 1
    }
  }

  private func blanks(_ count: Int) -> [Unicode.Scalar] { Array(repeating: " ", count: count) }

  private mutating func fill(_ range: Range<Int>) {
    for index in range { cells[index] = " " }
  }

  /// Moves the rows from `top` to the end of the scrolling region up, or down where `count` is negative.
  private mutating func scroll(from top: Int, by count: Int) {
    let end = (scrollBottom + 1) * columns
    let start = top * columns
    guard start < end else { return }
    let shift = min(abs(count) * columns, end - start)
    let moved: [Unicode.Scalar]
    if count > 0 {
      moved = Array(cells[start + shift..<end]) + blanks(shift)
    } else {
      moved = blanks(shift) + Array(cells[start..<end - shift])
    }
    cells.replaceSubrange(start..<end, with: moved)
  }
}
