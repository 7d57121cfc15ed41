/// What a program has asked of a terminal: xterm ctlseqs, "DEC Private Mode Set", ECMA-48 §7.
package struct TerminalModes: Equatable, Sendable {
  /// Which events of the mouse the program wants to be told.
  package enum MouseReporting: Equatable, Sendable {
    case none
    /// 1000: buttons pressed and released.
    case buttons
    /// 1002: and moves while a button is down.
    case drags
    /// 1003: and all moves.
    case moves
  }

  /// What a terminal starts with.
  package init() {}

  /// DECCKM (?1): the arrow keys send `ESC O A` instead of `ESC [ A`.
  package internal(set) var applicationCursorKeys = false
  /// DECKPAM, DECNKM (?66): the keypad sends `ESC O …`.
  package internal(set) var applicationKeypad = false
  /// ?2004: what is pasted is wrapped in `ESC [ 200 ~` and `ESC [ 201 ~`.
  package internal(set) var bracketedPaste = false
  package internal(set) var mouseReporting = MouseReporting.none
  /// ?1006: the mouse is reported as `ESC [ < … M`, without a limit to the columns.
  package internal(set) var sgrMouse = false
  /// ?1004: gaining and losing the focus is told by `ESC [ I` and `ESC [ O`.
  package internal(set) var focusReporting = false
  /// DECAWM (?7).
  package internal(set) var autowrap = true
  /// DECOM (?6): rows count from the top margin.
  package internal(set) var origin = false
  /// IRM (4): what is printed moves the rest of the row.
  package internal(set) var insert = false
  /// LNM (20): a line feed returns to the first column too, and Enter sends CR LF.
  package internal(set) var newLine = false
  /// DECSCNM (?5): the whole screen in reverse video.
  package internal(set) var reverseScreen = false
}

/// Where a terminal's cursor is, from 0.
package struct TerminalCursor: Equatable, Sendable {
  package internal(set) var row = 0
  package internal(set) var column = 0
  /// DECTCEM (?25).
  package internal(set) var isVisible = true
}
