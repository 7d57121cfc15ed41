import DevtopCore

/// Time on a CPU for each request that is passed on, against nginx.
struct ProxyCPURow: Row {
  let bench: Workbench
  let effort: Effort

  /// One of the two proxies.
  private struct Side {
    let plan: LoadPlan
    let processes: [Int32]
  }

  /// What one side took in a pair.
  private struct Half {
    let microseconds: Double
    let rate: Double
  }

  /// The halves are cut into so many, so that what a shared machine does for a second falls on both sides.
  private static let parts = 5

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
    // devtop reads what its own app logs, and nginx's requests are none of its business.
    let ownApp = kind.logsAccess ? try scene.startAppByHand() : nil
    defer { if let ownApp { bench.end(ownApp.child) } }
    let nginx = try scene.startNginx(before: ownApp?.endpoint)
    defer { nginx.end() }
    let requests = effort.requests / Self.parts
    let sides = [(scene.endpoint, scene.processes), (nginx.endpoint, nginx.processes)].map { side in
      let plan = LoadPlan(
        endpoint: side.0, traffic: kind.traffic(side.0), pace: .saturating, freshEvery: kind.freshEvery,
        requests: requests)
      return Side(plan: plan, processes: side.1)
    }
    let pairs = try Affinity.apart(
      sides.flatMap(\.processes), from: [scene.app, ownApp?.child.pid].compactMap(\.self)
    ) { () throws(BenchError) in
      try (0...effort.pairs * Self.parts).map { (index) throws(BenchError) in
        try pair(sides, first: index % sides.count)
      }
    }
    // The first one warms up.
    let rounds = pairs.dropFirst()
    let ratio = Interval(rounds.map { $0[0].microseconds / $0[1].microseconds })
    let costs = [0, 1].map { side in Interval(rounds.map { $0[side].microseconds }) }
    let rates = [0, 1].map { side in Interval(rounds.map { $0[side].rate }) }
    var result = Finding(
      name: kind.name,
      what: "\(kind.what), a closed loop of \(Figure.count(requests)) requests each, "
        + "\(rounds.count) pairs in turn: time on a CPU (schedstat) of launcher, devtop (dashboard on a "
        + "pseudo-terminal) and guard for each request; floor: that of nginx's master and worker, in front of "
        + (kind.logsAccess
          ? "a process of the app that devtop does not read" : "the same process of the app")
        + ". The proxies share one CPU, app and generator another",
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

  /// What both sides took from the start of the one to the end of the other.
  ///
  /// devtop's bookkeeping goes on for a tenth of a second after the answers: what a pair leaves to the next, it has got
  /// from the one before.
  private func pair(_ sides: [Side], first: Int) throws(BenchError) -> [Half] {
    let before = sides.map { ProxyScene.cpuTime($0.processes) }
    var reports: [Int: LoadReport] = [:]
    for turn in sides.indices {
      let side = (first + turn) % sides.count
      reports[side] = try LoadLoop.run(sides[side].plan).checked("over \(sides[side].plan.endpoint)")
    }
    return sides.indices.compactMap { side in
      guard let report = reports[side] else { return nil }
      let cpu = ProxyScene.cpuTime(sides[side].processes) - before[side]
      return Half(
        microseconds: cpu.inMilliseconds * 1_000 / Double(report.answers.count), rate: report.rate)
    }
  }
}
