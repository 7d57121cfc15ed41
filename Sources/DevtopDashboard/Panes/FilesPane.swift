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
        ? "looking for files to watch" : "no change yet; save a file and it shows here"
      canvas.draw(text, .dim, column: frame.column + 1, row: frame.row + 1)
      return
    }
    let cursor = state.screen.files
    let isFocused = state.screen.focus == .files
    let rows = scene.visible(cursor, count: state.files.count, height: height)
    for (offset, index) in rows.enumerated() {
      let row = frame.row + 1 + offset
      draw(state.files[index], row: row, on: &canvas)
      if isFocused, index == min(cursor.selected, state.files.count - 1) {
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
    line.add(sign(of: last) + " " + scene.wording.second(last.time) + " ", .dim)
    line.add(last.path, .text)
    line.add(" ")
    line.add(outcome(of: last))
    return line
  }

  private var titleRight: Line {
    if state.watch.isPaused { return Line("watch paused", .servicePaused) }
    guard let summary = state.watch.summary else { return Line("watch starting", .dim) }
    return Line(summary.backend == "inotify" ? "watch on" : "watch on (\(summary.backend))", .dim)
  }

  private func draw(_ entry: FileEntry, row: Int, on canvas: inout Canvas) {
    let end = frame.column + frame.columns
    let outcome = outcome(of: entry)
    let isQuiet = isQuiet(entry)
    let pathStart = frame.column + 11
    canvas.draw(sign(of: entry), isQuiet ? .dim : .buildWarning, column: frame.column, row: row)
    canvas.draw(scene.wording.second(entry.time), .logTime, column: frame.column + 2, row: row)
    // The outcome has its own column; it gets at most half of the width.
    let outcomeColumns = max(12, min(24, (frame.columns - 11) / 2))
    let outcomeStart = max(pathStart, end - outcomeColumns)
    var path = entry.path
    if entry.count > 1 { path += " (\(entry.count)\(symbols.times))" }
    let room = outcomeStart - pathStart - 1
    canvas.draw(
      scene.symbols.tail(of: path, columns: room), isQuiet ? .dim : .text, column: pathStart, row: row,
      limit: outcomeStart - 1)
    canvas.draw(outcome, column: outcomeStart, row: row, limit: end)
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

  private func outcome(of entry: FileEntry) -> Line {
    switch entry.outcome {
    case .build(let runs):
      let names = runs.sorted { $0.key < $1.key }.map { "\($0.key.name) #\($0.value)" }
      return Line("\(symbols.arrow) " + names.joined(separator: " "), .title)
    case .restart(let services):
      return Line("\(symbols.arrow) restart " + services.map(\.name).joined(separator: " "), .title)
    case .ignored(let rule): return Line("ignored: \(rule)", .dim)
    case .unchanged: return Line("unchanged", .dim)
    case .coalesced: return Line("coalesced", .dim)
    case .paused: return Line("paused", .servicePaused)
    case .rule(let name, _): return Line("\(symbols.arrow) \(name)", .title)
    }
  }
}
