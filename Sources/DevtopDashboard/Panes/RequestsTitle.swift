import DevtopCore

/// The title row of Requests: how many, how fast, how well, and what is under way.
struct RequestsTitle {
  let scene: Scene
  let frame: Layout.Frame

  private var state: AppState { scene.state }
  private var stats: RequestStats { scene.state.requests }

  func draw(on canvas: inout Canvas) {
    scene.drawTitle(of: .requests, in: frame, left, right: right, on: &canvas)
  }

  private var left: Line {
    var line = Line()
    if state.screen.logs.filtersEnabled, let filter = state.screen.requests.filter {
      line.add(" \(filter.text) ", .prompt)
      line.add("  \(state.shownRequests.count) of \(stats.recent.count) ", .dim)
    }
    let load = state.proxyLoad
    guard stats.total > 0 else {
      line.add("none yet", .dim)
      line.add(underWay(load))
      return line
    }
    let rate = stats.seconds(of: state.requestServices).map(\.count)
    line.add(" \(rate.last ?? stats.current(of: state.requestServices))/s ", .text)
    line.add(Wording.sparkline(rate, limit: frame.columns >= 160 ? 30 : 8, scene.symbols.levels), .graphMid)
    let totals = stats.totals(of: state.requestServices)
    // What waits is what a person waits for.
    if frame.columns < 140 { line.add(underWay(load)) }
    for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
      guard let duration = totals.durations.percentile(share), name != "p99" || frame.columns >= 100 else {
        continue
      }
      line.add("  \(name) ", .dim)
      line.add(Wording.duration(duration))
    }
    let roles: [Theme.Token] = [.dim, .http2xx, .http3xx, .http4xx, .http5xx]
    let answers = totals.classes.reduce(0, +)
    for (index, count) in totals.classes.enumerated().prefix(roles.count)
    where count > 0 && (frame.columns >= 100 || index >= 3) {
      line.add("  \(index + 1)xx \(Wording.percent(count, of: answers))%", roles[index])
    }
    if frame.columns >= 140 { line.add(underWay(load)) }
    return line
  }

  /// What the proxy has not answered yet, and what it refused.
  private func underWay(_ load: ProxyLoad) -> Line {
    var line = Line()
    if load.held > 0 { line.add("  \(load.held) held", .serviceStarting) }
    if load.inFlight > 0 { line.add("  in-flight \(load.inFlight)") }
    guard frame.columns >= 100 else { return line }
    if load.tunnels > 0 { line.add("  \(Wording.count(load.tunnels, "tunnel"))", .dim) }
    if load.limited > 0 { line.add("  \(load.limited) limited", .http4xx) }
    if load.rejected > 0 { line.add("  \(load.rejected) rejected", .http5xx) }
    if load.breaker != .closed { line.add("  breaker \(load.breaker.rawValue)", .http5xx) }
    return line
  }

  private var right: Line {
    guard stats.total > 0 else { return Line() }
    var line = Line()
    if frame.columns >= 140 { line.add(Wording.count(stats.total, "request") + " ", .dim) }
    // With several services each has a run of its own.
    let runs = state.requestServices.compactMap { stats.services[$0]?.totals }.filter { $0.count > 0 }
    if let run = runs.first?.run, runs.count == 1 {
      line.add(
        (frame.columns >= 140 ? "\(scene.symbols.dot) " : "")
          + (frame.columns >= 100 ? "since #\(run)" : "#\(run)"), .dim)
    }
    return line
  }
}
