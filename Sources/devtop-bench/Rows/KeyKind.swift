import DevtopCore
import DevtopLogs

/// A kind of key press whose effect can be read from the screen.
enum KeyKind: String, CaseIterable {
  /// `T`: seconds, milliseconds, no time.
  case timestamps
  /// `z`: one pane, or all.
  case zoom
  /// Tab: the next pane has the heavy title.
  case focus
  /// Typing and erasing in the search prompt.
  case search
  /// Typing and erasing a filter, which is applied while it is typed.
  case filter

  private static let escape: [UInt8] = [0x1B]

  /// Keys that lead to where it can be pressed, with the screen that shows it.
  var entry: (keys: [UInt8], isThere: Viewer.Condition)? {
    switch self {
    case .timestamps, .zoom, .focus: nil
    case .search: (Array("/".utf8), { Self.prompt($0, "search") == "" })
    case .filter: (Array("f".utf8), { Self.prompt($0, "filter") == "" })
    }
  }

  var exit: (keys: [UInt8], isThere: Viewer.Condition)? {
    switch self {
    case .timestamps, .zoom, .focus: nil
    case .search: (Self.escape, { Self.prompt($0, "search") == nil })
    case .filter: (Self.escape, { Self.prompt($0, "filter") == nil })
    }
  }

  /// The key of a step, and the screen that proves that it was painted.
  func press(_ step: Int, on screen: TerminalScreen) -> (keys: [UInt8], isThere: Viewer.Condition) {
    switch self {
    case .timestamps:
      let now = Self.timeColumns(screen)
      return (Array("T".utf8), { Self.timeColumns($0) != now })
    case .zoom:
      let isZoomed = Self.isZoomed(screen)
      return (Array("z".utf8), { Self.isZoomed($0) != isZoomed })
    case .focus:
      let now = Self.focusedTitle(screen)
      return ([0x09], { screen in Self.focusedTitle(screen).map { $0 != now } ?? false })
    case .search, .filter: return typing(step)
    }
  }

  /// Eight letters in, eight letters out.
  private func typing(_ step: Int) -> (keys: [UInt8], isThere: Viewer.Condition) {
    let word = Array("quick brown fox".utf8.prefix(8))
    let phase = step % (2 * word.count)
    let length = phase < word.count ? phase + 1 : 2 * word.count - phase - 1
    let expected = String(decoding: word.prefix(length), as: UTF8.self)
    let name = rawValue
    let shown = String(expected.reversed().drop { $0 == " " }.reversed())
    return (phase < word.count ? [word[phase]] : [0x7F], { Self.prompt($0, name) == shown })
  }

  /// The text in a prompt, without blanks at its end; nil when there is no such prompt.
  private static func prompt(_ screen: TerminalScreen, _ name: String) -> String? {
    for row in [screen.rows - 1, screen.rows - 2] {
      let text = screen.text(row: row).drop { $0 == " " }
      guard text.hasPrefix(name + "›") else { continue }
      // What stands to the right of the text is set off by more than one blank.
      var typed = ""
      var blanks = 0
      for character in text.dropFirst(name.count + 2) {
        blanks = character == " " ? blanks + 1 : 0
        if blanks == 2 { break }
        typed.append(character)
      }
      while typed.hasSuffix(" ") { typed.removeLast() }
      return typed
    }
    return nil
  }

  /// The columns of the time before a log line: 8 with seconds, 12 with milliseconds, 0 without.
  private static func timeColumns(_ screen: TerminalScreen) -> Int {
    let text = Array(screen.text(row: screen.rows / 2).unicodeScalars)
    guard text.count > 13, text[3] == ":", text[6] == ":" else { return 0 }
    return text[9] == "." ? 12 : 8
  }

  private static func isZoomed(_ screen: TerminalScreen) -> Bool {
    !(0..<screen.rows).contains { screen.text(row: $0).contains("1 Files") }
  }

  /// The row of the pane that has the heavy title.
  private static func focusedTitle(_ screen: TerminalScreen) -> Int? {
    (0..<screen.rows).first { screen.text(row: $0).hasPrefix("━") }
  }
}
