import DevtopCore

/// What the services answered.
struct RequestsPane {
  let scene: Scene
  let frame: Layout.Frame

  private var state: AppState { scene.state }
  private var stats: RequestStats { scene.state.requests }
  private var symbols: Symbols { scene.symbols }

  func draw(on canvas: inout Canvas) {
    scene.drawTitle(of: .requests, in: frame, titleLeft, right: titleRight, on: &canvas)
    let height = scene.layout.contentHeight(of: .requests)
    guard frame.rows > 1 else { return }
    guard !stats.recent.isEmpty else {
      canvas.draw(
        "no requests yet; they are read from the services' access-log lines", .dim, column: frame.column + 1,
        row: frame.row + 1)
      return
    }
    let headings = scene.layout.headingRows(of: .requests)
    let details = scene.layout.detailRows(of: .requests)
    var list = frame
    if headings > 0 {
      let routes = max(46, min(88, frame.columns * 42 / 100))
      list.columns = frame.columns - routes - 1
      let right = Layout.Frame(
        column: frame.column + list.columns + 1, row: frame.row + 1, columns: routes,
        rows: frame.rows - 1 - details)
      canvas.vertical(
        symbols.vertical, column: right.column - 1, rows: right.row..<right.row + right.rows, .border)
      canvas.clipped(to: right) { RoutesTable(scene: scene, frame: right).draw(on: &$0) }
    }
    let columns = RequestColumns(state: state, frame: list)
    if headings > 0 { drawHeading(columns, on: &canvas) }
    let cursor = state.screen.requests
    let isFocused = state.screen.focus == .requests
    let rows = scene.visible(cursor, count: stats.recent.count, height: height)
    for (offset, index) in rows.enumerated() {
      let row = frame.row + 1 + headings + offset
      draw(stats.recent[index], row: row, columns, on: &canvas)
      if isFocused, index == cursor.index(in: stats.recent.count) {
        scene.markSelected(row: row, in: list, isFocused: true, on: &canvas)
      }
    }
    if details > 0 { drawDetail(row: frame.row + frame.rows - details, on: &canvas) }
  }

  // MARK: Title

  private var titleLeft: Line {
    guard stats.total > 0 else { return Line("none yet", .dim) }
    var line = Line(" \(stats.rate.last ?? stats.current)/s ", .text)
    line.add(Wording.sparkline(stats.rate, limit: frame.columns >= 160 ? 30 : 8, symbols.levels), .graphMid)
    for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
      guard let duration = stats.durations.percentile(share), name != "p99" || frame.columns >= 100 else {
        continue
      }
      line.add("  \(name) ", .dim)
      line.add(Wording.duration(duration))
    }
    let roles: [Theme.Token] = [.dim, .http2xx, .http3xx, .http4xx, .http5xx]
    let answers = stats.classes.reduce(0, +)
    for (index, count) in stats.classes.enumerated().prefix(roles.count)
    where count > 0 && (frame.columns >= 100 || index >= 3) {
      line.add("  \(index + 1)xx \(Wording.percent(count, of: answers))%", roles[index])
    }
    return line
  }

  private var titleRight: Line {
    stats.total > 0 && frame.columns >= 100 ? Line(Wording.count(stats.total, "request"), .dim) : Line()
  }

  // MARK: Rows

  private func drawHeading(_ columns: RequestColumns, on canvas: inout Canvas) {
    let row = frame.row + 1
    canvas.draw("time", .dim, column: columns.time, row: row)
    canvas.draw("method", .dim, column: columns.method, row: row)
    canvas.draw("path", .dim, column: columns.path, row: row, limit: columns.pathEnd)
    canvas.draw("st", .dim, column: columns.status, row: row)
    canvas.draw("dur", .dim, endingAt: columns.durationEnd, row: row)
    canvas.draw("size", .dim, endingAt: columns.sizeEnd, row: row)
    canvas.draw("svc", .dim, column: columns.service, row: row, limit: columns.end)
  }

  private func draw(_ request: RequestSample, row: Int, _ columns: RequestColumns, on canvas: inout Canvas) {
    canvas.draw(
      scene.wording.second(request.time), .logTime, column: columns.time, row: row, limit: columns.method - 1)
    canvas.draw(
      request.method, .method(request.method), column: columns.method, row: row, limit: columns.path - 1)
    canvas.draw(request.path, column: columns.path, row: row, limit: columns.pathEnd)
    canvas.draw(
      "\(request.status)", .status(request.status), column: columns.status, row: row,
      limit: columns.status + 3)
    if let duration = request.duration {
      canvas.draw(Wording.duration(duration), .text, endingAt: columns.durationEnd, row: row)
    }
    if let size = request.sizeInBytes, columns.sizeEnd > columns.durationEnd {
      canvas.draw(Wording.bytes(size), .dim, endingAt: columns.sizeEnd, row: row)
    }
    if columns.service < columns.end {
      let index = state.index(of: request.service) ?? 0
      canvas.draw(
        request.service.name, .service(at: index), column: columns.service, row: row, limit: columns.end)
    }
  }

  private func drawDetail(row: Int, on canvas: inout Canvas) {
    canvas.horizontal(
      symbols.horizontal, columns: frame.column..<frame.column + frame.columns, row: row, .border)
    guard let index = state.screen.requests.index(in: stats.recent.count) else { return }
    let request = stats.recent[index]
    var line = Line("\(request.method) ", .method(request.method))
    line.add(request.path)
    line.add(" \(symbols.arrow) \(request.status)", .status(request.status))
    var parts: [String] = []
    if let duration = request.duration { parts.append(Wording.duration(duration)) }
    if let size = request.sizeInBytes { parts.append("\(size) bytes") }
    parts.append("\(request.service.name) #\(request.run)")
    parts.append(scene.wording.millisecond(request.time))
    line.add("  " + parts.joined(separator: " \(symbols.dot) "), .dim)
    canvas.draw(line, column: frame.column + 1, row: row + 1)
  }
}

extension Theme.Token {
  /// The role of a request's method; methods of the same effect share one.
  static func method(_ name: String) -> Theme.Token {
    switch name {
    case "POST": .methodPost
    case "PUT", "PATCH": .methodPut
    case "DELETE": .methodDelete
    default: .methodGet
    }
  }

  /// The role of a status by its class (RFC 9110 §15).
  static func status(_ code: Int) -> Theme.Token {
    switch code {
    case 500...: .http5xx
    case 400...: .http4xx
    case 300...: .http3xx
    case 200...: .http2xx
    default: .dim
    }
  }
}
