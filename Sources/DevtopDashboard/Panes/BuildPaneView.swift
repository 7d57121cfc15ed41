import DevtopCore
import DevtopLogs

/// What the compilers said; one line while green.
struct BuildPaneView {
  let scene: Scene
  let frame: Layout.Frame

  private var state: AppState { scene.state }
  private var symbols: Symbols { scene.symbols }

  func draw(on canvas: inout Canvas) {
    let list = state.buildRows
    scene.drawTitle(of: .build, in: frame, titleLeft, right: titleRight(list), on: &canvas)
    let service = state.buildService
    if frame.rows > 1, list.isEmpty, service?.lastBuild == nil, !state.screen.build.showsRawOutput {
      canvas.draw(emptyText(service), .dim, column: left, row: frame.row + 1, limit: limit)
    }
    // Its columns take a look at every row.
    let format = format(list)
    for (offset, line) in scene.layout.buildLines.enumerated() {
      let row = frame.row + 1 + offset
      switch line {
      case .row(let index): drawRow(index, of: list, format, row: row, on: &canvas)
      case .rest(let index, let line): drawRest(index, line: line, of: list, format, row: row, on: &canvas)
      case .detail(let index, let line): drawDetail(index, line: line, of: list, row: row, on: &canvas)
      case .service(let id): drawService(id, row: row, on: &canvas)
      case .summary: drawSummary(of: service, row: row, on: &canvas)
      case .history: drawHistory(of: service, row: row, on: &canvas)
      case .waterfall: drawWaterfall(of: service, row: row, on: &canvas)
      case .raw(let index): drawRaw(index, row: row, on: &canvas)
      }
    }
  }

  /// Why there is nothing to see.
  private func emptyText(_ service: ServiceState?) -> String {
    guard let service, !service.spec.build.isEmpty else {
      return "no diagnostics; what is only run has no build"
    }
    return service.build == .idle ? "not built yet" : "no diagnostics so far"
  }

  private var left: Int { frame.column + 1 }
  private var limit: Int { frame.column + frame.columns }

  // MARK: Title

  private var titleLeft: Line {
    guard let service = state.buildService else { return noticeCount ?? Line() }
    var line = Line()
    switch service.build {
    case .idle: line.add(finished(service))
    case .settling: line.add("\(service.id.name) waits for the end of a burst of changes", .buildRunning)
    case .running(let run, let since):
      line.add("building \(service.id.name) #\(run)", .buildRunning)
      line.add(" since \(scene.wording.second(since.wall))", .dim)
    case .cancelling(let run, _, _): line.add("cancelling \(service.id.name) #\(run)", .buildRunning)
    }
    let command = service.spec.build.map(\.command.description).joined(separator: " && ")
    if service.isRed { line.add(serving(service)) }
    if !command.isEmpty, frame.columns >= 70 { line.add(" \(symbols.dot) \(command)", .dim) }
    return line
  }

  private func finished(_ service: ServiceState) -> Line {
    guard let last = service.lastBuild else {
      if let noticeCount { return noticeCount }
      if state.services.allSatisfy(\.spec.build.isEmpty) { return Line("nothing to build", .dim) }
      return Line(
        service.spec.build.isEmpty ? "\(service.id.name) has no build" : "\(service.id.name) not yet", .dim)
    }
    var line = Line()
    let name = "\(service.id.name) #\(last.run)"
    switch last.result {
    case .succeeded: line.add("\(symbols.ok) \(name)", .buildOK)
    case .failed(let status, let reason):
      line.add("\(symbols.failed) \(name)", .buildError)
      if last.errors == 0 { line.add(" \(reason ?? status?.description ?? "failed")", .buildError) }
    case .cancelled: line.add("\(name) cancelled", .buildWarning)
    }
    if last.errors > 0 { line.add(" \(last.errors)E", .buildError) }
    if last.warnings > 0 { line.add(" \(last.warnings)W", .buildWarning) }
    line.add(" \(symbols.dot) \(Wording.duration(last.duration))", .dim)
    if let kept = last.keptProcess { line.add(" \(symbols.dot) \(text(of: kept))", .dim) }
    guard frame.rows == 1, last.result == .succeeded else { return line }
    for other in state.services where other.id != service.id {
      guard let record = other.lastBuild, record.result == .succeeded else { continue }
      line.add("  \(symbols.ok) \(other.id.name) #\(record.run)", .buildOK)
    }
    return line
  }

  /// `1 error, 2 warnings` of devtop itself; nil where there are none.
  private var noticeCount: Line? {
    let errors = state.notices.count(where: \.isError)
    let warnings = state.notices.count - errors
    var line = Line()
    if errors > 0 { line.add(Wording.count(errors, "error"), .buildError) }
    if errors > 0, warnings > 0 { line.add(", ", .dim) }
    if warnings > 0 { line.add(Wording.count(warnings, "warning"), .buildWarning) }
    return line.isEmpty ? nil : line
  }

  private func text(of kept: BuildRecord.KeptProcess) -> String {
    switch kept {
    case .unchangedBinary: "unchanged binary, not restarted"
    case .signalled: "told by a signal to reload"
    case .leftAlone: "the process goes on"
    }
  }

  private func serving(_ service: ServiceState) -> Line {
    guard let run = service.servingRun else { return Line() }
    let port = service.servingPort.map { " :\($0)" } ?? ""
    return Line(" \(symbols.dot) #\(run) still serving\(port)", .serviceReady)
  }

  private func titleRight(_ list: [BuildRow]) -> Line {
    if state.screen.build.showsRawOutput { return Line("raw output \(symbols.dot) O closes", .dim) }
    guard !list.isEmpty else { return Line() }
    return Line("\(min(list.count, state.screen.build.cursor.selected + 1))/\(list.count)", .dim)
  }

  // MARK: Rows

  private func drawRow(
    _ index: Int, of list: [BuildRow], _ format: BuildRowFormat, row: Int, on canvas: inout Canvas
  ) {
    guard list.indices.contains(index) else { return }
    let isWhole = scene.layout.buildLines.contains(.rest(index, line: 0))
    let pieces = isWhole ? lines(of: list[index], format).first ?? [] : format.line(of: list[index])
    canvas.draw(Line(pieces), column: left, row: row, limit: limit)
    guard index == state.screen.build.cursor.index(in: list.count) else { return }
    canvas.symbol(symbols.bar, column: frame.column, row: row, .borderFocus)
    if state.screen.focus == .build { canvas.overlay(.selection, columns: frame.column..<limit, row: row) }
  }

  private func format(_ list: [BuildRow]) -> BuildRowFormat {
    var signs = BuildRowFormat.Signs()
    signs.failed = symbols.failed
    signs.dot = symbols.dot
    signs.ellipsis = String(symbols.ellipsis)
    signs.minute = scene.wording.minute
    return BuildRowFormat(state, list, columns: frame.columns - 1, signs: signs)
  }

  private func lines(of row: BuildRow, _ format: BuildRowFormat) -> [[BuildRowText.Piece]] {
    format.lines(of: row, atMost: max(1, scene.size.rows))
  }

  /// The message of the selected row goes on; where there is too little room, its last line ends in an ellipsis.
  private func drawRest(
    _ index: Int, line: Int, of list: [BuildRow], _ format: BuildRowFormat, row: Int,
    on canvas: inout Canvas
  ) {
    guard list.indices.contains(index) else { return }
    let lines = lines(of: list[index], format)
    guard lines.indices.contains(line + 1) else { return }
    var text = Line(lines[line + 1])
    let isLast = !scene.layout.buildLines.contains(.rest(index, line: line + 1))
    if isLast, line + 2 < lines.count { text.add(String(symbols.ellipsis), .dim) }
    canvas.draw(text, column: left + BuildRowText.indent, row: row, limit: limit)
  }

  private func drawDetail(_ index: Int, line: Int, of list: [BuildRow], row: Int, on canvas: inout Canvas) {
    guard list.indices.contains(index), let detail = list[index].diagnostic?.detail,
      detail.indices.contains(line)
    else { return }
    // A code frame lines up by its tabs.
    let text = detail[line].map { $0 == "\t" ? "    " : String($0) }.joined()
    canvas.draw(text, .dim, column: left + 4, row: row, limit: limit)
  }

  private func drawService(_ id: ServiceID, row: Int, on canvas: inout Canvas) {
    guard let service = state[id], let last = service.lastBuild else { return }
    var line = finished(service)
    line.add(" \(symbols.dot) \(scene.wording.second(last.started))", .dim)
    if !last.causes.isEmpty { line.add(" \(symbols.dot) \(last.causes.joined(separator: ", "))", .dim) }
    canvas.draw(line, column: left, row: row, limit: limit)
  }

  private func drawSummary(of service: ServiceState?, row: Int, on canvas: inout Canvas) {
    var parts: [String] = []
    if let last = service?.lastBuild, let service {
      let before = service.history.dropFirst().first.map { " since #\($0.run)" } ?? ""
      parts.append("\(last.newDiagnostics) new \(symbols.dot) \(last.fixedDiagnostics) fixed\(before)")
    }
    for (action, text) in [(Action.rawOutput, "raw output"), (.edit, "edit"), (.dismiss, "dismiss")] {
      if let key = scene.keys.keyName(for: action) { parts.append("\(key) \(text)") }
    }
    let text = parts.joined(separator: " \(symbols.dot) ")
    canvas.draw("\(symbols.rule) \(text) \(symbols.rule)", .dim, column: left, row: row, limit: limit)
  }

  private func drawHistory(of service: ServiceState?, row: Int, on canvas: inout Canvas) {
    guard let service, !service.history.isEmpty else { return }
    let room = limit - left - 12
    var line = Line()
    var shown = 0
    for record in service.history {
      let entry = Self.entry(record, symbols)
      guard line.columns + entry.columns + 2 <= room else { break }
      line.add(entry)
      line.add("  ")
      shown += 1
    }
    let durations = service.history.prefix(max(shown, 8)).reversed().map { Int($0.duration.inMilliseconds) }
    line.add(" " + Wording.sparkline(durations, limit: 8, symbols.levels), .graphMid)
    canvas.draw(line, column: left, row: row, limit: limit)
  }

  private static func entry(_ record: BuildRecord, _ symbols: Symbols) -> Line {
    var line = Line("#\(record.run) ", .dim)
    let time = Wording.duration(record.duration)
    switch record.result {
    case .succeeded: line.add("\(symbols.ok)\(time)", .buildOK)
    case .failed: line.add("\(symbols.failed)\(time)", .buildError)
    case .cancelled: line.add("cancelled", .dim)
    }
    return line
  }

  private func drawWaterfall(of service: ServiceState?, row: Int, on canvas: inout Canvas) {
    guard let last = service?.lastBuild else { return }
    var line = Line("#\(last.run) ", .dim)
    let steps: [(name: String, duration: Duration?)] = [
      ("save\(symbols.arrow)detect", last.detection), ("build", last.duration), ("start", last.start),
      ("ready", last.readiness),
    ]
    for step in steps {
      line.add("\(step.name) ", .dim)
      line.add(step.duration.map(Wording.duration) ?? symbols.none)
      line.add("  ")
    }
    if let start = last.start, let readiness = last.readiness {
      let sum = (last.detection ?? .zero) + last.duration + start + readiness
      line.add("= \(Wording.duration(sum))", .buildOK)
    }
    canvas.draw(line, column: left, row: row, limit: limit)
  }

  private func drawRaw(_ index: Int, row: Int, on canvas: inout Canvas) {
    let lines = scene.logs.buildOutput.suffix(scene.layout.buildLines.count)
    guard index < lines.count else {
      if index == 0 { canvas.draw("the build printed nothing", .dim, column: left, row: row) }
      return
    }
    var line = Line()
    let text = lines[lines.startIndex + index].text(columns: frame.columns)
    for span in text.spans { line.add(span.text, style: .own(span.style)) }
    canvas.draw(line, column: left, row: row, limit: limit)
  }
}
