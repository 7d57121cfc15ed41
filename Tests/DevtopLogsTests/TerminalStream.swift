import DevtopLogs

/// Random streams of valid sequences and text.
///
/// Where tmux 3.3 deviates from xterm, streams keep to what both do alike:
/// - tmux lets the cursor stand behind the last column and ignores there, or counts from there, what xterm does from
///   the last column on: from there streams go on with text, or in another place.
/// - A backspace in the first column goes back into the row that was wrapped.
/// - Lines are inserted and deleted outside the margins too.
/// - With origin mode, DECSTBM leaves the margins.
/// - REP ends with the row and repeats ASCII only; a wrap in insert mode inserts nothing.
/// - Both screens share what DECSC saves; RIS does not leave the alternate screen; 47 blanks it.
/// - Half a wide character is blanked only by what is written over the other half.
/// - There is no G2, LNM, HPR, VPR, CHT, selective erasure or DECST8C, and line drawing is captured as ASCII.
struct TerminalStream {
  private var generator: SeededGenerator
  private var screen: TerminalScreen
  private(set) var bytes: [UInt8] = []
  private let hasWide: Bool
  private var margins: ClosedRange<Int>

  init(seed: UInt64, rows: Int, columns: Int, steps: Int) {
    generator = SeededGenerator(state: seed)
    screen = TerminalScreen(rows: rows, columns: columns)
    hasWide = seed % 2 == 1
    margins = 1...rows
    for _ in 0..<steps { step() }
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  private mutating func add(_ text: String) {
    bytes += Array(text.utf8)
    screen.feed(text)
  }

  private var isAtEnd: Bool { screen.cursor.column == screen.columns - 1 }
  private var isInMargins: Bool { margins.contains(screen.cursor.row + 1) }

  private mutating func step() {
    switch number(0...9) {
    case 0...3: text()
    case 4: place()
    case 5...6 where !isAtEnd: move()
    case 7...8 where !isAtEnd: hasWide ? eraseRows() : edit()
    case 9 where !isAtEnd: mode()
    default: add(number(0...1) == 0 ? "\r\n" : "\r")
    }
  }

  private mutating func text() {
    let letters =
      hasWide ? ["a", "b", "日", "本", "é", "語", "ß", "─"] : ["a", "B", "c", "0", ".", " ", "é", "─"]
    let room = screen.modes.insert ? screen.columns - 1 - screen.cursor.column : 12
    for _ in 0..<min(number(1...12), room) { add(letters.randomElement(using: &generator) ?? "x") }
  }

  private mutating func place() {
    let column = number(1...screen.columns)
    add(number(0...3) == 0 ? "\(csi)\(column)G" : "\(csi)\(number(1...screen.rows));\(column)H")
  }

  private mutating func move() {
    let count = ["", "0", "1", "2", "5", "99"].randomElement(using: &generator) ?? ""
    let final = ["A", "B", "C", "D", "E", "F", "d"].randomElement(using: &generator) ?? "A"
    switch number(0...7) {
    case 0 where screen.cursor.column > 0: add("\u{8}")
    case 1: add("\t")
    case 2: add("\n")
    case 3: add("\(esc)M")
    case 4: add("\(esc)D")
    case 5: add("\(esc)E")
    default: add("\(csi)\(count)\(final)")
    }
  }

  private mutating func eraseRows() {
    switch number(0...5) {
    case 0: add("\(csi)\(number(1...3))S")
    case 1: add("\(csi)\(number(1...3))T")
    case 2 where isInMargins: add("\(csi)\(number(1...3))L")
    case 3 where isInMargins: add("\(csi)\(number(1...3))M")
    case 4: add("\(csi)2K")
    default: add("\r\(csi)J")
    }
  }

  private mutating func edit() {
    switch number(0...6) {
    case 0: add("\(csi)\(number(0...3))P")
    case 1: add("\(csi)\(number(0...3))@")
    case 2: add("\(csi)\(number(0...5))X")
    case 3: add("\(csi)\(number(0...2))K")
    case 4: add("\(csi)\(number(0...2))J")
    case 5:
      add("x")
      let room = screen.columns - 1 - screen.cursor.column
      if room > 1 { add("\(csi)\(number(1...room - 1))b") }
    default: eraseRows()
    }
  }

  private mutating func mode() {
    switch number(0...11) {
    case 0:
      let top = number(1...screen.rows - 1)
      let bottom = number(top + 1...screen.rows)
      margins = top...bottom
      add("\(csi)\(top);\(bottom)r\(csi)H")
    case 1:
      margins = 1...screen.rows
      add("\(csi)r\(csi)H")
    case 2: add("\(csi)?6\(number(0...1) == 0 ? "h" : "l")")
    case 3: add("\(csi)?7\(number(0...1) == 0 ? "h" : "l")")
    case 4 where !hasWide: add("\(csi)4\(number(0...1) == 0 ? "h" : "l")")
    case 5: add("\(esc)(B")
    case 6: add("\(esc)7")
    case 7: add("\(esc)8")
    case 8: add("\(esc)H")
    case 9: add("\(csi)\(number(0...1) * 3)g")
    case 10: add("\(csi)\(number(0...1) * 7);3\(number(0...7))m")
    default:
      margins = 1...screen.rows
      add("\(csi)r\(csi)?6l\(csi)?1049\(screen.isAlternate ? "l" : "h")\(esc)7")
    }
  }
}
