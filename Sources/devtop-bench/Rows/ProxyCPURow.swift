import DevtopCore

/// Time on a CPU for each request that is passed on, against nginx.
struct ProxyCPURow: Row {
  let bench: Workbench
  let effort: Effort

  private struct Half {
    let microseconds: Double
    let rate: Double
  }

  /// What is asked for, and of which app.
  private struct Kind: Sendable {
    let name: String
    let what: String
    var freshEvery: Int?
    var logsAccess = false
    /// Of the ratio; nil: nothing is asked of it.
    var limit: Double?
    let traffic: @Sendable (Endpoint) -> Traffic
  }

  private static let kinds = [
    Kind(name: "proxy-cpu", what: "GET over 32 kept connections", limit: 1.2, traffic: { .gets(to: $0) }),
    Kind(
      name: "proxy-cpu-mixed",
      what: "GET, and POST of 64 bytes to 64 KB, 32 connections, every tenth request on a new one",
      freshEvery: 10, traffic: { .orders(to: $0) }),
    Kind(
      name: "proxy-cpu-logged",
      what: "GET over 32 kept connections to an app that writes an access log, which devtop reads",
      logsAccess: true, traffic: { .gets(to: $0) }),
  ]

  func measure() throws(BenchError) -> [Finding] {
    var results: [Finding] = []
    for kind in Self.kinds { results.append(try compare(kind)) }
    return results
  }

  private func compare(_ kind: Kind) throws(BenchError) -> Finding {
    let scene = try ProxyScene(bench, name: kind.name, logsAccess: kind.logsAccess)
    defer { scene.end() }
    let nginx = try scene.startNginx()
    defer { nginx.end() }
    let sides = [(scene.endpoint, scene.processes), (nginx.endpoint, nginx.processes)].map { side in
      let plan = LoadPlan(
        endpoint: side.0, traffic: kind.traffic(side.0), pace: .saturating, freshEvery: kind.freshEvery,
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
      name: kind.name,
      what: "\(kind.what), a closed loop of \(Figure.count(effort.requests)) requests each, "
        + "\(effort.pairs) pairs in turn: time on a CPU (schedstat) of launcher, devtop (dashboard on a "
        + "pseudo-terminal) and guard for each request; floor: that of nginx's master and worker, in front of "
        + "the same process of the app",
      measured: "\(Figure.number(costs[0].median)) µs a request",
      floor: "\(Figure.number(costs[1].median)) µs a request", difference: ratio.asRatio)
    if let limit = kind.limit {
      result.target = "interval ≤ \(Figure.number(limit)) ×"
      result.verdict = ratio.upper <= limit ? .reached : .missed
    }
    result.details = [
      "devtop \(Figure.number(costs[0].lower))–\(Figure.number(costs[0].upper)) µs, "
        + "nginx \(Figure.number(costs[1].lower))–\(Figure.number(costs[1].upper)) µs; answered "
        + "\(Figure.count(Int(rates[0].median))) and \(Figure.count(Int(rates[1].median))) requests a second"
    ]
    result.noise = Noise.note(ratio)
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
