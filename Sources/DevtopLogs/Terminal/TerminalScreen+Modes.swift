import DevtopCore

/// Modes, the alternate screen, what is saved and what is reset.
extension TerminalScreen {
  /// SM and RM (ECMA-48 §7).
  mutating func setModes(_ isSet: Bool) {
    for number in numbers {
      switch number {
      case 4: modes.insert = isSet
      case 20: modes.newLine = isSet
      default: break
      }
    }
  }

  /// DECSET and DECRST (xterm ctlseqs).
  ///
  /// 3 (132 columns), 12 (blinking cursor) and 2026 (synchronized output) change
  /// nothing here.
  mutating func setPrivateModes(_ isSet: Bool) {
    for number in numbers { setPrivateMode(number, isSet) }
  }

  private mutating func setPrivateMode(_ number: Int, _ isSet: Bool) {
    switch number {
    case 1: modes.applicationCursorKeys = isSet
    case 5:
      if modes.reverseScreen != isSet { changed.insert(0..<rows) }
      modes.reverseScreen = isSet
    case 6:
      modes.origin = isSet
      moveTo(row: 0, column: 0)
    case 7: modes.autowrap = isSet
    case 25: cursor.isVisible = isSet
    case 66: modes.applicationKeypad = isSet
    case 1000: modes.mouseReporting = isSet ? .buttons : .none
    case 1002: modes.mouseReporting = isSet ? .drags : .none
    case 1003: modes.mouseReporting = isSet ? .moves : .none
    case 1004: modes.focusReporting = isSet
    case 1006: modes.sgrMouse = isSet
    case 2004: modes.bracketedPaste = isSet
    case 47: showAlternate(isSet)
    case 1047:
      // It is left blank.
      if !isSet, isAlternate { clearScreen() }
      showAlternate(isSet)
    case 1048: if isSet { saveCursor() } else { restoreCursor() }
    case 1049:
      if isSet {
        guard !isAlternate else { return }
        saveCursor()
        showAlternate(true)
        clearScreen()
      } else {
        guard isAlternate else { return }
        clearScreen()
        showAlternate(false)
        restoreCursor()
      }
    default: break
    }
  }

  private mutating func clearScreen() { grid.clear(rows: 0..<rows, with: .erased(style)) }

  private mutating func showAlternate(_ isShown: Bool) {
    guard isShown != isAlternate else { return }
    isAlternate = isShown
    let next = hidden ?? TerminalGrid(rows: rows, columns: columns)
    hidden = grid
    grid = next
    isWrapPending = false
    changed.insert(0..<rows)
  }

  // MARK: - Saving

  /// DECSC; the main and the alternate screen each have theirs.
  mutating func saveCursor() {
    saved[isAlternate ? 1 : 0] = SavedCursor(
      row: cursor.row, column: cursor.column, isWrapPending: isWrapPending, origin: modes.origin,
      style: style, charsets: charsets)
  }

  /// DECRC; where nothing was saved, home with all as at the start.
  mutating func restoreCursor() {
    let saved = saved[isAlternate ? 1 : 0]
    modes.origin = saved.origin
    let rows = saved.origin ? region : 0..<rows
    cursor.row = min(max(saved.row, rows.lowerBound), rows.upperBound - 1)
    cursor.column = min(saved.column, columns - 1)
    isWrapPending = saved.isWrapPending && cursor.column == columns - 1
    style = saved.style
    charsets = saved.charsets
  }

  // MARK: - Resetting

  /// RIS: as at the start; rows that scrolled off and answers stay to be taken.
  mutating func reset() {
    // The cells are used again: making them takes long, and a program may ask for this time and again.
    grid.clear(rows: 0..<rows, with: .blank)
    hidden?.clear(rows: 0..<rows, with: .blank)
    var fresh = TerminalScreen(grid)
    fresh.hidden = hidden
    fresh.scrolledOff = scrolledOff
    fresh.scrolledOffCost = scrolledOffCost
    fresh.replies = replies
    fresh.changed.insert(0..<rows)
    self = fresh
  }

  /// DECSTR (VT510, "Soft Terminal Reset"); the screen, the cursor's place and the tabs stay.
  ///
  /// Autowrap is on, as in xterm.
  mutating func softReset() {
    cursor.isVisible = true
    modes.applicationCursorKeys = false
    modes.applicationKeypad = false
    modes.origin = false
    modes.insert = false
    modes.autowrap = true
    region = 0..<rows
    style = .plain
    charsets = CharacterSets()
    saved[isAlternate ? 1 : 0] = SavedCursor()
  }
}
