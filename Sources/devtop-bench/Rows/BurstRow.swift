import DevtopCore
import Glibc

/// 200 saves in a second: what serves at the end, and what it took.
struct BurstRow: Row {
  private static let saves = 200

  let kind: WebProject.Kind
  let bench: Workbench

  private var name: String { kind == .gin ? "saves" : "saves-instant" }

  func measure() throws(BenchError) -> [Finding] {
    let port = try WebClient.freePort()
    let project = try WebProject(kind, bench, name: name)
    try project.configure(port: port)
    let (run, lines) = try DevtopRun.withJSON(
      bench, directory: project.directory, adding: project.environment)
    defer { run.end() }
    _ = try WebClient.waitForVersion("v0", port: port, atMost: .seconds(120))
    _ = try lines.wait(for: "watch.ready", atMost: .seconds(20)) { $0.isEvent("watch.ready") }
    Clock.sleep(.milliseconds(500))
    let earlierBuilds = lines.count("build.started")
    let earlierStarts = starts(lines)
    let start = Clock.now
    for number in 1...Self.saves {
      try project.save("save\(number)")
      Clock.sleep(until: start + .milliseconds(5) * number)
    }
    let lastSave = Clock.now
    let last = "save\(Self.saves)"
    let answered = try WebClient.waitForVersion(last, port: port, atMost: .seconds(120))
    // Whatever else is under way has time to show itself.
    var strangers: Set<String> = []
    for _ in 0..<30 {
      Clock.sleep(.milliseconds(100))
      if let version = WebClient.version(port: port), version != last { strangers.insert(version) }
    }
    let builds = lines.count("build.started") - earlierBuilds
    let unfinished = lines.count("build.started") - lines.count("build.finished")
    let own = Set(run.ownProcesses.map(\.pid))
    let others = ProcessTable.descendants(of: run.launcher.pid).filter { !own.contains($0.pid) }
    let isRight =
      strangers.isEmpty && unfinished == 0 && others.count(where: { $0.name == "app" }) == 1
      && others.allSatisfy { $0.name == "app" || $0.name == "sh" }
    var result = Finding(
      name: name,
      what: "\(Self.saves) saves in a second (\(kind == .gin ? "Gin, go build" : "instant build")), "
        + "`devtop --json`; the answers for 3 s after the last version was first served, builds and processes then",
      measured: strangers.isEmpty ? "the last content serves" : "older content served: \(strangers.sorted())",
      target: "last serves, none older", verdict: isRight ? .reached : .missed)
    let cancelled = lines.all.count {
      $0.isEvent("build.finished") && $0.contains("\"result\":\"cancelled\"")
    }
    result.details = [
      "\(builds) builds started (\(cancelled) cancelled), \(starts(lines) - earlierStarts) starts of the service; "
        + "builds still under way at the end: \(unfinished)",
      "last save → its first answer \(Figure.milliseconds(answered - lastSave)); "
        + "the saves took \(Figure.milliseconds(lastSave - start))",
      "processes below devtop at the end: \(others.map(\.name).sorted().joined(separator: " "))",
    ]
    result.values = [
      ("builds", Double(builds)), ("cancelled", Double(cancelled)),
      ("last_save_to_answer_ms", (answered - lastSave).inMilliseconds),
    ]
    return [result]
  }

  private func starts(_ lines: EventLines) -> Int {
    lines.all.count { $0.isEvent("service.state") && $0.contains("\"state\":\"starting\"") }
  }
}
