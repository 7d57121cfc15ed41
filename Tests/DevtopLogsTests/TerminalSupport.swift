import DevtopCore
import DevtopLogs

extension TerminalScreen {
  /// A screen that was fed a text.
  init(_ rows: Int, _ columns: Int, _ text: String) {
    self.init(rows: rows, columns: columns)
    feed(text)
  }

  mutating func feed(_ text: String) { feed(Array(text.utf8)) }

  /// All rows, without the blank ones at the end.
  var lines: [String] {
    var lines = (0..<rows).map { String(decoding: row($0).plain, as: UTF8.self) }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Row and column from 1, as programs count.
  var place: [Int] { [cursor.row + 1, cursor.column + 1] }
}

extension TerminalRow {
  var text: String { String(decoding: plain, as: UTF8.self) }
}

/// Control Sequence Introducer.
let csi = "\u{1B}["
let esc = "\u{1B}"
