import DevtopCore

/// Routes with their counts and percentiles, busiest first.
struct RoutesTable {
  let scene: Scene
  let frame: Layout.Frame

  func draw(on canvas: inout Canvas) {
    let end = frame.column + frame.columns - 1
    let errors = end
    let p95 = errors - 6
    let p50 = p95 - 7
    let count = p50 - 7
    let routeEnd = count - 7
    let row = frame.row
    canvas.draw("route", .dim, column: frame.column + 1, row: row)
    canvas.draw("n", .dim, endingAt: count, row: row)
    canvas.draw("p50", .dim, endingAt: p50, row: row)
    canvas.draw("p95", .dim, endingAt: p95, row: row)
    canvas.draw("err%", .dim, endingAt: errors, row: row)
    let sorted = scene.state.requests.routes.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    for (offset, entry) in sorted.prefix(max(0, frame.rows - 1)).enumerated() {
      let row = frame.row + 1 + offset
      let stats = entry.value
      let after = canvas.draw(
        entry.key.method + " ", .method(entry.key.method), column: frame.column + 1, row: row, limit: routeEnd
      )
      canvas.draw(entry.key.route, column: after, row: row, limit: routeEnd)
      canvas.draw("\(stats.count)", .text, endingAt: count, row: row)
      canvas.draw(percentile(0.5, of: stats), .text, endingAt: p50, row: row)
      canvas.draw(percentile(0.95, of: stats), .text, endingAt: p95, row: row)
      canvas.draw(
        Wording.percent(stats.failures, of: stats.count), stats.failures > 0 ? .http5xx : .dim,
        endingAt: errors,
        row: row)
    }
  }

  private func percentile(_ share: Double, of stats: RouteStats) -> String {
    stats.durations.percentile(share).map(Wording.duration) ?? scene.symbols.none
  }
}
