import DevtopCore

/// From exec to the first complete frame, and to the end of watching a large tree's every directory.
struct StartRow: Row {
  let bench: Workbench
  let tree: Tree
  let effort: Effort

  func measure() throws(BenchError) -> [Finding] {
    var frames = Samples()
    var ready = Samples()
    var readyByItself = Samples()
    var trueOnTerminal = Samples()
    var walks = Samples()
    var firstBytes = Samples()
    for _ in 0..<effort.samples {
      trueOnTerminal.add(try timeTrue())
      walks.add(try timeWalk())
      let (run, viewer) = try DevtopRun.onTerminal(bench, directory: tree.root)
      let painted: Instant
      do throws(BenchError) {
        painted = try viewer.wait(for: "the first frame", atMost: .seconds(20))
        firstBytes.add(viewer.firstByteAt - run.startedAt)
      } catch {
        run.end()
        throw error
      }
      run.end()
      frames.add(painted - run.startedAt)
      let (jsonRun, lines) = try DevtopRun.withJSON(bench, directory: tree.root)
      defer { jsonRun.end() }
      let line = try lines.wait(for: "watch.ready", atMost: .seconds(20)) { $0.isEvent("watch.ready") }
      ready.add(line.readAt - jsonRun.startedAt)
      readyByItself.add(.nanoseconds(Int64((line.number("ms") ?? 0) * 1e6)))
    }
    return [
      frame(frames, floor: trueOnTerminal, firstBytes: firstBytes),
      watching(ready, itself: readyByItself, floor: walks),
    ]
  }

  private func frame(_ samples: Samples, floor: Samples, firstBytes: Samples) -> Finding {
    var result = Finding(
      name: "start",
      what: "exec of devtop on a pseudo-terminal of 80×24 in a tree of 10,000 files in 1,000 "
        + "directories (warm cache) until all rows of the first frame were read; floor: exec of `true` there",
      measured: samples.described, floor: floor.described,
      difference: Figure.signedMilliseconds(samples.median - floor.median), target: "100 ms",
      verdict: samples.median <= .milliseconds(100) ? .reached : .missed)
    result.noise = Noise.note(floor, within: .milliseconds(10))
    result.details = [
      "\(samples.count) starts; best \(Figure.milliseconds(samples.least)), "
        + "worst \(Figure.milliseconds(samples.greatest)); first byte after \(firstBytes.described)"
    ]
    result.values = [
      ("frame_median_ms", samples.median.inMilliseconds), ("frame_max_ms", samples.greatest.inMilliseconds),
      ("true_median_ms", floor.median.inMilliseconds),
    ]
    return result
  }

  private func watching(_ samples: Samples, itself: Samples, floor: Samples) -> Finding {
    var result = Finding(
      name: "start-watching",
      what: "exec of `devtop --json` in the same tree until the event watch.ready was read; "
        + "floor: `find` of the tree",
      measured: samples.described, floor: floor.described,
      difference: Figure.signedMilliseconds(samples.median - floor.median), target: "300 ms",
      verdict: samples.median <= .milliseconds(300) ? .reached : .missed)
    result.noise = Noise.note(floor, within: .milliseconds(20))
    result.details = [
      "the event's own ms field: \(itself.described); worst start \(Figure.milliseconds(samples.greatest))"
    ]
    result.values = [
      ("ready_median_ms", samples.median.inMilliseconds), ("ready_max_ms", samples.greatest.inMilliseconds),
      ("event_median_ms", itself.median.inMilliseconds), ("find_median_ms", floor.median.inMilliseconds),
    ]
    return result
  }

  private func timeTrue() throws(BenchError) -> Duration {
    let terminal = try PseudoTerminal(columns: 80, rows: 24)
    let viewer = Viewer(terminal, columns: 80, rows: 24)
    let start = Clock.now
    let child = try bench.start(["true"], directory: "/", streams: .terminal(viewer.terminal))
    let status = child.waitForEnd(atMost: .seconds(5))
    let end = Clock.now
    bench.end(child)
    guard status != nil else { throw .timedOut(waitingFor: "the end of `true`") }
    return end - start
  }

  private func timeWalk() throws(BenchError) -> Duration {
    let start = Clock.now
    try bench.run(["find", tree.root, "-size", "+1000000"], directory: "/", atMost: .seconds(20))
    return Clock.now - start
  }
}
