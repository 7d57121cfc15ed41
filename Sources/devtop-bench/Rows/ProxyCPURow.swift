import DevtopCore

/// Time on a CPU for each request that is passed on, against nginx.
struct ProxyCPURow: Row {
  let bench: Workbench
  let effort: Effort

  private static let limit = 1.2

  private struct Half {
    let microseconds: Double
    let rate: Double
  }

  func measure() throws(BenchError) -> [Finding] {
    let scene = try ProxyScene(bench, name: "proxy-cpu")
    defer { scene.end() }
    let nginx = try scene.startNginx()
    defer { nginx.end() }
    return [
      try compare(
        scene, nginx, name: "proxy-cpu", what: "GET over 32 kept connections", freshEvery: nil,
        Traffic.gets, limit: Self.limit),
      try compare(
        scene, nginx, name: "proxy-cpu-mixed",
        what: "GET, and POST of 64 bytes to 64 KB, 32 connections, every tenth request on a new one",
        freshEvery: 10, Traffic.orders, limit: nil),
    ]
  }

  private func compare(
    _ scene: ProxyScene, _ nginx: Nginx, name: String, what: String, freshEvery: Int?,
    _ traffic: (Endpoint) -> Traffic, limit: Double?
  ) throws(BenchError) -> Finding {
    let sides = [(scene.endpoint, scene.processes), (nginx.endpoint, nginx.processes)].map { side in
      let plan = LoadPlan(
        endpoint: side.0, traffic: traffic(side.0), pace: .saturating, freshEvery: freshEvery,
        requests: effort.requests)
      return (plan: plan, processes: side.1)
    }
    let rounds = try InTurn.measure(rounds: effort.pairs, sides) { (side) throws(BenchError) in
      try half(side.plan, side.processes)
    }
    let ratio = Interval(rounds.map { $0[0].microseconds / $0[1].microseconds })
    let costs = [0, 1].map { side in Interval(rounds.map { $0[side].microseconds }) }
    let rates = [0, 1].map { side in Interval(rounds.map { $0[side].rate }) }
    var result = Finding(
      name: name,
      what: "\(what), a closed loop of \(Figure.count(effort.requests)) requests each, "
        + "\(effort.pairs) pairs in turn: time on a CPU (schedstat) of launcher, devtop (dashboard on a "
        + "pseudo-terminal) and guard for each request; floor: that of nginx's master and worker, in front of "
        + "the same process of the app",
      measured: "\(Figure.number(costs[0].median)) µs a request",
      floor: "\(Figure.number(costs[1].median)) µs a request", difference: ratio.asRatio)
    if let limit {
      result.target = "interval ≤ \(Figure.number(limit)) ×"
      result.verdict = ratio.upper <= limit ? .reached : .missed
    }
    result.details = [
      "devtop \(Figure.number(costs[0].lower))–\(Figure.number(costs[0].upper)) µs, "
        + "nginx \(Figure.number(costs[1].lower))–\(Figure.number(costs[1].upper)) µs; answered "
        + "\(Figure.count(Int(rates[0].median))) and \(Figure.count(Int(rates[1].median))) requests a second"
    ]
    result.values = [
      ("devtop_us", costs[0].median), ("nginx_us", costs[1].median), ("ratio", ratio.median),
      ("ratio_lower", ratio.lower), ("ratio_upper", ratio.upper),
    ]
    return result
  }

  private func half(_ plan: LoadPlan, _ processes: [Int32]) throws(BenchError) -> Half {
    let before = ProxyScene.cpuTime(processes)
    let report = try LoadLoop.run(plan).checked("over \(plan.endpoint)")
    // Bookkeeping that comes after the answers counts, too.
    Clock.sleep(.milliseconds(300))
    let cpu = ProxyScene.cpuTime(processes) - before
    return Half(microseconds: cpu.inMilliseconds * 1_000 / Double(report.answers.count), rate: report.rate)
  }
}
