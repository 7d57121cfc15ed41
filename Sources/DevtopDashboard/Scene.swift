import DevtopCore

/// What all panes draw from.
struct Scene {
  let state: AppState
  let layout: Layout
  let logs: LogWindow
  let symbols: Symbols
  let wording: Wording

  var size: Size { state.screen.size }
  var keys: KeyTable { state.keys }

  func draw(on canvas: inout Canvas) {
    switch layout.kind {
    case .badge:
      HeaderPane(scene: self).drawBadge(on: &canvas)
      return
    case .compact, .single, .stacked, .columns, .wide: break
    }
    HeaderPane(scene: self).draw(on: &canvas)
    drawTabs(on: &canvas)
    for pane in Pane.allCases {
      guard let frame = layout.panes[pane] else { continue }
      canvas.clipped(to: frame) { draw(pane, on: &$0, in: frame) }
    }
    drawDividers(on: &canvas)
    BottomRows(scene: self).draw(on: &canvas)
    if let overlay = state.screen.overlay { drawOverlay(overlay, on: &canvas) }
  }

  private func draw(_ pane: Pane, on canvas: inout Canvas, in frame: Layout.Frame) {
    switch pane {
    case .files: FilesPane(scene: self, frame: frame).draw(on: &canvas)
    case .build: BuildPaneView(scene: self, frame: frame).draw(on: &canvas)
    case .logs:
      if let typing = state.screen.typing {
        TerminalPane(scene: self, frame: frame, typing: typing).draw(on: &canvas)
      } else {
        LogsPane(scene: self, frame: frame).draw(on: &canvas)
      }
    case .requests: RequestsPane(scene: self, frame: frame).draw(on: &canvas)
    case .services: ServicesPane(scene: self, frame: frame).draw(on: &canvas)
    }
  }

  private func drawOverlay(_ overlay: Overlay, on canvas: inout Canvas) {
    switch overlay {
    case .help(let scroll): HelpOverlay(scene: self, scroll: scroll).draw(on: &canvas)
    case .palette(let editor, let selected):
      PaletteOverlay(scene: self, editor: editor, selected: selected).draw(on: &canvas)
    case .confirm(let question): ConfirmOverlay(scene: self, question: question).draw(on: &canvas)
    case .detail(let title, let lines, let scroll):
      DetailOverlay(scene: self, title: title, lines: lines, scroll: scroll).draw(on: &canvas)
    // Among the rows below the panes.
    case .terms: break
    }
  }

  // MARK: Frames

  /// Draws a pane's title row: `─3 Logs [all] level:>=warn ───── FOLLOW ─`.
  ///
  /// The focused pane has a heavier line, so that its colour is not the only sign.
  func drawTitle(of pane: Pane, in frame: Layout.Frame, _ left: Line, right: Line, on canvas: inout Canvas) {
    let isFocused = state.screen.focus == pane
    let border: Theme.Token = isFocused ? .borderFocus : .border
    let line = isFocused ? symbols.focusedHorizontal : symbols.horizontal
    let end = frame.column + frame.columns
    canvas.horizontal(line, columns: frame.column..<end, row: frame.row, border)
    var title = Line()
    title.add("\(pane.rawValue) \(pane.title)", isFocused ? .borderFocus : .title)
    if !left.isEmpty {
      title.add(" ")
      title.add(left)
    }
    title.add(" ")
    var right = right
    if !right.isEmpty {
      var padded = Line(" ")
      padded.add(right)
      padded.add(" ")
      right = padded
    }
    // The right part goes first when there is no room for both.
    let rightStart = end - 1 - right.columns
    let fits = rightStart - frame.column - 1 >= min(title.columns, frame.columns / 2)
    canvas.draw(title, column: frame.column + 1, row: frame.row, limit: fits ? rightStart : end - 1)
    if fits { canvas.draw(right, column: rightStart, row: frame.row) }
  }

  private func drawTabs(on canvas: inout Canvas) {
    guard !layout.tabs.isEmpty else { return }
    canvas.horizontal(" ", columns: 0..<size.columns, row: 1, .menu)
    for tab in layout.tabs {
      let isFocused = tab.pane == state.screen.focus
      let isNamed = tab.columns.count > 3
      let text = isNamed ? " \(tab.pane.rawValue) \(tab.pane.title) " : " \(tab.pane.rawValue) "
      canvas.draw(text, isFocused ? .borderFocus : .menu, column: tab.columns.lowerBound, row: 1)
      if isFocused { canvas.overlay(.selection, columns: tab.columns, row: 1) }
    }
  }

  private func drawDividers(on canvas: inout Canvas) {
    for divider in layout.dividers {
      let rows = divider.row..<divider.row + divider.rows
      canvas.vertical(symbols.vertical, column: divider.column, rows: rows, .border)
      for row in rows.lowerBound...rows.upperBound {
        let isRuleLeft = layout.panes.values.contains {
          $0.row == row && $0.column <= divider.column - 1 && $0.column + $0.columns > divider.column - 1
        }
        let isRuleRight = layout.panes.values.contains {
          $0.row == row && $0.column <= divider.column + 1 && $0.column + $0.columns > divider.column + 1
        }
        let isEnd = row == rows.upperBound
        guard isRuleLeft || isRuleRight else { continue }
        let junction: Unicode.Scalar =
          switch (isRuleLeft, isRuleRight) {
          case _ where isEnd: symbols.teeUp
          case _ where row == rows.lowerBound: symbols.teeDown
          case (true, true): symbols.cross
          case (true, false): symbols.teeLeft
          case (false, _): symbols.teeRight
          }
        canvas.junction(junction, column: divider.column, row: row, .border)
      }
    }
  }

  /// Marks the selected row of a list: a pointer in its first column and the selection's style.
  func markSelected(row: Int, in frame: Layout.Frame, isFocused: Bool, on canvas: inout Canvas) {
    canvas.symbol(symbols.pointer, column: frame.column, row: row, .borderFocus)
    if isFocused {
      canvas.overlay(.selection, columns: frame.column..<frame.column + frame.columns, row: row)
    }
  }

  /// Where a browser finds the first service that has a port.
  var address: String? {
    for service in state.services {
      if let port = service.servingPort { return "http://localhost:\(port)" }
    }
    return nil
  }

  /// The rows of a list that are shown: the selected one is among them, whatever the cursor's `top` says.
  func visible(_ cursor: ListCursor, count: Int, height: Int) -> Range<Int> {
    guard height > 0, let selected = cursor.index(in: count) else { return 0..<0 }
    let shown = min(count, height)
    let top = max(0, min(max(min(cursor.top, selected), selected - shown + 1), count - shown))
    return top..<top + shown
  }
}
