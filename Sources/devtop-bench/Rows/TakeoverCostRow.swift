import DevtopCore

/// What the filter of system calls, under which devtop runs the app, costs the app.
struct TakeoverCostRow: Row {
  let bench: Workbench
  let effort: Effort

  private struct Half {
    let microseconds: Double
    let rate: Double
  }

  func measure() throws(BenchError) -> [Finding] {
    let scene = try ProxyScene(bench, name: "takeover-cost")
    defer { scene.end() }
    // Two of them: what one differs from the other is chance. They have addresses of their own, as the app under
    // devtop has one.
    var children: [Child] = []
    defer { for child in children { bench.end(child) } }
    var sides = [(endpoint: scene.upstream, process: scene.app)]
    for number in 1...2 {
      let endpoint = Endpoint(address: 0x7F4E_0000 + UInt32(number), port: try WebClient.freePort())
      let child = try scene.orders.startByHand(bench, at: endpoint)
      children.append(child)
      sides.append((endpoint, child.pid))
    }
    return try Affinity.apart(sides.map(\.process)) { () throws(BenchError) in
      [
        try compare(
          sides, name: "takeover-kept", what: "32 kept connections", freshEvery: nil,
          requests: max(effort.requests / 10, 1), limit: 1.02),
        try compare(
          sides, name: "takeover-fresh", what: "a connection a request, 32 at once", freshEvery: 1,
          requests: max(effort.requests / 20, 1), limit: 1.05),
      ]
    }
  }

  private func compare(
    _ sides: [(endpoint: Endpoint, process: Int32)], name: String, what: String, freshEvery: Int?,
    requests: Int, limit: Double
  ) throws(BenchError) -> Finding {
    // Many short rounds: the target is smaller than what the machine does within one.
    let count = effort.pairs * 60
    let rounds = try InTurn.measure(rounds: count, sides) { (side) throws(BenchError) in
      let plan = LoadPlan(
        endpoint: side.endpoint, traffic: .gets(to: side.endpoint), pace: .saturating,
        freshEvery: freshEvery, requests: requests)
      return try half(plan, side.process)
    }
    let cost = Interval(rounds.map { $0[0].microseconds * 2 / ($0[1].microseconds + $0[2].microseconds) })
    let chance = Interval(rounds.map { $0[1].microseconds / $0[2].microseconds })
    let rate = Interval(rounds.map { $0[0].rate * 2 / ($0[1].rate + $0[2].rate) })
    let times = sides.indices.map { side in Interval(rounds.map { $0[side].microseconds }).median }
    var result = Finding(
      name: name,
      what:
        "GET straight to the app, \(what), \(Figure.count(requests)) requests each, \(count) rounds "
        + "in turn: the app's time on a CPU for each request under devtop; floor: the mean of two that run without "
        + "devtop. The apps share one CPU, the generator has another",
      measured: "\(Figure.number(times[0])) µs a request",
      floor: "\(Figure.number((times[1] + times[2]) / 2)) µs a request", difference: cost.asExcess,
      target: "< \(Figure.rounded((limit - 1) * 100, digits: 0)) %")
    // An interval that spans the target says neither.
    result.verdict = cost.upper < limit ? .reached : cost.lower >= limit ? .missed : .open
    if result.verdict == .open {
      result.noise = "the interval spans the target; measure more pairs, on a quiet machine"
    }
    if chance.lower > limit || chance.upper < 2 - limit {
      result.verdict = .open
      result.noise = "the two without devtop differ by more than the target; measure again on a quiet machine"
    }
    result.details = [
      "the two without devtop against each other: \(chance.asExcess)",
      "requests a second against theirs: \(rate.asRatio)",
    ]
    result.values = [
      ("cost_percent", (cost.median - 1) * 100), ("cost_lower_percent", (cost.lower - 1) * 100),
      ("cost_upper_percent", (cost.upper - 1) * 100), ("chance_percent", (chance.median - 1) * 100),
      ("rate_ratio", rate.median),
    ]
    return result
  }

  private func half(_ plan: LoadPlan, _ process: Int32) throws(BenchError) -> Half {
    let before = ProcessTable.cpuTime(process)
    let report = try LoadLoop.run(plan).checked("straight to \(plan.endpoint)")
    let cpu = ProcessTable.cpuTime(process) - before
    return Half(microseconds: cpu.inMilliseconds * 1_000 / Double(report.answers.count), rate: report.rate)
  }
}
