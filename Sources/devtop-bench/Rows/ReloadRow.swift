import DevtopCore

/// Reloads while requests come at a fixed rate: none may fail.
struct ReloadRow: Row {
  enum Kind {
    /// The new process starts beside the old one; devtop's own choice.
    case swap
    /// The old process ends first, and requests wait.
    case hold
    /// As `swap`, with a save and `go build` in between.
    case build
  }

  /// Of what the app can do straight.
  private static let share = 0.3
  /// Of what it can do with devtop in front of it, where that is less.
  ///
  /// Generator, devtop and app share the machine. On two cores 30 % of what the app does straight is over 60 % of what
  /// passes through all three, and an open loop then measures its own queue.
  private static let shareThroughDevtop = 0.4

  let kind: Kind
  let bench: Workbench
  let effort: Effort

  private var name: String {
    switch kind {
    case .swap: "reload-swap"
    case .hold: "reload-hold"
    case .build: "reload-build"
    }
  }

  private var count: Int {
    switch kind {
    case .swap: effort.reloads
    case .hold: max(effort.reloads / 5, 1)
    case .build: max(effort.reloads / 100, 3)
    }
  }

  /// What the app, and devtop before it, can do, in requests a second.
  private struct Capacity {
    var straight: Double
    var throughDevtop: Double
  }

  private struct Outcome {
    var capacity: Capacity
    var rate: Int
    var steadyStart: Instant
    var firstReload: Instant
    var lastReload: Instant
    var reloads: Reloads
    var report: LoadReport
    /// Why there were fewer reloads than asked for.
    var trouble: BenchError?
    var processesLeft: Int
  }

  func measure() throws(BenchError) -> [Finding] {
    let app = try OrdersApp(bench, name: name)
    let endpoint = Endpoint.loopback(try WebClient.freePort())
    try app.configure(
      port: endpoint.port, reload: kind == .hold ? "hold" : nil, builds: kind == .build)
    let (run, lines) = try DevtopRun.withJSON(
      bench, directory: app.directory, adding: app.environment, ignoring: ["request", "log"])
    defer { run.end() }
    _ = try WebClient.waitForVersion(OrdersApp.version, port: endpoint.port, atMost: .seconds(120))
    _ = try lines.wait(for: "watch.ready", atMost: .seconds(20)) { $0.isEvent("watch.ready") }
    var reloads = try Reloads(run, lines)
    let capacity = try measureCapacity(endpoint, run)
    let rate =
      effort.rate
      ?? max(Int(min(capacity.straight * Self.share, capacity.throughDevtop * Self.shareThroughDevtop)), 1)
    let load = try OpenLoop(
      LoadPlan(endpoint: endpoint, traffic: .orders(to: endpoint), pace: .rate(rate)))
    // Connections and caches are warm after the first second.
    Clock.sleep(.seconds(1))
    let steadyStart = Clock.now
    Clock.sleep(effort.steady)
    let firstReload = Clock.now
    var trouble: BenchError?
    do throws(BenchError) {
      for number in 0..<count { try reload(&reloads, number, app) }
    } catch {
      trouble = error
    }
    let lastReload = Clock.now
    Clock.sleep(.seconds(1))
    let report = load.stop()
    let left = ProcessTable.descendants(of: run.launcher.pid).count { $0.name == OrdersApp.name }
    return [
      finding(
        Outcome(
          capacity: capacity, rate: rate, steadyStart: steadyStart, firstReload: firstReload,
          lastReload: lastReload, reloads: reloads, report: report, trouble: trouble, processesLeft: left))
    ]
  }

  private func reload(_ reloads: inout Reloads, _ number: Int, _ app: OrdersApp) throws(BenchError) {
    let start = Clock.now
    switch kind {
    case .swap, .hold:
      try reloads.next { (run) throws(BenchError) in try run.command("restart \(OrdersApp.name)") }
    case .build: try reloads.next { (_) throws(BenchError) in try app.save(change: number) }
    }
    Clock.sleep(until: start + effort.pace)
  }

  private func measureCapacity(_ endpoint: Endpoint, _ run: DevtopRun) throws(BenchError) -> Capacity {
    let process = try OrdersApp.process(below: run)
    // Without an address of its own the app is asked where everyone asks it.
    let straight = Listeners.of(process).first { $0 != endpoint && $0.isLoopback } ?? endpoint
    func rate(_ endpoint: Endpoint) throws(BenchError) -> Double {
      let plan = LoadPlan(
        endpoint: endpoint, traffic: .orders(to: endpoint), pace: .saturating, requests: effort.requests)
      return try LoadLoop.run(plan).checked("saturating \(endpoint)").rate
    }
    return Capacity(straight: try rate(straight), throughDevtop: try rate(endpoint))
  }

  private func finding(_ outcome: Outcome) -> Finding {
    let report = outcome.report
    let steady = report.latencies(from: outcome.steadyStart, to: outcome.firstReload)
    let during = report.latencies(from: outcome.firstReload, to: outcome.lastReload)
    let ratio = during.percentile(0.99).inMilliseconds / max(steady.percentile(0.99).inMilliseconds, 0.001)
    let isWhole = outcome.trouble == nil && outcome.processesLeft == 1 && during.count > 0
    let done = outcome.reloads.done.count
    var result = Finding(
      name: name, what: what(outcome.rate),
      measured:
        "\(Figure.count(report.failed)) of \(Figure.count(report.failed + report.answers.count)) failed, "
        + "p99 \(Figure.milliseconds(during.percentile(0.99)))",
      floor: "p99 \(Figure.milliseconds(steady.percentile(0.99)))",
      difference: "×" + Figure.rounded(ratio, digits: 2))
    switch kind {
    case .swap:
      result.target = "0 failed, p99 ≤ 3 ×"
      result.verdict = report.failed == 0 && ratio <= 3 && isWhole ? .reached : .missed
    case .hold:
      result.target = "0 failed, restart + 20 ms"
      let waits = outcome.reloads.waits(report)
      if let longest = waits.max(by: { $0.excess < $1.excess }) {
        result.measured =
          "\(Figure.count(report.failed)) of \(Figure.count(report.failed + report.answers.count)) failed, "
          + "longest wait \(Figure.milliseconds(longest.longest))"
        result.floor = "restart \(Figure.milliseconds(longest.restart))"
        result.difference = Figure.signedMilliseconds(longest.excess)
        result.verdict =
          report.failed == 0 && longest.excess <= .milliseconds(20) && isWhole ? .reached : .missed
        result.values.append(("longest_excess_ms", longest.excess.inMilliseconds))
      } else {
        result.verdict = .missed
      }
    case .build:
      result.target = "0 failed"
      result.verdict = report.failed == 0 && isWhole ? .reached : .missed
    }
    result.details = details(outcome, steady, during)
    result.values += [
      ("reloads", Double(done)), ("failed", Double(report.failed)),
      ("answered", Double(report.answers.count)), ("steady_p99_ms", steady.percentile(0.99).inMilliseconds),
      ("reload_p99_ms", during.percentile(0.99).inMilliseconds),
      ("reload_max_ms", during.greatest.inMilliseconds), ("rate", Double(outcome.rate)),
    ]
    for failure in LoadFailure.allCases {
      let name = failure.name.split(separator: " ").joined(separator: "_")
      result.values.append((name, Double(report.failures[failure] ?? 0)))
    }
    return result
  }

  private func what(_ rate: Int) -> String {
    let how =
      switch kind {
      case .swap: "`restart` of a built Gin app, devtop's own choice of how to reload"
      case .hold: "`restart` of a built Gin app, reload = \"hold\""
      case .build: "a save and `go build` of a Gin app, devtop's own choice of how to reload"
      }
    return
      "\(Figure.count(count)) × \(how), the next one when the new run is ready and the old process gone, "
      + "at most one each \(Figure.milliseconds(effort.pace)); meanwhile \(Figure.count(rate)) requests a second "
      + "are due (open loop, 32 connections, GET and POST with bodies, every tenth on a new connection), latency "
      + "from when they are due; floor: "
      + (kind == .hold
        ? "from the event stopping to the event ready of the same reload; waits of requests that were due until "
          + "\(Figure.milliseconds(Reloads.aftermath)) after its end"
        : "\(Figure.number(effort.steady.inMilliseconds / 1_000)) s without reloads before")
  }

  private func details(_ outcome: Outcome, _ steady: Samples, _ during: Samples) -> [String] {
    let report = outcome.report
    let done = outcome.reloads.done
    let starts = Samples(done.map { $0.ready - $0.asked })
    let ends = Samples(done.map { $0.ended - $0.ready })
    var details: [String] = []
    if let trouble = outcome.trouble {
      details.append("ended after \(done.count) reloads: \(trouble)")
    }
    if outcome.processesLeft != 1 {
      details.append("\(outcome.processesLeft) processes of the app were left at the end, not 1")
    }
    details += [
      report.summary,
      "\(Figure.count(done.count)) reloads in "
        + "\(Figure.number((outcome.lastReload - outcome.firstReload).inMilliseconds / 1_000)) s, asked → ready "
        + "\(starts.described), worst \(Figure.milliseconds(starts.greatest)); ready → old process gone "
        + ends.described + "; \(Figure.count(report.processes.count)) processes answered",
      "without reloads p50 \(Figure.milliseconds(steady.median)), max \(Figure.milliseconds(steady.greatest)) "
        + "(\(Figure.count(steady.count))); with them p50 \(Figure.milliseconds(during.median)), "
        + "max \(Figure.milliseconds(during.greatest)) (\(Figure.count(during.count)))",
      "saturated, the app answers \(Figure.count(Int(outcome.capacity.straight))) requests a second straight, "
        + "\(Figure.count(Int(outcome.capacity.throughDevtop))) through devtop",
      "\(Figure.count(report.connections)) connections; \(Figure.count(report.closedWhileIdle)) of them closed "
        + "by devtop while idle",
    ]
    if kind == .hold {
      let excesses = Samples(outcome.reloads.waits(report).map(\.excess))
      details.append(
        "longest wait of a reload − restart \(excesses.described), p90 "
          + "\(Figure.signedMilliseconds(excesses.percentile(0.9))), "
          + "worst \(Figure.signedMilliseconds(excesses.greatest))")
    }
    if let worst = done.max(by: { $0.ready - $0.asked < $1.ready - $1.asked }) {
      let steps = worst.steps.map { "\($0.what) +\(Figure.milliseconds($0.after))" }
      details.append("the worst reload: " + steps.joined(separator: ", "))
    }
    let strategies = outcome.reloads.strategies
    if !strategies.isEmpty { details.append("by devtop's own word: " + strategies.joined(separator: ", ")) }
    details += outcome.reloads.warnings.prefix(5).map { "devtop warns: \($0)" }
    return details + report.examples.map { "failed: \($0)" }
  }
}
