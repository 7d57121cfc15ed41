/// What a program may ask (VT510, "Reports"; xterm ctlseqs). Nothing that was printed is ever in an answer.
extension TerminalScreen {
  private static let mostReplies = 4096

  private mutating func reply(_ text: String) {
    guard replies.count + text.utf8.count <= Self.mostReplies else { return }
    replies.append(contentsOf: text.utf8)
  }

  /// DA1: a VT220 with colours.
  mutating func reportAttributes() { reply("\u{1B}[?62;22c") }

  /// DA2: a VT220 of version 1.0.
  mutating func reportSecondaryAttributes() {
    if number(0) == 0 { reply("\u{1B}[>1;10;0c") }
  }

  /// DSR: 5, all is well; 6, where the cursor is.
  mutating func reportStatus(_ kind: Int) {
    switch kind {
    case 5: reply("\u{1B}[0n")
    case 6: reply("\u{1B}[\(place)R")
    default: break
    }
  }

  /// DECXCPR; the screen has one page.
  mutating func reportPrivateStatus(_ kind: Int) {
    if kind == 6 { reply("\u{1B}[?\(place);1R") }
  }

  /// From 1; with origin mode from the top margin on.
  private var place: String {
    "\(cursor.row + 1 - (modes.origin ? region.lowerBound : 0));\(cursor.column + 1)"
  }

  /// DECRQM: 1 is set, 2 is reset, 4 never to be set, 0 not known.
  mutating func reportMode(isPrivate: Bool) {
    let mode = number(0)
    let state = (isPrivate ? privateMode(mode) : standardMode(mode)).map { $0 ? 1 : 2 }
    let isFixed = isPrivate && mode == 3
    reply("\u{1B}[\(isPrivate ? "?" : "")\(mode);\(state ?? (isFixed ? 4 : 0))$y")
  }

  private func standardMode(_ mode: Int) -> Bool? {
    switch mode {
    case 4: modes.insert
    case 20: modes.newLine
    default: nil
    }
  }

  private func privateMode(_ mode: Int) -> Bool? {
    switch mode {
    case 1: modes.applicationCursorKeys
    case 5: modes.reverseScreen
    case 6: modes.origin
    case 7: modes.autowrap
    case 25: cursor.isVisible
    case 47, 1047, 1049: isAlternate
    case 66: modes.applicationKeypad
    case 1000: modes.mouseReporting == .buttons
    case 1002: modes.mouseReporting == .drags
    case 1003: modes.mouseReporting == .moves
    case 1004: modes.focusReporting
    case 1006: modes.sgrMouse
    case 2004: modes.bracketedPaste
    default: nil
    }
  }
}
