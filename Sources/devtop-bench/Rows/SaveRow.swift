import DevtopCore
import Glibc

/// From a save to the first answer of the new code, against the same build and start by hand.
///
/// The two alternate, so that both see the same machine. By hand, too, an old server runs and is asked each millisecond
/// during the build: both builds have the same company. No answer can come while a compiler still works, so that
/// nobody asks before four fifths of the shortest build seen are over: a thousand questions a second slow a build down.
struct SaveRow: Row {
  let kind: WebProject.Kind
  let bench: Workbench
  let effort: Effort

  private var name: String { kind == .gin ? "save" : "save-instant" }

  private struct Pair {
    let port: UInt16
    let project: WebProject
    var samples = Samples()
    /// Of the samples, what the build alone took.
    var builds = Samples()
  }

  func measure() throws(BenchError) -> [Finding] {
    var byHand = Pair(
      port: try WebClient.freePort(), project: try WebProject(kind, bench, name: name + "-by-hand"))
    var watched = Pair(port: try WebClient.freePort(), project: try WebProject(kind, bench, name: name))
    try watched.project.configure(port: watched.port)
    let (run, viewer) = try DevtopRun.onTerminal(
      bench, directory: watched.project.directory, adding: watched.project.environment)
    defer { run.end() }
    let viewerBytes = viewer.bytes
    _ = try WebClient.waitForVersion("v0", port: watched.port, atMost: .seconds(120))
    var oldServer = try startByHand(byHand)
    _ = try WebClient.waitForVersion("v0", port: byHand.port, atMost: .seconds(20))
    let samples = kind == .gin ? effort.samples : effort.samples * 3
    var differences = Samples()
    for number in 0...samples {
      Clock.sleep(.milliseconds(300))
      let silence = byHand.builds.least * 4 / 5
      let manual = try sampleByHand(&byHand, version: "hand\(number)", &oldServer, silence: silence)
      Clock.sleep(.milliseconds(300))
      let automatic = try sampleWatched(watched, version: "saved\(number)", silence: silence)
      // The first pair warms caches.
      guard number > 0 else { continue }
      byHand.samples.add(manual)
      watched.samples.add(automatic)
      differences.add(automatic - manual)
    }
    bench.end(oldServer)
    return [result(watched.samples, floor: byHand.samples, differences, bytes: viewer.bytes - viewerBytes)]
  }

  private func startByHand(_ pair: Pair) throws(BenchError) -> Child {
    var environment = pair.project.environment
    environment["PORT"] = String(pair.port)
    return try bench.start(["./tmp/app"], directory: pair.project.directory, adding: environment)
  }

  /// Save, build, end the old server, start the new one, ask until it answers.
  private func sampleByHand(
    _ pair: inout Pair, version: String, _ oldServer: inout Child, silence: Duration
  ) throws(BenchError) -> Duration {
    let start = Clock.now
    try pair.project.save(version)
    let build = try bench.start(
      ["/bin/sh", "-c", pair.project.buildCommand], directory: pair.project.directory,
      adding: pair.project.environment)
    let isBuilding = Locked(true)
    let (port, deadline) = (pair.port, start + .seconds(120))
    startThread {
      Clock.sleep(until: start + silence)
      var next = Clock.now
      while isBuilding.withLock({ $0 }), next < deadline {
        _ = WebClient.version(port: port)
        next = max(next + .milliseconds(1), Clock.now)
        Clock.sleep(until: next)
      }
    }
    let status = build.waitForEnd(atMost: .seconds(120))
    let built = Clock.now
    isBuilding.withLock { $0 = false }
    guard let status else { throw .timedOut(waitingFor: "the build by hand") }
    guard status == 0 else { throw .unexpected("the build by hand failed") }
    pair.builds.add(built - start)
    bench.end(build)
    bench.end(oldServer)
    let ended = Clock.now
    oldServer = try startByHand(pair)
    let answered = try WebClient.waitForVersion(version, port: pair.port, atMost: .seconds(30))
    // Ending the old server is no part of the floor.
    return (answered - start) - (ended - built)
  }

  private func sampleWatched(
    _ pair: Pair, version: String, silence: Duration
  ) throws(BenchError) -> Duration {
    let start = Clock.now
    try pair.project.save(version)
    Clock.sleep(until: start + silence)
    return try WebClient.waitForVersion(version, port: pair.port, atMost: .seconds(120)) - start
  }

  private func result(_ samples: Samples, floor: Samples, _ differences: Samples, bytes: Int) -> Finding {
    // A machine that is slow for a while is so for both halves of a pair.
    let difference = differences.median
    let what =
      kind == .gin ? "a Gin server of one file, `go build`" : "a server whose build appends its version (cat)"
    var result = Finding(
      name: name,
      what: "\(what): save (truncate, write, close) → first answer of the new code, asked each "
        + "millisecond; devtop's dashboard on a pseudo-terminal, default settings; floor: the same save, build "
        + "command and start by hand, in turn with it",
      measured: samples.described, floor: floor.described,
      difference: "\(Figure.signedMilliseconds(difference)) · ×"
        + Figure.rounded(samples.median.inMilliseconds / max(floor.median.inMilliseconds, 0.001), digits: 3),
      target: "+30 ms", verdict: difference <= .milliseconds(30) ? .reached : .missed)
    result.noise = Noise.note(floor, within: .milliseconds(kind == .gin ? 60 : 10))
    result.details = [
      "the difference is the median of those within \(samples.count) pairs; between the medians it is "
        + Figure.signedMilliseconds(samples.median - floor.median),
      "best \(Figure.milliseconds(samples.least)) against \(Figure.milliseconds(floor.least)), "
        + "worst \(Figure.milliseconds(samples.greatest)) against \(Figure.milliseconds(floor.greatest)); "
        + "\(Figure.count(bytes)) bytes painted",
    ]
    result.values = [
      ("devtop_median_ms", samples.median.inMilliseconds), ("floor_median_ms", floor.median.inMilliseconds),
      ("difference_ms", difference.inMilliseconds),
      ("difference_of_medians_ms", (samples.median - floor.median).inMilliseconds),
    ]
    return result
  }
}
