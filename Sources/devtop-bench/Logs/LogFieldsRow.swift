import DevtopCore

/// Filters by level and field over a million JSON lines, and the refinement of one.
struct LogFieldsRow: Row {
  let bench: Workbench
  let effort: Effort

  private static let filter = "level:>=warn svc:api !\"healthz\" .status:>=500"
  private static let refinement = " .took_ms:>800"

  func measure() throws(BenchError) -> [Finding] {
    var first: [Duration] = []
    var refined: [Duration] = []
    var matched = 0
    // Levels are remembered once they are read: each round begins with lines that nobody has asked.
    for _ in 0..<min(effort.pairs, 3) {
      let view = try LogScene(bench, LogLines(kind: .json, count: LogFilterRow.lineCount)).view()
      let times = try view.show(Self.filter)
      first.append(times.complete)
      matched = times.matched
      refined.append(try view.show(Self.filter + Self.refinement).complete)
    }
    let (whole, narrow) = (Samples(first), Samples(refined))
    return [
      Finding(
        name: "logs-fields",
        what:
          "`\(Self.filter)` over \(Figure.count(LogFilterRow.lineCount)) JSON lines of about 170 bytes that nobody asked before, "
          + "\(Figure.count(matched)) match", measured: whole.described, target: "≤ 300 ms",
        verdict: whole.median <= .milliseconds(300) ? .reached : .missed),
      Finding(
        name: "logs-refinement", what: "the same with `\(Self.refinement.dropFirst())` behind",
        measured: narrow.described,
        target: "≤ 20 ms", verdict: narrow.median <= .milliseconds(20) ? .reached : .missed),
    ]
  }
}
