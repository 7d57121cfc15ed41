import DevtopCore

/// The characters of borders and states: wide ones, or ASCII where the terminal or the person wants that.
///
/// None of them is the only sign of anything: a word stands beside each.
struct Symbols: Equatable, Sendable {
  var horizontal: Unicode.Scalar = "─"
  var focusedHorizontal: Unicode.Scalar = "━"
  var vertical: Unicode.Scalar = "│"
  var teeDown: Unicode.Scalar = "┬"
  var teeUp: Unicode.Scalar = "┴"
  var teeRight: Unicode.Scalar = "├"
  var teeLeft: Unicode.Scalar = "┤"
  var cross: Unicode.Scalar = "┼"
  var topLeft: Unicode.Scalar = "┌"
  var topRight: Unicode.Scalar = "┐"
  var bottomLeft: Unicode.Scalar = "└"
  var bottomRight: Unicode.Scalar = "┘"
  var ellipsis: Unicode.Scalar = "…"
  var bar: Unicode.Scalar = "▌"
  var pointer: Unicode.Scalar = "▸"
  var mark: Unicode.Scalar = "◆"

  var ready = "●"
  var starting = "◐"
  var waiting = "◌"
  var stopped = "‖"
  var exited = "○"
  var failed = "✗"
  var ok = "✓"
  var restarts = "↻"
  var changed = "Δ"
  /// Before the name of what is compared.
  var difference = "Δ"
  var arrow = "→"
  var dot = "·"
  var rule = "──"
  var none = "–"
  var times = "×"
  var prompt = "›"
  var up = "↑"
  var column = "^"
  /// Behind the heading of the column that is sorted by.
  var descending = "▾"
  var ascending = "▴"
  var running = "…"
  /// From nothing to full.
  var levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  static let wide = Symbols()

  static let ascii: Symbols = {
    var symbols = Symbols()
    symbols.horizontal = "-"
    symbols.focusedHorizontal = "="
    symbols.vertical = "|"
    for path in [
      \Symbols.teeDown, \.teeUp, \.teeRight, \.teeLeft, \.cross, \.topLeft, \.topRight, \.bottomLeft,
      \.bottomRight,
    ] { symbols[keyPath: path] = "+" }
    symbols.ellipsis = "~"
    symbols.bar = ">"
    symbols.pointer = ">"
    symbols.mark = "*"
    symbols.ready = "*"
    symbols.starting = "o"
    symbols.waiting = "."
    symbols.stopped = "="
    symbols.exited = "o"
    symbols.failed = "x"
    symbols.ok = "+"
    symbols.restarts = "restarts "
    symbols.changed = "*"
    symbols.difference = "d"
    symbols.arrow = "->"
    symbols.dot = "-"
    symbols.rule = "--"
    symbols.none = "-"
    symbols.times = "x"
    symbols.prompt = ">"
    symbols.up = "Up"
    symbols.descending = "v"
    symbols.ascending = "^"
    symbols.running = "..."
    symbols.levels = ["_", ".", "-", "=", "+", "*", "#", "#"]
    return symbols
  }()
}

extension Symbols {
  /// The end of a text that is too long: of a path, the last part matters most.
  func tail(of text: String, columns: Int) -> String {
    guard columns > 0 else { return "" }
    guard DisplayWidth.columns(of: text) > columns else { return text }
    var room = columns - 1
    var start = text.endIndex
    while start > text.startIndex {
      let before = text.index(before: start)
      room -= Glyph(text[before]).columns
      if room < 0 { break }
      start = before
    }
    return String(ellipsis) + text[start...]
  }
}
