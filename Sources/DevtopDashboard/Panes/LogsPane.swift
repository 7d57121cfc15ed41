import DevtopCore
import DevtopLogs

/// The merged log of all services, or of one.
struct LogsPane {
  let scene: Scene
  let frame: Layout.Frame

  private var state: AppState { scene.state }
  private var pane: LogPane { scene.state.screen.logs }
  private var symbols: Symbols { scene.symbols }

  func draw(on canvas: inout Canvas) {
    scene.drawTitle(of: .logs, in: frame, titleLeft, right: titleRight, on: &canvas)
    let height = frame.rows - 1
    guard height > 0 else { return }
    guard !scene.logs.rows.isEmpty else { return drawEmpty(on: &canvas) }
    let columns = LogColumns(state: state, frame: frame)
    var row = frame.row + 1
    for (entry, lines) in visibleRows(height: height, columns) {
      draw(entry, lines, row: row, columns, on: &canvas)
      row += lines.count
    }
  }

  // MARK: Title

  private var titleLeft: Line {
    var line = Line("[\(state.screen.service?.name ?? "all")]", .text)
    if !pane.filter.isEmpty {
      line.add(" ")
      line.add(pane.filter, pane.filtersEnabled ? .prompt : .dim)
      if !pane.filtersEnabled { line.add(" (off)", .dim) }
    }
    if pane.context > 0 { line.add(" ±\(pane.context)", .dim) }
    let counts = pane.counts
    line.add("  ")
    line.add(
      counts.matched == counts.total ? "\(counts.total)" : "\(counts.matched) of \(counts.total)", .dim)
    if !counts.isComplete { line.add(" (matching)", .dim) }
    if let search = counts.search {
      let place = search.place.map { "\($0)/" } ?? ""
      line.add(
        " \(symbols.dot) /\(pane.search) \(place)\(search.total)\(search.isComplete ? "" : "…")", .prompt)
    }
    if !pane.marks.isEmpty { line.add(" \(symbols.dot) \(marks)", .dim) }
    if pane.isCleared { line.add(" \(symbols.dot) cleared", .dim) }
    if pane.column > 0 { line.add(" \(symbols.dot) from column \(pane.column + 1)", .dim) }
    if counts.dropped > 0 { line.add(" \(symbols.dot) \(counts.dropped) dropped", .buildWarning) }
    return line
  }

  /// `mark 2/3` on a mark, else `3 marks`.
  private var marks: String {
    guard let cursor = pane.cursor, pane.marks.contains(cursor) else {
      return Wording.count(pane.marks.count, "mark")
    }
    return "mark \(pane.marks.count { $0 <= cursor })/\(pane.marks.count)"
  }

  private var titleRight: Line {
    if pane.anchor != nil {
      let state = pane.newLines > 0 ? "\(pane.newLines) new" : "paused"
      return Line("SELECT \(pane.counts.selected) \(symbols.dot) \(state)", .logNew)
    }
    if pane.follows { return Line("FOLLOW", .buildOK) }
    if pane.newLines > 0 { return Line("\(pane.newLines) new", .logNew) }
    let key = scene.keys.keyName(for: .follow) ?? ":"
    return Line("paused \(symbols.dot) \(key) follows", .dim)
  }

  private func drawEmpty(on canvas: inout Canvas) {
    let text: String
    if !pane.filter.isEmpty, pane.filtersEnabled, pane.counts.total > 0 {
      let edit = scene.keys.keyName(for: .filter) ?? ":"
      let toggle = scene.keys.keyName(for: .toggleFilters) ?? ":"
      let since = pane.isCleared ? " since the view was cleared" : ""
      text =
        "no line\(since) matches \(pane.filter) \(symbols.dot) \(edit) edits it, \(toggle) switches it off"
    } else {
      let undo = scene.keys.keyName(for: .undoClear) ?? ":"
      text =
        pane.isCleared
        ? "no lines since the view was cleared \(symbols.dot) \(undo) brings them back" : "no lines yet"
    }
    canvas.draw(text, .dim, column: frame.column + 1, row: frame.row + 1)
  }

  // MARK: Rows

  /// The newest rows that fit, each with its lines; the selected one is among them.
  private func visibleRows(height: Int, _ columns: LogColumns) -> [(LogRow, [Line])] {
    let rows = scene.logs.rows.suffix(height)
    let all = rows.map { ($0, lines(of: $0, columns, height: height)) }
    guard pane.wraps else { return all }
    var first = all.endIndex
    var used = 0
    while first > all.startIndex, used + all[first - 1].1.count <= height {
      first -= 1
      used += all[first].1.count
    }
    if first == all.endIndex, let last = all.last { return [(last.0, Array(last.1.prefix(height)))] }
    guard let cursor = pane.cursor, let selected = all.firstIndex(where: { $0.0.sequence == cursor }),
      selected < first
    else { return Array(all[first...]) }
    return Array(all[selected...])
  }

  private func lines(of entry: LogRow, _ columns: LogColumns, height: Int) -> [Line] {
    let width = max(1, columns.end - columns.text)
    let role = textRole(of: entry)
    if let fold = entry.fold { return [foldLine(fold)] }
    if pane.isPretty, let pretty = entry.pretty {
      let line = prettyLine(pretty, role, behind: badges(of: entry))
      return pane.wraps ? line.wrapped(columns: width) : [line]
    }
    let text = entry.text(columns: pane.wraps ? width * height : pane.column + width + 1)
    var line = badges(of: entry)
    line.add(text, role)
    guard pane.wraps, entry.stream != .marker else { return [line] }
    return line.wrapped(columns: width)
  }

  /// `NEW ×7 2.5/s `: what the text itself does not say.
  private func badges(of entry: LogRow) -> Line {
    var line = Line()
    if entry.isNew { line.add("NEW ", .logNew) }
    if let repetition = entry.repetition {
      line.add("\(symbols.times)\(repetition.count)", .key)
      if let rate = repetition.perSecond { line.add(" \(Wording.frequency(rate))", .dim) }
      line.add(" ")
    }
    return line
  }

  /// `▸ 14 frames · boom · orders/pay.go:42 main.pay`.
  private func foldLine(_ fold: RecordSummary) -> Line {
    var line = Line("\(symbols.pointer) \(fold.count)", .dim)
    if let message = fold.message {
      line.add(" \(symbols.dot) ", .dim)
      line.add(message, .logError)
    }
    if let frame = fold.frame {
      line.add(" \(symbols.dot) ", .dim)
      line.add(frame, .location)
    }
    return line
  }

  /// `paid  user.id=42 took=12ms`.
  private func prettyLine(_ pretty: PrettyLine, _ role: Theme.Token, behind badges: Line) -> Line {
    var line = badges
    line.add(pretty.message, role)
    for (number, field) in pretty.fields.enumerated() {
      line.add(
        "\(number == 0 && !pretty.message.isEmpty ? "  " : number == 0 ? "" : " ")\(field.name)=", .dim)
      line.add(field.value, role)
    }
    return line
  }

  private func textRole(of entry: LogRow) -> Theme.Token {
    if entry.stream == .marker { return entry.level.map(Theme.Token.level) ?? .logMarker }
    if entry.isContext { return .dim }
    if entry.stream == .error { return .logStderr }
    switch entry.level {
    case .error: return .logError
    case .fatal: return .logFatal
    case .trace: return .logTrace
    case .debug: return .logDebug
    case .info, .warn, nil: return .text
    }
  }

  private func draw(
    _ entry: LogRow, _ lines: [Line], row: Int, _ columns: LogColumns, on canvas: inout Canvas
  ) {
    if columns.name > columns.time { drawTime(of: entry, row: row, columns, on: &canvas) }
    // devtop's own rows and services that have left have no colour of their own.
    let role = state.index(of: entry.service).map(Theme.Token.service(at:)) ?? .dim
    canvas.draw(
      entry.service.name, role, column: columns.name, row: row, limit: columns.level - 1)
    if entry.stream == .marker {
      drawMarker(entry, lines.first ?? Line(), row: row, columns, on: &canvas)
    } else {
      drawLevel(of: entry, row: row, columns, on: &canvas)
      let area = Layout.Frame(
        column: columns.text, row: row, columns: columns.end - columns.text, rows: lines.count)
      canvas.clipped(to: area) { canvas in
        for (offset, line) in lines.enumerated() {
          canvas.draw(line, column: columns.text - pane.column, row: row + offset, limit: columns.end)
          drawMatches(
            in: line, row: row + offset, columns, isCurrent: entry.sequence == pane.cursor, on: &canvas)
        }
      }
    }
    let isCursor = entry.sequence == pane.cursor
    let isSelected = isCursor || selection?.contains(entry.sequence) == true
    if isSelected {
      for offset in lines.indices {
        canvas.overlay(.selection, columns: frame.column..<columns.end, row: row + offset)
      }
    }
    if pane.marks.contains(entry.sequence), selection == nil {
      canvas.symbol(symbols.mark, column: frame.column, row: row, .borderFocus)
    } else if isSelected {
      canvas.symbol(isCursor ? symbols.pointer : symbols.bar, column: frame.column, row: row, .borderFocus)
    }
  }

  /// The lines that are selected, from the one at which that began.
  private var selection: ClosedRange<Int>? {
    guard let anchor = pane.anchor, let cursor = pane.cursor else { return nil }
    return min(anchor, cursor)...max(anchor, cursor)
  }

  private func drawTime(of entry: LogRow, row: Int, _ columns: LogColumns, on canvas: inout Canvas) {
    switch pane.timestamps {
    case .time: canvas.draw(scene.wording.second(entry.time), .logTime, column: columns.time, row: row)
    case .milliseconds:
      canvas.draw(scene.wording.millisecond(entry.time), .logTime, column: columns.time, row: row)
    case .off: break
    }
  }

  private func drawLevel(of entry: LogRow, row: Int, _ columns: LogColumns, on canvas: inout Canvas) {
    if let level = entry.level {
      canvas.draw(String(level.name.prefix(1)).uppercased(), .level(level), column: columns.level, row: row)
    } else if entry.stream == .build {
      canvas.draw("b", .dim, column: columns.level, row: row)
    }
  }

  /// `── exit 1 · restart 3 in 2 s ──────`.
  private func drawMarker(
    _ entry: LogRow, _ text: Line, row: Int, _ columns: LogColumns, on canvas: inout Canvas
  ) {
    let start = canvas.draw(
      symbols.rule + " ", .logMarker, column: columns.level, row: row, limit: columns.end)
    var line = text
    line.add(" ", .logMarker)
    let area = Layout.Frame(column: start, row: row, columns: max(0, columns.end - start), rows: 1)
    var end = start
    // Only as far as it is long: the next words of a short one are its rule.
    let shift = max(0, min(pane.column, line.columns - area.columns))
    canvas.clipped(to: area) { end = $0.draw(line, column: start - shift, row: row, limit: columns.end) }
    if end < columns.end - 1 {
      canvas.horizontal(symbols.horizontal, columns: end..<columns.end - 1, row: row, .logMarker)
    }
  }

  // MARK: Search

  private var searched: String {
    if let prompt = state.screen.prompt, prompt.purpose == .search { return prompt.editor.text }
    return pane.search
  }

  private func drawMatches(
    in line: Line, row: Int, _ columns: LogColumns, isCurrent: Bool, on canvas: inout Canvas
  ) {
    let word = searched
    guard !word.isEmpty else { return }
    let start = columns.text - pane.column
    for range in line.matches(of: word) {
      canvas.overlay(
        isCurrent ? .matchCurrent : .match,
        columns: start + range.lowerBound..<start + range.upperBound, row: row)
    }
  }
}
