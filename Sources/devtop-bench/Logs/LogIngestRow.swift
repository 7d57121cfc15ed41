import CProcess
import DevtopCore
import DevtopLogs
import Glibc

/// Lines through a pipe into the log store, against programs that only count or drop them.
struct LogIngestRow: Row {
  let bench: Workbench
  let effort: Effort

  private enum Side: CaseIterable {
    /// The store, with a view on it as the dashboard has.
    case store
    case wordCount
    case cat
  }

  private struct Run {
    var cpu: Duration
    /// How long the writer took.
    var time: Duration
  }

  private struct Target {
    var store: LogStore
    var view: FilteredView
  }

  /// The file, which the page cache holds; it is written this often.
  private static let fileLineCount = 1_000_000
  private static let copies = 10
  /// Four times what the store keeps as shipped: most of a flood comes when the oldest lines go.
  private static let lineCount = fileLineCount * copies
  private static let capacityInBytes = Configuration.shippedLogMemoryInBytes

  func measure() throws(BenchError) -> [Finding] {
    let scene = try LogScene(bench, LogLines(kind: .text, count: Self.fileLineCount))
    let before = Self.residentBytes
    let store = LogStore(capacityInBytes: Self.capacityInBytes) { SystemClock.wall }
    let target = Target(store: store, view: FilteredView(store))
    // While the store takes its memory, the system clears that: once, as devtop runs.
    let first = try run(.store, scene, target)
    var resident = Self.residentBytes - before
    let rounds = try InTurn.measure(rounds: effort.pairs, Side.allCases) { (side) throws(BenchError) in
      try run(side, scene, target)
    }
    resident = max(resident, Self.residentBytes - before)
    let cpu = Side.allCases.indices.map { side in Samples(rounds.map { $0[side].cpu }) }
    let time = Side.allCases.indices.map { side in Samples(rounds.map { $0[side].time }) }
    let cpuRatio = cpu[0].median.inMilliseconds / cpu[1].median.inMilliseconds
    let timeRatio = time[0].median.inMilliseconds / time[2].median.inMilliseconds
    let bytes = scene.store.statistics.bytes
    let excess = (Double(resident) / Double(Self.capacityInBytes) - 1) * 100
    let overhead = (Double(bytes) / Double(scene.sizeInBytes) - 1) * 100
    let firstRatio = first.cpu.inMilliseconds / cpu[1].median.inMilliseconds
    let lines =
      "\(Figure.count(Self.lineCount)) lines of 100 bytes from `cat` through a pipe, read in pieces of 64 KiB"
    return [
      Finding(
        name: "logs-ingest",
        what:
          "\(lines) into the store with a view on it: CPU of the reader and of the view, which finds records; "
          + "levels are found when somebody asks for them; floor: `wc -l`; the first time, when the system clears the "
          + "memory that the store takes: \(Figure.milliseconds(first.cpu)), ×\(Figure.rounded(firstRatio, digits: 2))",
        measured: cpu[0].described,
        floor: cpu[1].described,
        difference: "×" + Figure.rounded(cpuRatio, digits: 2), target: "≤ 2 ×",
        verdict: cpuRatio <= 2 ? .reached : .missed),
      Finding(
        name: "logs-writer", what: "how long the writer takes; floor: into `cat >/dev/null`",
        measured: time[0].described,
        floor: time[2].described, difference: "×" + Figure.rounded(timeRatio, digits: 2), target: "≤ 1.2 ×",
        verdict: timeRatio <= 1.2 ? .reached : .missed),
      Finding(
        name: "logs-memory", what: "what the store counts over the bytes of the lines",
        measured: Figure.megabytes(bytes), floor: Figure.megabytes(scene.sizeInBytes),
        difference: "+\(Figure.rounded(overhead, digits: 1)) %", target: "≤ 15 %",
        verdict: overhead <= 15 ? .reached : .missed),
      Finding(
        name: "logs-cap",
        what: "what the system gave for the store and its view after all lines came; floor: `log_memory`",
        measured: Figure.megabytes(resident), floor: Figure.megabytes(Self.capacityInBytes),
        difference: "\(Figure.rounded(excess, digits: 1)) %", target: "≤ +5 %",
        verdict: excess <= 5 ? .reached : .missed),
    ]
  }

  private func run(_ side: Side, _ scene: LogScene, _ target: Target) throws(BenchError) -> Run {
    let ends = try LogScene.pipe()
    // As for a service; `wc` and `cat` take what a shell gives them.
    if side == .store { devtop_widen_pipe(ends[0], 1 << 20) }
    let words = ["cat"] + Array(repeating: scene.path, count: Self.copies)
    let start = Clock.now
    switch side {
    case .store:
      let store = target.store
      let source = store.source(service: "api", run: 1, stream: .output)
      let before = Self.ownCPU
      let writer = try bench.start(
        words, directory: scene.directory, streams: .output(ends[1]))
      close(ends[1])
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
      defer { buffer.deallocate() }
      while true {
        let count = read(ends[0], buffer.baseAddress, buffer.count)
        guard count > 0 else { break }
        store.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), from: source)
      }
      close(ends[0])
      guard writer.waitForEnd(atMost: .seconds(60)) != nil else {
        throw .timedOut(waitingFor: "the end of cat")
      }
      let time = Clock.now - start
      bench.end(writer)
      _ = try target.view.show("")
      return Run(cpu: Self.ownCPU - before, time: time)
    case .wordCount, .cat:
      let reader = try bench.start(
        side == .cat ? ["cat"] : ["wc", "-l"], directory: scene.directory,
        streams: .pipes(input: ends[0], output: try null()))
      let writer = try bench.start(
        words, directory: scene.directory, streams: .output(ends[1]))
      close(ends[0])
      close(ends[1])
      guard writer.waitForEnd(atMost: .seconds(60)) != nil else {
        throw .timedOut(waitingFor: "the end of cat")
      }
      let time = Clock.now - start
      bench.end(writer)
      var status: Int32 = 0
      var usage = rusage()
      wait4(reader.pid, &status, 0, &usage)
      bench.end(reader)
      return Run(cpu: Self.cpu(usage), time: time)
    }
  }

  private func null() throws(BenchError) -> Int32 {
    let file = open("/dev/null", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw .system(what: "/dev/null", code: errno) }
    return file
  }

  /// proc_pid_statm(5).
  private static var residentBytes: Int {
    let text = SystemText.text(of: "/proc/self/statm") ?? ""
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
      * sysconf(Int32(_SC_PAGESIZE))
  }

  private static var ownCPU: Duration {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return cpu(usage)
  }

  private static func cpu(_ usage: rusage) -> Duration {
    .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
  }
}
