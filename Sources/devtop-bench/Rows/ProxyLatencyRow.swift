import DevtopCore

/// What a proxy adds to a request's time when nothing else is under way, against nginx.
struct ProxyLatencyRow: Row {
  let bench: Workbench
  let effort: Effort

  private static let limit = 1.05

  func measure() throws(BenchError) -> [Finding] {
    let scene = try ProxyScene(bench, name: "proxy-latency")
    defer { scene.end() }
    let nginx = try scene.startNginx()
    defer { nginx.end() }
    let count = max(effort.requests / 50, 1)
    let plans = [scene.upstream, scene.endpoint, nginx.endpoint].map { endpoint in
      LoadPlan(
        endpoint: endpoint, traffic: .gets(to: endpoint), pace: .saturating, connections: 1,
        freshEvery: nil, requests: count)
    }
    let proxies = scene.processes + nginx.processes
    // Many short rounds, so that what a shared machine does for a second falls on all sides.
    let rounds = try Affinity.apart(proxies, from: [scene.app]) { () throws(BenchError) in
      try InTurn.measure(rounds: effort.pairs * 10, plans) { (plan) throws(BenchError) in
        try LoadLoop.run(plan).checked("over \(plan.endpoint)").latencies()
      }
    }
    let medians = rounds.map { $0.map { $0.median.inMilliseconds * 1_000 } }
    let added = medians.map { (devtop: $0[1] - $0[0], nginx: $0[2] - $0[0]) }
    guard added.allSatisfy({ $0.nginx > 0 }) else {
      throw .unexpected("nginx added nothing to a request: the machine is too busy to measure")
    }
    let ratio = Interval(added.map { $0.devtop / $0.nginx })
    let devtop = Interval(added.map(\.devtop))
    let floor = Interval(added.map(\.nginx))
    var result = Finding(
      name: "proxy-latency",
      what: "GET over one kept connection, \(Figure.count(count)) requests one after another: median through "
        + "devtop less the median straight to the app, \(rounds.count) rounds in turn; floor: the same through nginx. "
        + "The proxies share one CPU, app and generator another",
      measured: "+\(Figure.number(devtop.median)) µs", floor: "+\(Figure.number(floor.median)) µs",
      difference: ratio.asRatio, target: "includes or < \(Figure.number(Self.limit)) ×",
      verdict: ratio.lower <= Self.limit ? .reached : .missed)
    let names = ["straight", "devtop", "nginx"]
    result.details = names.indices.map { side in
      let p50 = Interval(medians.map { $0[side] })
      let p99 = Interval(rounds.map { $0[side].percentile(0.99).inMilliseconds * 1_000 })
      return "\(names[side]): p50 \(Figure.number(p50.median)) µs "
        + "(\(Figure.number(p50.lower))–\(Figure.number(p50.upper))), p99 \(Figure.number(p99.median)) µs"
    }
    result.noise = Noise.note(ratio)
    result.values = [
      ("devtop_added_us", devtop.median), ("nginx_added_us", floor.median), ("ratio", ratio.median),
      ("ratio_lower", ratio.lower), ("ratio_upper", ratio.upper),
    ]
    return [result]
  }
}
