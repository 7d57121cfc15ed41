import DevtopCore
import Glibc

/// What idle connections of clients take.
struct ProxyIdleRow: Row {
  let bench: Workbench
  let effort: Effort

  func measure() throws(BenchError) -> [Finding] {
    let scene = try ProxyScene(bench, name: "proxy-idle")
    defer { scene.end() }
    let processes = scene.processes
    let before = ProxyScene.residentInBytes(processes)
    // After devtop's start, which has to raise its own limit.
    try raiseLimit(to: effort.connections + 100)
    let clients = try IdleClients(count: effort.connections, endpoint: scene.endpoint)
    defer { clients.close() }
    Clock.sleep(.seconds(3))
    let after = ProxyScene.residentInBytes(processes)
    let cpuBefore = ProxyScene.cpuTime(processes)
    let start = Clock.now
    // What is cleaned up or looked at every few seconds is to be seen.
    Clock.sleep(.seconds(min(effort.seconds, 20)))
    let elapsed = Clock.now - start
    let cpu = ProxyScene.cpuTime(processes) - cpuBefore
    let share = cpu.inMilliseconds / elapsed.inMilliseconds * 100
    let alive = clients.askAll()
    let isRight = alive == effort.connections
    var result = Finding(
      name: "proxy-idle",
      what:
        "\(Figure.count(effort.connections)) connections to devtop, each with one answered GET behind it, "
        + "then idle: resident memory of launcher, devtop and guard, and their time on a CPU for "
        + "\(Figure.number(elapsed.inMilliseconds / 1_000)) s",
      measured: "\(Figure.megabytes(after)), \(Figure.rounded(share, digits: 3)) % of a core",
      floor: "\(Figure.megabytes(before)) without", difference: "+\(Figure.megabytes(after - before))",
      target: "< 100 MB, < 0.1 %",
      verdict: after < 100_000_000 && share < 0.1 && isRight ? .reached : .missed)
    result.details = [
      "\(Figure.number(Double(after - before) / Double(effort.connections) / 1_000)) KB a connection; "
        + "CPU \(Figure.milliseconds(cpu)) in all",
      "afterwards \(Figure.count(alive)) of them answered a further GET",
    ]
    result.values = [
      ("resident_bytes", Double(after)), ("growth_bytes", Double(after - before)), ("cpu_percent", share),
      ("alive", Double(alive)),
    ]
    return [result]
  }

  /// Descriptors that this program may have.
  private func raiseLimit(to count: Int) throws(BenchError) {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    guard limit.rlim_cur < rlim_t(count) else { return }
    limit.rlim_cur = rlim_t(count)
    limit.rlim_max = max(limit.rlim_max, limit.rlim_cur)
    guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      throw .missing("\(Figure.count(count)) descriptors are needed: raise the hard limit (ulimit -Hn)")
    }
  }
}
