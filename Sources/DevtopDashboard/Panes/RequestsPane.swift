import DevtopCore

/// What the services answered.
struct RequestsPane {
  let scene: Scene
  let frame: Layout.Frame

  private var state: AppState { scene.state }
  private var stats: RequestStats { scene.state.requests }
  private var symbols: Symbols { scene.symbols }
  private var pane: RequestPane { scene.state.screen.requests }
  private var isFocused: Bool { scene.state.screen.focus == .requests }

  func draw(on canvas: inout Canvas) {
    RequestsTitle(scene: scene, frame: frame).draw(on: &canvas)
    guard frame.rows > 1 else { return }
    guard state.hasRequests else {
      canvas.draw(
        scene.address.map { "no request yet: open \($0)" }
          ?? "no request yet; without a port that devtop knows they are read from access-log lines", .dim,
        column: frame.column + 1, row: frame.row + 1)
      return
    }
    let halves = scene.layout.requestHalves
    if let latest = halves.latest { canvas.clipped(to: latest) { drawLatest(in: latest, on: &$0) } }
    if let routes = halves.routes {
      if let latest = halves.latest {
        canvas.vertical(
          symbols.vertical, column: routes.column - 1, rows: latest.row..<latest.row + latest.rows, .border)
      }
      canvas.clipped(to: routes) { RoutesTable(scene: scene, frame: routes).draw(on: &$0) }
      if let graphs = halves.graphs {
        canvas.clipped(to: graphs) { RequestGraphs(scene: scene, frame: graphs).draw(on: &$0) }
      }
    }
    let details = scene.layout.detailRows(of: .requests)
    if details > 0 { drawDetail(row: frame.row + frame.rows - details, on: &canvas) }
  }

  // MARK: Rows

  private func drawLatest(in area: Layout.Frame, on canvas: inout Canvas) {
    let columns = RequestColumns(state: state, frame: area)
    let headings = scene.layout.headingRows(of: .requests)
    if headings > 0 { drawHeading(columns, row: area.row, on: &canvas) }
    let shown = state.shownRequests
    if shown.isEmpty {
      canvas.draw(nothingShown, .dim, column: area.column + 1, row: area.row + headings)
    }
    let rows = scene.visible(
      pane.cursor, count: shown.count, height: scene.layout.contentHeight(of: .requests))
    for (offset, index) in rows.enumerated() {
      let row = area.row + headings + offset
      draw(stats.recent[shown[index]], row: row, columns, on: &canvas)
      if isFocused, pane.half == .latest, index == pane.cursor.index(in: shown.count) {
        scene.markSelected(row: row, in: area, isFocused: true, on: &canvas)
      }
    }
  }

  private var nothingShown: String {
    if state.screen.logs.filtersEnabled, let filter = pane.filter {
      return "none of the latest \(stats.recent.count) matches \(filter.text)"
    }
    return state.screen.service.map { "no request of \($0)" } ?? "only health checks"
  }

  private func drawHeading(_ columns: RequestColumns, row: Int, on canvas: inout Canvas) {
    canvas.draw("time", .dim, column: columns.time, row: row)
    canvas.draw("method", .dim, column: columns.method, row: row)
    canvas.draw("path", .dim, column: columns.path, row: row, limit: columns.pathEnd)
    canvas.draw("st", .dim, column: columns.status, row: row)
    canvas.draw("dur", .dim, endingAt: columns.durationEnd, row: row)
    canvas.draw("size", .dim, endingAt: columns.sizeEnd, row: row)
    canvas.draw("svc", .dim, column: columns.service, row: row, limit: columns.end)
    canvas.draw("req", .dim, column: columns.requestID, row: row, limit: columns.end)
  }

  private func draw(_ request: RequestSample, row: Int, _ columns: RequestColumns, on canvas: inout Canvas) {
    canvas.draw(
      scene.wording.second(request.time), .logTime, column: columns.time, row: row, limit: columns.method - 1)
    canvas.draw(
      request.verb, .method(request.method), column: columns.method, row: row, limit: columns.path - 1)
    let path = request.kind == .tunnel ? "not HTTP/1" : SecretFields.masked(path: request.path)
    canvas.draw(path, column: columns.path, row: row, limit: columns.pathEnd)
    canvas.draw(
      status(of: request), .status(of: request), column: columns.status, row: row, limit: columns.status + 3)
    if request.isOpen {
      canvas.draw("open", .serviceReady, endingAt: columns.durationEnd, row: row)
    } else if let duration = request.duration {
      canvas.draw(Wording.duration(duration), .text, endingAt: columns.durationEnd, row: row)
    }
    if let size = request.sizeInBytes, columns.sizeEnd > columns.durationEnd {
      canvas.draw(Wording.bytes(size), .dim, endingAt: columns.sizeEnd, row: row)
    }
    if columns.service < columns.end {
      let index = state.index(of: request.service) ?? 0
      canvas.draw(
        request.service.name, .service(at: index), column: columns.service, row: row,
        limit: columns.requestID < columns.end ? columns.requestID - 1 : columns.end)
    }
    if let id = request.exchange?.requestID, columns.requestID < columns.end {
      canvas.draw(id, .dim, column: columns.requestID, row: row, limit: columns.end)
    }
  }

  private func status(of request: RequestSample) -> String {
    request.kind == .tunnel || request.status == 0 ? symbols.none : "\(request.status)"
  }

  // MARK: Detail

  private func drawDetail(row: Int, on canvas: inout Canvas) {
    canvas.horizontal(
      symbols.horizontal, columns: frame.column..<frame.column + frame.columns, row: row, .border)
    canvas.draw(pane.half == .latest ? requestLine : routeLine, column: frame.column + 1, row: row + 1)
  }

  private var requestLine: Line {
    guard let request = state.selectedRequest else { return Line() }
    var line = Line()
    if let id = request.exchange?.requestID { line.add(String(id.prefix(16)) + " ", .dim) }
    line.add("\(request.verb) ", .method(request.method))
    if request.kind != .tunnel {
      line.add(SecretFields.masked(path: request.path))
      line.add(" \(symbols.arrow) \(status(of: request))", .status(of: request))
    }
    var parts: [String] = []
    if request.isOpen { parts.append("open") }
    if let duration = request.duration { parts.append(Wording.duration(duration)) }
    if let exchange = request.exchange {
      parts += exchange.timing.map { "\($0.name) \(Wording.duration($0.duration))" }
      if exchange.retries > 0 { parts.append(Wording.count(exchange.retries, "retry", "retries")) }
    }
    if let size = request.sizeInBytes { parts.append("\(size) bytes") }
    parts.append("\(request.service.name) #\(request.run)")
    parts.append(scene.wording.millisecond(request.time))
    line.add("  " + parts.joined(separator: " \(symbols.dot) "), .dim)
    return line
  }

  private var routeLine: Line {
    guard let route = state.selectedRoute else { return Line() }
    var line = Line("\(route.key.method) ", .method(route.key.method))
    line.add(route.key.route)
    let runs = [route.current, route.previous].compactMap { $0 }.map { run in
      var parts = ["#\(run.run)", Wording.count(run.count, "request")]
      for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        if let duration = run.durations.percentile(share) {
          parts.append("\(name) \(Wording.duration(duration))")
        }
      }
      if run.durations.count > 0 { parts.append("max \(Wording.duration(run.durations.largest))") }
      return parts.joined(separator: " ")
    }
    line.add("  \(route.key.service) " + runs.joined(separator: " \(symbols.dot) before: "), .dim)
    return line
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

  /// The role of a status by its class (RFC 9110 §15); a connection that broke counts as a failure of the service.
  static func status(of request: RequestSample) -> Theme.Token {
    switch request.status {
    case 500...: .http5xx
    case 400...: .http4xx
    case 300...: .http3xx
    case 200...: .http2xx
    default: request.isFailure ? .http5xx : .dim
    }
  }
}
