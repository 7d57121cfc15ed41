/// Marked and selected lines of the log.
extension AppState {
  // MARK: Marks

  mutating func askForMark() -> [Effect] {
    screen.focus = .logs
    return [.logs(.lineToMark(screen.logs.cursor))]
  }

  mutating func toggleMark(_ line: Int) -> [Effect] {
    guard screen.logs.marks.remove(line) == nil else { return say("mark taken away") }
    screen.logs.marks.insert(line)
    let next = keys.keyName(for: .nextMark).map { "; \($0) goes to the next one" } ?? ""
    return say("marked" + (screen.logs.marks.count > 1 ? next : ""))
  }

  mutating func findMark(forward: Bool) -> [Effect] {
    guard !screen.logs.marks.isEmpty else {
      return say("no line is marked" + (keys.keyName(for: .mark).map { ": \($0) marks one" } ?? ""))
    }
    screen.focus = .logs
    let logs = screen.logs
    // From the end of the log the newest one is meant.
    let isForward = forward && logs.cursor != nil
    return [.logs(.findMark(logs.marks, from: logs.cursor, forward: isForward, height: logHeight))]
  }

  /// A mark goes with its line.
  mutating func forgetDroppedMarks() {
    guard !screen.logs.marks.isEmpty else { return }
    let first = screen.logs.counts.dropped
    screen.logs.marks = screen.logs.marks.filter { $0 >= first }
  }

  // MARK: Selection

  mutating func toggleSelection() -> [Effect] {
    guard screen.logs.anchor == nil else {
      endSelection()
      return []
    }
    screen.focus = .logs
    let logs = screen.logs
    return [.logs(.beginSelection(logs.cursor, bottom: logs.bottom, height: logHeight))]
  }

  mutating func beginSelection(_ line: Int, bottom: Int) -> [Effect] {
    screen.logs.anchor = line
    screen.logs.cursor = line
    screen.logs.bottom = bottom
    screen.logs.follows = false
    // Its keys stand where messages do.
    screen.message = nil
    return [.cancelTimer(.message)]
  }

  mutating func endSelection() {
    screen.logs.anchor = nil
    screen.logs.drag = .none
  }

  /// `y`: the selected lines, else the line under the cursor.
  mutating func copyLogLines() -> [Effect] {
    guard let anchor = screen.logs.anchor else { return [.logs(.copy(screen.logs.cursor))] }
    endSelection()
    let cursor = screen.logs.cursor ?? anchor
    return [.logs(.copyLines(min(anchor, cursor), max(anchor, cursor)))]
  }

  // MARK: Mouse

  /// Selects from the line that was clicked on to the one below the pointer, which may be outside of the pane.
  mutating func dragged(column: Int, row: Int) -> [Effect] {
    guard screen.overlay == nil, screen.prompt == nil, screen.typing == nil,
      let frame = Layout(self).panes[.logs]
    else {
      return []
    }
    switch screen.logs.drag {
    case .none: return []
    // A click with an unsteady hand copies nothing.
    case .pressed(let pressed): if row == pressed { return [] }
    case .selecting: break
    }
    if screen.logs.drag != .selecting {
      guard let cursor = screen.logs.cursor else { return [] }
      screen.logs.anchor = cursor
      screen.logs.drag = .selecting
    }
    let contentRow = max(0, min(logHeight - 1, row - frame.row - 1))
    return [.logs(.selectRow(contentRow, bottom: screen.logs.bottom, height: logHeight))]
  }

  mutating func released() -> [Effect] {
    defer { screen.logs.drag = .none }
    return screen.logs.drag == .selecting ? copyLogLines() : []
  }
}
