import DevtopCore

/// What changed, newest first, and what each change caused.
struct FilesPane {
  let scene: Scene
  let frame: Layout.Frame

  private var state: AppState { scene.state }
  private var symbols: Symbols { scene.symbols }

  func draw(on canvas: inout Canvas) {
    scene.drawTitle(of: .files, in: frame, titleLeft, right: titleRight, on: &canvas)
    let height = frame.rows - 1
    guard height > 0 else { return }
    guard !state.files.isEmpty else {
      let text =
        state.watch.summary == nil
        ? "looking for files to watch" : "no change yet; a saved file shows here"
      canvas.draw(text, .dim, column: frame.column + 1, row: frame.row + 1)
      return
    }
    let cursor = state.screen.files
    let isFocused = state.screen.focus == .files
    let rows = scene.visible(cursor, count: state.files.count, height: height)
    let outcomeColumns = outcomeColumns(of: state.files[rows])
    for (offset, index) in rows.enumerated() {
      let row = frame.row + 1 + offset
      draw(state.files[index], row: row, outcomeColumns: outcomeColumns, on: &canvas)
      if isFocused, index == cursor.index(in: state.files.count) {
        scene.markSelected(row: row, in: frame, isFocused: true, on: &canvas)
      }
    }
  }

  private var titleLeft: Line {
    var line = Line()
    if let summary = state.watch.summary { line.add("\(summary.files)", .dim) }
    // The last change that led to something, rather than the noise after it.
    guard frame.rows == 1, let last = state.files.first(where: { !isQuiet($0) }) ?? state.files.first else {
      return line
    }
    line.add(" \(symbols.dot) ", .dim)
    if !isQuiet(last) { line.add(sign(of: last) + " ", .dim) }
    line.add(scene.wording.second(last.time) + " ", .dim)
    line.add(last.path, .text)
    let others = state.files.count { $0.outcome == last.outcome && isTogether($0, last) } - 1
    if others > 0 { line.add(" +\(others)", .title) }
    line.add(" ")
    line.add(outcome(of: last))
    return line
  }

  /// Whether two changes came of one act, such as the switch to another branch: one build took both, or they were
  /// made within a second.
  private func isTogether(_ left: FileEntry, _ right: FileEntry) -> Bool {
    if case .build = right.outcome { return true }
    let (apart, overflow) = left.time.milliseconds.subtractingReportingOverflow(right.time.milliseconds)
    return !overflow && apart.magnitude < 1_000
  }

  private var titleRight: Line {
    if state.watch.isPaused { return Line("watch paused", .servicePaused) }
    guard let summary = state.watch.summary else { return Line("watch starting", .dim) }
    return Line(summary.backend == "inotify" ? "watch on" : "watch on (\(summary.backend))", .dim)
  }

  /// Columns between the path's first and the pane's end.
  private var room: Int { max(0, frame.columns - Self.pathOffset) }

  /// Where the path begins, behind mark, sign and time.
  private static let pathOffset = 12

  /// What came of the changes has a column of its own: as wide as it needs where the paths leave that, at least
  /// half of the room, so that a rule is seen whole.
  private func outcomeColumns(of entries: ArraySlice<FileEntry>) -> Int {
    let outcomes = entries.map { outcome(of: $0).columns }.max() ?? 0
    let paths = entries.map { DisplayWidth.columns(of: path(of: $0)) }.max() ?? 0
    return max(12, min(outcomes, max(room / 2, room - paths - 2)))
  }

  private func path(of entry: FileEntry) -> String {
    entry.count > 1 ? entry.path + " (\(entry.count)\(symbols.times))" : entry.path
  }

  private func draw(_ entry: FileEntry, row: Int, outcomeColumns: Int, on canvas: inout Canvas) {
    let end = frame.column + frame.columns
    let isQuiet = isQuiet(entry)
    let pathStart = frame.column + Self.pathOffset
    canvas.draw(sign(of: entry), isQuiet ? .dim : .buildWarning, column: frame.column + 1, row: row)
    canvas.draw(scene.wording.second(entry.time), .logTime, column: frame.column + 3, row: row)
    // A long rule takes from its own path, of which the end tells most.
    let path = path(of: entry)
    let own = min(
      outcome(of: entry).columns, max(room * 2 / 3, room - DisplayWidth.columns(of: path) - 1))
    let outcomeStart = max(pathStart, end - max(outcomeColumns, own))
    canvas.draw(
      symbols.tail(of: path, columns: outcomeStart - pathStart - 1), isQuiet ? .dim : .text,
      column: pathStart, row: row, limit: outcomeStart - 1)
    canvas.draw(outcome(of: entry, columns: end - outcomeStart), column: outcomeStart, row: row, limit: end)
  }

  private func sign(of entry: FileEntry) -> String {
    if isQuiet(entry) { return symbols.dot }
    switch entry.kind {
    case .created: return "+"
    case .modified: return symbols.changed
    case .removed: return "-"
    }
  }

  private func isQuiet(_ entry: FileEntry) -> Bool {
    switch entry.outcome {
    case .ignored, .unchanged, .coalesced: true
    case .build, .restart, .paused, .rule: false
    }
  }

  /// What came of a change; of a rule that is too long, its end is kept: file and line, or the pattern.
  private func outcome(of entry: FileEntry, columns: Int = .max) -> Line {
    switch entry.outcome {
    case .build(let runs):
      let names = runs.sorted { $0.key < $1.key }.map { "\($0.key.name) #\($0.value)" }
      return Line("\(symbols.arrow) " + names.joined(separator: " "), .title)
    case .restart(let services):
      return Line("\(symbols.arrow) restart " + services.map(\.name).joined(separator: " "), .title)
    case .ignored(let rule):
      let label = "ignored: "
      return Line(label + symbols.tail(of: rule, columns: columns - label.count), .dim)
    case .unchanged: return Line("unchanged", .dim)
    case .coalesced: return Line("coalesced", .dim)
    case .paused: return Line("paused", .servicePaused)
    case .rule(let name, _): return Line("\(symbols.arrow) \(name)", .title)
    }
  }
}
