import DevtopCore

/// How fast bodies are passed on, against nginx, and whether they stay in memory.
struct ProxyBodiesRow: Row {
  let bench: Workbench
  let effort: Effort

  private static let limit = 0.95
  /// What "flat" allows: between the first and the last byte, and at any time between.
  private static let growthInBytes = 8_000_000
  private static let peakInBytes = 50_000_000

  private struct Kind {
    let name: String
    let what: String
    let connections: Int
    let requests: Int
    let traffic: (Endpoint) -> Traffic
  }

  private var kinds: [Kind] {
    let small = max(effort.requests / 10, 1)
    let large = max(effort.requests / 4_000, 1)
    return [
      Kind(
        name: "proxy-answers-100k", what: "answers of 100 KB, 8 connections", connections: 8,
        requests: small, traffic: { .downloads(of: 100_000, from: $0) }),
      Kind(
        name: "proxy-answers-100m", what: "answers of 100 MB, one connection", connections: 1,
        requests: large, traffic: { .downloads(of: 100_000_000, from: $0) }),
      Kind(
        name: "proxy-posts-100k", what: "POST of 100 KB, 8 connections", connections: 8,
        requests: small, traffic: { .uploads(of: 100_000, to: $0) }),
      Kind(
        name: "proxy-posts-100m", what: "POST of 100 MB, one connection", connections: 1,
        requests: large, traffic: { .uploads(of: 100_000_000, to: $0) }),
    ]
  }

  func measure() throws(BenchError) -> [Finding] {
    let scene = try ProxyScene(bench, name: "proxy-bodies")
    defer { scene.end() }
    let nginx = try scene.startNginx()
    defer { nginx.end() }
    var results: [Finding] = []
    for kind in kinds { results.append(try compare(kind, scene, nginx)) }
    return results
  }

  private func compare(_ kind: Kind, _ scene: ProxyScene, _ nginx: Nginx) throws(BenchError) -> Finding {
    let plans = [scene.endpoint, nginx.endpoint].map { endpoint in
      LoadPlan(
        endpoint: endpoint, traffic: kind.traffic(endpoint), pace: .saturating,
        connections: kind.connections, freshEvery: nil, requests: kind.requests, timeout: .seconds(60))
    }
    // Buffers of the first requests are there for good.
    _ = try rate(plans[0])
    let processes = scene.processes
    let before = ProxyScene.residentInBytes(processes)
    let rounds = try InTurn.measure(rounds: effort.pairs, plans) { (plan) throws(BenchError) in
      try rate(plan)
    }
    let growth = ProxyScene.residentInBytes(processes) - before
    let peak = processes.reduce(0) { $0 + ProcessTable.peakInBytes($1) } - before
    let ratio = Interval(rounds.map { $0[0] / $0[1] })
    let rates = [0, 1].map { side in Interval(rounds.map { $0[side] }) }
    let isFlat = growth <= Self.growthInBytes && peak <= Self.peakInBytes
    var result = Finding(
      name: kind.name,
      what:
        "\(kind.what), \(Figure.count(kind.requests)) each, \(effort.pairs) pairs in turn, through devtop; "
        + "floor: through nginx",
      measured: "\(Figure.number(rates[0].median)) MB/s", floor: "\(Figure.number(rates[1].median)) MB/s",
      difference: ratio.asRatio, target: "includes or > \(Figure.number(Self.limit)) ×, memory flat",
      verdict: ratio.upper >= Self.limit && isFlat ? .reached : .missed)
    result.details = [
      "devtop's resident memory \(Figure.megabytes(before)) before, "
        + "\(Figure.megabytes(before + growth)) after, \(Figure.megabytes(before + peak)) at most"
        + (isFlat ? "" : ": not flat")
    ]
    result.noise = Noise.note(ratio)
    result.values = [
      ("devtop_mb_per_s", rates[0].median), ("nginx_mb_per_s", rates[1].median), ("ratio", ratio.median),
      ("ratio_lower", ratio.lower), ("ratio_upper", ratio.upper), ("growth_bytes", Double(growth)),
      ("peak_growth_bytes", Double(peak)),
    ]
    return result
  }

  /// MB a second.
  private func rate(_ plan: LoadPlan) throws(BenchError) -> Double {
    let report = try LoadLoop.run(plan).checked("over \(plan.endpoint)")
    return Double(report.bytes) / 1_000 / report.duration.inMilliseconds
  }
}
