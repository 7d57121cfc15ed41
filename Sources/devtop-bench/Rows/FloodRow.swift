import DevtopCore
import DevtopLogs
import Glibc

/// Key to paint while a child prints lines.
struct FloodRow: Row {
  /// Lines a second.
  let rate: Int
  let limits: (p99: Duration, max: Duration?)
  let bench: Workbench
  let effort: Effort

  private struct Window {
    let start: Instant
    let lines: Int
    let bytes: Int
    let bursts: Int
    let cpu: Duration
  }

  func measure() throws(BenchError) -> [Finding] {
    let directory = try bench.makeDirectory("flood")
    let counter = bench.directory + "/flood-counter"
    // Its own end comes after the last key, and in any case.
    let seconds = 60 + effort.keys / 20
    try SystemText.save(
      """
      [service.flood]
      run = ["\(bench.itself)", "print-lines", "--rate", "\(rate)", "--seconds", "\(seconds)", "--counter", "\(counter)"]
      tty = false
      ready = "started"

      """, to: directory + "/devtop.toml")
    let (run, viewer) = try DevtopRun.onTerminal(bench, directory: directory)
    defer { run.end() }
    _ = try viewer.wait(for: "the first frame", atMost: .seconds(20))
    viewer.expect { screen in screen.text(row: screen.rows / 2).contains("flood") }
    _ = try viewer.wait(for: "the first lines", atMost: .seconds(20))
    Clock.sleep(.seconds(2))
    let proper = try run.proper()
    let before = window(counter, viewer, proper)
    var all = Samples()
    var slow: [String] = []
    var kinds: [(KeyKind, Samples)] = []
    for kind in KeyKind.allCases {
      let samples = try press(
        kind, count: (effort.keys + KeyKind.allCases.count - 1) / KeyKind.allCases.count, viewer, slow: &slow)
      for sample in samples.sorted { all.add(sample) }
      kinds.append((kind, samples))
    }
    let after = window(counter, viewer, proper)
    let memory = ProcessTable.memory(proper)
    return [result(all, kinds, before, after, memory, viewer.screen, slow)]
  }

  private func window(_ counter: String, _ viewer: Viewer, _ pid: Int32) -> Window {
    Window(
      start: Clock.now, lines: LineGenerator.written(counter), bytes: viewer.bytes, bursts: viewer.bursts,
      cpu: ProcessTable.cpuTime(pid))
  }

  private func press(
    _ kind: KeyKind, count: Int, _ viewer: Viewer, slow: inout [String]
  ) throws(BenchError) -> Samples {
    var samples = Samples()
    // Every kind begins with the log in focus and following.
    let follows: Viewer.Condition = { screen in
      (0..<screen.rows).contains {
        screen.text(row: $0).hasPrefix("━3 Logs") && screen.text(row: $0).contains("FOLLOW")
      }
    }
    _ = try timed((keys: Array("3G".utf8), isThere: follows), kind, viewer)
    if let entry = kind.entry { _ = try timed(entry, kind, viewer) }
    for step in 0..<count {
      // Between 2 and 20 ms of rest, so that keys fall anywhere between two frames.
      Clock.sleep(.milliseconds(2) + .microseconds((step * 7_919) % 18_000))
      let sample = try timed(kind.press(step, on: viewer.screen), kind, viewer)
      samples.add(sample)
      if sample > .milliseconds(12) {
        slow.append("\(kind.rawValue) \(step): \(Figure.milliseconds(sample))")
      }
    }
    if let exit = kind.exit { _ = try timed(exit, kind, viewer) }
    return samples
  }

  private func timed(
    _ key: (keys: [UInt8], isThere: Viewer.Condition), _ kind: KeyKind, _ viewer: Viewer
  ) throws(BenchError) -> Duration {
    viewer.expect(key.isThere)
    let start = Clock.now
    viewer.type(key.keys)
    do throws(BenchError) {
      return try viewer.wait(for: "the paint of a key (\(kind.rawValue))", atMost: .seconds(5)) - start
    } catch {
      let screen = viewer.screen
      let rows = (0..<screen.rows).map { screen.text(row: $0) }
      throw .unexpected("\(error); the screen:\n" + rows.joined(separator: "\n"))
    }
  }

  private func result(
    _ all: Samples, _ kinds: [(KeyKind, Samples)], _ before: Window, _ after: Window,
    _ memory: ProcessTable.Memory, _ screen: TerminalScreen, _ slow: [String]
  ) -> Finding {
    let seconds = (after.start - before.start).inMilliseconds / 1_000
    let lineRate = Double(after.lines - before.lines) / seconds
    let p99 = all.percentile(0.99)
    let isFlood = lineRate > 0.9 * Double(rate)
    var result = Finding(
      name: rate == 200_000 ? "flood" : "logs-flood",
      what: "a child prints \(Figure.count(rate)) lines of 100 bytes a second on a pipe; "
        + "\(Figure.count(all.count)) keys, each until its effect on the screen was read",
      measured: "p50 \(Figure.milliseconds(all.median)), p99 \(Figure.milliseconds(p99)), "
        + "max \(Figure.milliseconds(all.greatest))",
      target: "p99 < \(Figure.milliseconds(limits.p99))"
        + (limits.max.map { ", max < \(Figure.milliseconds($0))" } ?? ""),
      verdict: p99 < limits.p99 && all.greatest < limits.max ?? .seconds(5) && isFlood ? .reached : .missed)
    if !isFlood { result.noise = "the child came to \(Figure.count(Int(lineRate))) lines a second only" }
    let title = (0..<screen.rows).map { screen.text(row: $0) }.first { $0.contains("3 Logs") } ?? "no title"
    result.details = [
      "\(Figure.count(Int(lineRate))) lines a second taken by devtop for \(Figure.number(seconds)) s; "
        + "about \(Figure.number(Double(after.bursts - before.bursts) / seconds)) frames and "
        + "\(Figure.count(Int(Double(after.bytes - before.bytes) / seconds))) bytes a second painted",
      "devtop proper: \(Figure.number((after.cpu - before.cpu).inMilliseconds / seconds / 10)) % of a core, "
        + "resident \(Figure.megabytes(memory.residentInBytes))",
      "the log's title at the end: \(title)",
    ]
    for (kind, samples) in kinds {
      result.details.append(
        "\(kind.rawValue): \(samples.count) keys, p50 \(Figure.milliseconds(samples.median)), "
          + "p99 \(Figure.milliseconds(samples.percentile(0.99))), max \(Figure.milliseconds(samples.greatest))"
      )
    }
    if !slow.isEmpty {
      result.details.append("keys over 12 ms (kind, number): " + slow.prefix(40).joined(separator: ", "))
    }
    result.values = [
      ("p50_ms", all.median.inMilliseconds), ("p99_ms", p99.inMilliseconds),
      ("max_ms", all.greatest.inMilliseconds), ("lines_per_second", lineRate),
    ]
    return result
  }
}
