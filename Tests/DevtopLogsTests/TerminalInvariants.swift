import DevtopCore
import DevtopLogs

/// What holds of a terminal's screen whatever was fed to it; the fuzzer checks it too.
enum TerminalInvariants {
  /// The first rule that is broken.
  static func violation(of screen: inout TerminalScreen) -> String? {
    guard (1...TerminalScreen.maximumRows).contains(screen.rows) else { return "\(screen.rows) rows" }
    guard (1...TerminalScreen.maximumColumns).contains(screen.columns) else {
      return "\(screen.columns) columns"
    }
    let cursor = screen.cursor
    guard (0..<screen.rows).contains(cursor.row), (0..<screen.columns).contains(cursor.column) else {
      return "the cursor is at \(cursor)"
    }
    let replies = screen.takeReplies()
    guard replies.count <= 4096, replies.allSatisfy({ $0 == 0x1B || isPrintable($0) }) else {
      return "replies: \(replies)"
    }
    if let title = screen.title, !isClean(title) || title.count > 256 { return "title: \(title)" }
    for range in screen.takeChangedRows() where range.lowerBound < 0 || range.upperBound > screen.rows {
      return "changed: \(range)"
    }
    for index in 0..<screen.rows {
      if let problem = violation(of: screen.row(index)) { return "row \(index): \(problem)" }
    }
    var cells = 0
    for row in screen.takeScrolledOff() {
      cells += row.plain.count
      if let problem = violation(of: row) { return "scrolled off: \(problem)" }
    }
    return cells > TerminalScreen.scrolledOffLimit * 8 ? "\(cells) bytes scrolled off" : nil
  }

  private static func violation(of row: TerminalRow) -> String? {
    if !isClean(row.plain) { return "not printable: \(row.plain)" }
    var needsRightHalf = false
    for column in 0..<row.columns {
      let cell = row[column]
      if needsRightHalf != (cell.width == 0) { return "half of a wide character at \(column)" }
      if cell.bytes.isEmpty != (cell.width == 0) { return "no text at \(column)" }
      if cell.bytes.count > 48 || !(0...2).contains(cell.width) { return "cell \(cell) at \(column)" }
      needsRightHalf = cell.width == 2
    }
    return needsRightHalf ? "half of a wide character at the end" : nil
  }

  /// Valid UTF-8 without controls and bidirectional overrides.
  static func isClean(_ bytes: [UInt8]) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F: false
      default: true
      }
    }
  }

  private static func isPrintable(_ byte: UInt8) -> Bool { (0x20..<0x7F).contains(byte) }
}

/// An input of the fuzzer: rows, columns, then what is fed; 0xFE and two bytes give another size.
enum FuzzedTerminal {
  /// Small, so that edges are met.
  private static func rows(_ byte: UInt8) -> Int { Int(byte % 32) }
  private static func columns(_ byte: UInt8) -> Int { Int(byte % 96) }

  /// Feeds it, cut into pieces of `step` bytes.
  static func run(_ input: UnsafeBufferPointer<UInt8>, step: Int = .max) -> TerminalScreen {
    guard input.count >= 2 else { return TerminalScreen(rows: 1, columns: 1) }
    var screen = TerminalScreen(rows: rows(input[0]), columns: columns(input[1]))
    var start = 2
    while start < input.count {
      let end = input[start...].firstIndex(of: 0xFE) ?? input.count
      var piece = start
      while piece < end {
        let next = piece + min(end - piece, step)
        screen.feed(UnsafeBufferPointer(rebasing: input[piece..<next]))
        piece = next
      }
      if end + 2 < input.count { screen.resize(rows: rows(input[end + 1]), columns: columns(input[end + 2])) }
      start = end + 3
    }
    return screen
  }

  /// The first rule that is broken, also that it does not matter where the bytes were cut.
  static func violation(_ input: UnsafeBufferPointer<UInt8>) -> String? {
    var whole = run(input)
    var pieces = run(input, step: 1)
    guard whole.cursor == pieces.cursor, whole.modes == pieces.modes, whole.title == pieces.title else {
      return "cutting it changes the state"
    }
    for row in 0..<whole.rows where whole.row(row) != pieces.row(row) {
      return "cutting it changes row \(row)"
    }
    guard whole.takeScrolledOff() == pieces.takeScrolledOff() else {
      return "cutting it changes the scrollback"
    }
    return TerminalInvariants.violation(of: &whole) ?? TerminalInvariants.violation(of: &pieces)
  }
}
