import DevtopCore

/// Routes with their counts and percentiles of their newest run, sorted by one of the columns.
struct RoutesTable {
  let scene: Scene
  let frame: Layout.Frame

  private var symbols: Symbols { scene.symbols }

  /// The columns with where they end.
  private var ends: [(column: RouteColumn, end: Int)] {
    let end = frame.column + frame.columns - 1
    let widths: [(RouteColumn, Int)] =
      frame.columns < 70
      ? [(.count, 6), (.p50, 7), (.p95, 7), (.failures, 6), (.change, 8)]
      : [(.count, 7), (.p50, 8), (.p95, 8), (.failures, 7), (.change, 9)]
    let total = widths.reduce(0) { $0 + $1.1 }
    var position = end - total
    return widths.map { column, width in
      position += width
      return (column, position)
    }
  }

  func draw(on canvas: inout Canvas) {
    let state = scene.state
    let ends = ends
    let routeEnd = (ends.first?.end ?? frame.column) - 6
    let sort = state.screen.requests.sort
    drawHeading(.route, isSorted: sort == .route, on: &canvas, column: frame.column + 1)
    for (column, end) in ends {
      drawHeading(column, isSorted: sort == column, on: &canvas, endingAt: end)
    }
    let shown = state.shownRoutes
    let cursor = state.screen.requests.routes
    let isFocused = state.screen.focus == .requests && state.screen.requests.half == .routes
    let rows = scene.visible(cursor, count: shown.count, height: max(0, frame.rows - 1))
    for (offset, index) in rows.enumerated() {
      let row = frame.row + 1 + offset
      draw(state.requests.routes[shown[index]], ends, routeEnd: routeEnd, row: row, on: &canvas)
      if isFocused, index == cursor.index(in: shown.count) {
        scene.markSelected(row: row, in: frame, isFocused: true, on: &canvas)
      }
    }
  }

  private func drawHeading(
    _ column: RouteColumn, isSorted: Bool, on canvas: inout Canvas, column start: Int? = nil,
    endingAt end: Int = 0
  ) {
    let mark = isSorted ? (column == .route ? symbols.ascending : symbols.descending) : ""
    let name = column == .change ? "\(symbols.difference)p95" : column.heading
    let role: Theme.Token = isSorted ? .key : .dim
    if let start {
      canvas.draw(name + mark, role, column: start, row: frame.row)
    } else {
      canvas.draw(name + mark, role, endingAt: end, row: frame.row)
    }
  }

  private func draw(
    _ route: RouteStats, _ ends: [(column: RouteColumn, end: Int)], routeEnd: Int, row: Int,
    on canvas: inout Canvas
  ) {
    // What the newest run has not been asked for yet is as it was before.
    let newest = scene.state.requests.services[route.key.service]?.totals.run ?? 0
    let isOld = route.current.run < newest
    let method = route.key.method.isEmpty ? "" : route.key.method + " "
    let after = canvas.draw(
      method, isOld ? .dim : .method(route.key.method), column: frame.column + 1, row: row, limit: routeEnd)
    let name = route.key.route + (route.isHealthCheck ? " (hidden)" : "")
    canvas.draw(name, isOld || route.isHealthCheck ? .dim : .text, column: after, row: row, limit: routeEnd)
    for (column, end) in ends {
      let (text, role) = value(of: column, route)
      canvas.draw(text, isOld ? .dim : role, endingAt: end, row: row)
    }
  }

  private func value(of column: RouteColumn, _ route: RouteStats) -> (text: String, role: Theme.Token) {
    let run = route.current
    switch column {
    case .route: return (route.key.route, .text)
    case .count: return ("\(run.count)", .text)
    case .p50: return (run.durations.percentile(0.5).map(Wording.duration) ?? symbols.none, .text)
    case .p95: return (run.durations.percentile(0.95).map(Wording.duration) ?? symbols.none, .text)
    case .failures:
      return (Wording.percent(run.failures, of: run.count), run.failures > 0 ? .http5xx : .dim)
    case .change:
      guard let change = route.p95Change else { return (symbols.none, .dim) }
      if change == .zero { return ("0", .dim) }
      let isSlower = change > .zero
      return (
        (isSlower ? "+" : "-") + Wording.duration(isSlower ? change : .zero - change),
        isSlower ? .buildWarning : .buildOK
      )
    }
  }
}
