import DevtopCore

/// How the answers were in the last seconds, the newest at the right, and how long the newest run's answers take.
struct RequestGraphs {
  let scene: Scene
  let frame: Layout.Frame

  private static let labelColumns = 7
  private static let valueColumns = 8
  /// Bars up to these durations, and one for what takes longer.
  private static let limits: [Duration] = [.milliseconds(5), .milliseconds(20), .milliseconds(100)]

  private var graphStart: Int { frame.column + 1 + Self.labelColumns }
  private var graphEnd: Int { frame.column + frame.columns - 1 - Self.valueColumns }

  func draw(on canvas: inout Canvas) {
    let seconds = scene.state.requests.seconds(of: scene.state.requestServices).suffix(graphEnd - graphStart)
    let slowest = seconds.map { $0.durations.percentile(0.95) }
    let microseconds = slowest.map { $0.map { Int($0.inNanoseconds / 1_000) } }
    drawCurve("p95", microseconds, slowest.compactMap { $0 }.max().map(Wording.duration), row: 0, on: &canvas)
    let counts = seconds.map(\.count)
    drawCurve("req/s", counts, counts.max().map { "\($0)" }, row: 1, on: &canvas)
    drawRuns(Array(seconds), on: &canvas)
    drawBars(on: &canvas)
  }

  /// `largest` is what the highest bar stands for.
  private func drawCurve(
    _ label: String, _ values: [Int?], _ largest: String?, row: Int, on canvas: inout Canvas
  ) {
    let row = frame.row + row
    canvas.draw(label, .dim, column: frame.column + 1, row: row)
    canvas.draw(
      Wording.sparkline(values, scene.symbols.levels), .graphMid, column: graphEnd - values.count, row: row)
    if let largest { canvas.draw(largest, .dim, endingAt: frame.column + frame.columns - 1, row: row) }
  }

  /// Where runs had their first requests.
  private func drawRuns(_ seconds: [RequestSecond], on canvas: inout Canvas) {
    var free = graphStart
    for (index, second) in seconds.enumerated() {
      let column = graphEnd - seconds.count + index
      guard let run = second.newRun, column >= free else { continue }
      canvas.symbol(scene.symbols.vertical, column: column, row: frame.row + 2, .border)
      free = canvas.draw("#\(run) ", .dim, column: column + 1, row: frame.row + 2)
    }
  }

  private func drawBars(on canvas: inout Canvas) {
    let durations = scene.state.requests.totals(of: scene.state.requestServices).durations
    let roles: [Theme.Token] = [.graphStart, .graphStart, .graphMid, .graphEnd]
    var below = 0
    for (index, role) in roles.enumerated() {
      let row = frame.row + 3 + index
      let limit = index < Self.limits.count ? Self.limits[index] : nil
      let upTo = limit.map { durations.count(below: $0) } ?? durations.count
      let count = max(0, upTo - below)
      below = upTo
      canvas.draw(
        limit.map { "<" + Wording.duration($0) } ?? "longer", .dim, column: frame.column + 1, row: row)
      guard count > 0 else { continue }
      // One that is there is seen, however small its share.
      let columns = max(1, (graphEnd - graphStart) * count / max(1, durations.count))
      let bar = String(repeating: String(scene.symbols.levels.last ?? "#"), count: columns)
      canvas.draw(bar, role, column: graphStart, row: row, limit: graphEnd)
      canvas.draw(
        Wording.percent(count, of: durations.count) + "%", .dim, endingAt: frame.column + frame.columns - 1,
        row: row)
    }
  }
}
