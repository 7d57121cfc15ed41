/// Where the panes are on a screen of a given size.
package struct Layout: Equatable, Sendable {
  /// A rectangle of cells.
  package struct Frame: Equatable, Sendable {
    package var column: Int
    package var row: Int
    package var columns: Int
    package var rows: Int

    package init(column: Int, row: Int, columns: Int, rows: Int) {
      self.column = column
      self.row = row
      self.columns = columns
      self.rows = rows
    }

    package func contains(column: Int, row: Int) -> Bool {
      column >= self.column && column < self.column + columns && row >= self.row && row < self.row + rows
    }
  }

  /// How much there is room for; no size is too small.
  package enum Kind: Equatable, Sendable {
    /// Under 12×2: the result of the build alone.
    case badge
    /// Under 40×8: the header line and one pane, with the keys from 4 rows on.
    case compact
    /// Under 80×24: one pane at a time, with tabs; also a zoomed pane, without them.
    case single
    /// Panes above each other.
    case stacked
    /// From 120×30: Files and Build side by side.
    case columns
    /// From 160×30: Services and Files on the left, Build and Logs on the right.
    case wide
  }

  /// A pane's name in the row of tabs.
  package struct Tab: Equatable, Sendable {
    package var pane: Pane
    package var columns: Range<Int>
  }

  package let kind: Kind
  /// Each visible pane with its title row.
  package private(set) var panes: [Pane: Frame] = [:]
  /// The row of tabs, row 1, where there is one.
  package private(set) var tabs: [Tab] = []
  /// The lines between panes side by side, one column wide.
  package private(set) var dividers: [Frame] = []
  /// Rows below the panes: the prompt or message, and the keys.
  package let bottomRows: Int
  /// What the lines of the Build pane are.
  package private(set) var buildLines: [BuildLine] = []
  /// The top of Build's cursor.
  private var buildTop = 0
  /// Which half of Requests the keys are for.
  let requestsHalf: RequestPane.Half

  /// The layout of a state: it depends on the screen's size, the focus, zoom, and whether a build is red.
  package init(_ state: AppState) {
    let size = state.screen.size
    kind = Self.kind(of: size, isZoomed: state.screen.isZoomed)
    requestsHalf = state.screen.requests.half
    bottomRows =
      switch kind {
      case .badge: 0
      case .compact:
        // What is typed or asked is seen even where there is room for nothing else.
        size.rows >= 4 || state.screen.prompt != nil ? 1 : 0
      case .single: size.rows < 24 ? 1 : 2
      case .stacked, .columns, .wide: 2
      }
    switch kind {
    case .badge: return
    case .compact: placeAlone(state, from: 1)
    case .single: placeSingle(state)
    case .stacked: placeStacked(state)
    case .columns: placeColumns(state)
    case .wide: placeWide(state)
    }
    if let frame = panes[.build] {
      buildTop = state.screen.build.cursor.top
      buildLines = state.buildLines(height: max(0, frame.rows - 1), columns: frame.columns)
    }
  }

  private static func kind(of size: Size, isZoomed: Bool) -> Kind {
    if size.columns < 12 || size.rows < 2 { return .badge }
    if size.columns < 40 || size.rows < 8 { return .compact }
    if isZoomed || size.columns < 80 || size.rows < 24 { return .single }
    if size.columns >= 160, size.rows >= 30 { return .wide }
    return size.columns >= 120 && size.rows >= 30 ? .columns : .stacked
  }

  // MARK: What update asks

  /// Rows of the pane's list that are visible at once; 0 where the pane is not.
  ///
  /// Headings and details are not counted: this is the height by which a `ListCursor` moves.
  package func contentHeight(of pane: Pane) -> Int {
    guard let frame = panes[pane] else { return 0 }
    let inside = max(0, frame.rows - 1)
    guard pane != .build else {
      return min(inside, max(1, buildLines.count { if case .row = $0 { true } else { false } }))
    }
    return max(0, inside - headingRows(of: pane) - detailRows(of: pane))
  }

  /// The pane at a cell, and the row of its list as seen from its cursor's `top` (-1: title, tab or heading).
  package func pane(atColumn column: Int, row: Int) -> (pane: Pane, contentRow: Int)? {
    if row == 1, let tab = tabs.first(where: { $0.columns.contains(column) }) { return (tab.pane, -1) }
    for (pane, frame) in panes where frame.contains(column: column, row: row) {
      let content = row - frame.row - 1
      guard pane == .build else {
        let listRow = content - headingRows(of: pane)
        return (pane, listRow < contentHeight(of: pane) ? max(-1, listRow) : -1)
      }
      guard buildLines.indices.contains(content) else { return (pane, -1) }
      switch buildLines[content] {
      case .row(let index), .rest(let index, line: _), .detail(let index, line: _):
        return (pane, max(-1, index - buildTop))
      case .service, .summary, .history, .waterfall, .raw: return (pane, -1)
      }
    }
    return nil
  }

  /// Rows of column names between a pane's title and its list.
  package func headingRows(of pane: Pane) -> Int {
    guard let frame = panes[pane] else { return 0 }
    switch pane {
    case .requests: return hasRoomForHalves || requestsHalf == .routes && frame.rows >= 3 ? 1 : 0
    case .services: return frame.rows >= 3 ? 1 : 0
    case .files, .build, .logs: return 0
    }
  }

  /// Rows below a pane's list that tell more about the selected row.
  package func detailRows(of pane: Pane) -> Int {
    guard let frame = panes[pane], pane == .requests else { return 0 }
    return frame.columns >= 100 && frame.rows >= 10 ? 2 : 0
  }
}

// MARK: Placing

extension Layout {
  private mutating func placeSingle(_ state: AppState) {
    let size = state.screen.size
    var top = 1
    if !state.screen.isZoomed {
      var column = 0
      for pane in Pane.allCases {
        // A space, the number, a space; where there is room (and for the pane in focus) the title and a space.
        let isNamed = size.columns >= 50 || pane == state.screen.focus
        let width = isNamed ? pane.title.count + 4 : 3
        tabs.append(Tab(pane: pane, columns: column..<column + width))
        column += width
      }
      top = 2
    }
    placeAlone(state, from: top)
  }

  private mutating func placeAlone(_ state: AppState, from top: Int) {
    let size = state.screen.size
    stack([(state.screen.focus, size.rows - top - bottomRows)], column: 0, columns: size.columns, from: top)
  }

  private mutating func placeStacked(_ state: AppState) {
    let size = state.screen.size
    let body = size.rows - 1 - bottomRows
    let focus = state.screen.focus
    let first: Pane = focus == .services ? .services : .files
    var firstRows = 1
    if focus == .services {
      firstRows += min(state.services.count + 1, max(3, body / 3))
    } else if focus == .files {
      firstRows += min(max(1, state.files.count), max(4, body / 4))
    } else if body >= 36 {
      firstRows += 4
    }
    let most = state.screen.build.showsRawOutput ? body / 2 : body / 4
    let build = 1 + state.wantedBuildLines(columns: size.columns, atMost: max(5, most), whileGreen: 0)
    let requests = state.hasRequests || focus == .requests ? 1 + max(4, body / 5) : 1
    stack(
      [
        (first, firstRows), (.build, build), (.logs, body - firstRows - build - requests),
        (.requests, requests),
      ],
      column: 0, columns: size.columns, from: 1)
  }

  private mutating func placeColumns(_ state: AppState) {
    let size = state.screen.size
    let body = size.rows - 1 - bottomRows
    let left = max(44, min(60, size.columns * 44 / 120))
    let isFocused = [.files, .build, .services].contains(state.screen.focus)
    let most = state.screen.build.showsRawOutput ? body / 2 : body / 3
    let open = state.wantedBuildLines(
      columns: size.columns - left - 1, atMost: max(8, most), whileGreen: 5)
    let top = 1 + (isFocused ? max(8, open) : max(5, open))
    let requests = state.hasRequests || state.screen.focus == .requests ? 1 + max(8, body * 3 / 10) : 2
    let first: Pane = state.screen.focus == .services ? .services : .files
    panes[first] = Frame(column: 0, row: 1, columns: left, rows: top)
    dividers = [Frame(column: left, row: 1, columns: 1, rows: top)]
    panes[.build] = Frame(column: left + 1, row: 1, columns: size.columns - left - 1, rows: top)
    stack(
      [(.logs, body - top - requests), (.requests, requests)], column: 0, columns: size.columns, from: 1 + top
    )
  }

  private mutating func placeWide(_ state: AppState) {
    let size = state.screen.size
    let body = size.rows - 1 - bottomRows
    let left = max(44, min(60, size.columns / 4))
    let requests = state.hasRequests || state.screen.focus == .requests ? max(9, body / 3) : 2
    let upper = body - requests
    let open = state.wantedBuildLines(
      columns: size.columns - left - 1, atMost: max(8, upper / 2), whileGreen: 4)
    let top = min(1 + max(open, state.services.count + 1, 4), max(9, upper / 2))
    panes[.services] = Frame(column: 0, row: 1, columns: left, rows: top)
    panes[.files] = Frame(column: 0, row: 1 + top, columns: left, rows: upper - top)
    dividers = [Frame(column: left, row: 1, columns: 1, rows: upper)]
    stack(
      [(.build, top), (.logs, upper - top)], column: left + 1, columns: size.columns - left - 1, from: 1)
    panes[.requests] = Frame(column: 0, row: 1 + upper, columns: size.columns, rows: requests)
  }

  private mutating func stack(_ rows: [(pane: Pane, rows: Int)], column: Int, columns: Int, from first: Int) {
    var row = first
    for entry in rows where entry.rows > 0 {
      panes[entry.pane] = Frame(column: column, row: row, columns: columns, rows: entry.rows)
      row += entry.rows
    }
  }
}
