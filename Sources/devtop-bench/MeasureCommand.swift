import ArgumentParser
import Glibc

/// Measures rows and prints their table.
struct MeasureCommand: ParsableCommand {
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case save
    case saveInstant = "save-instant"
    case start
    case idle
    case saves
    case savesInstant = "saves-instant"
    case flood
    case reloadSwap = "reload-swap"
    case reloadHold = "reload-hold"
    case reloadBuild = "reload-build"
    case proxyCPU = "proxy-cpu"
    case proxyLatency = "proxy-latency"
    case proxyBodies = "proxy-bodies"
    case proxyIdle = "proxy-idle"
    case takeoverCost = "takeover-cost"
    case logsLiteral = "logs-literal"
    case logsRegex = "logs-regex"
    case logsColoured = "logs-coloured"
    case logsFields = "logs-fields"
    case logsTyping = "logs-typing"
    case logsIngest = "logs-ingest"
    case logsFlood = "logs-flood"
    case frame
  }

  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Measure rows (the default): all, or those that are named.")

  @Argument(help: "The rows: \(Name.allCases.map(\.rawValue).joined(separator: ", ")).")
  var rows: [Name] = []

  @Option(help: "The devtop to measure; otherwise the one beside this program.")
  var devtop: String?

  @Flag(help: "One JSON object a line instead of the table.")
  var json = false

  @Flag(help: "Exit with 1 when a target is missed.")
  var strict = false

  @Option(help: "Starts, and saves of the compiled project (three times as many of the instant one).")
  var samples = 20

  @Option(help: "Seconds of idleness; with idle connections at most 20.")
  var seconds = 60

  @Option(help: "Keys during the flood.")
  var keys = 2_000

  @OptionGroup(title: "Load")
  var load: LoadOptions

  func validate() throws {
    guard (1...1_000).contains(samples), (1...3_600).contains(seconds), (10...100_000).contains(keys) else {
      throw ValidationError("--samples takes 1 to 1000, --seconds 1 to 3600, --keys 10 to 100000.")
    }
  }

  func run() throws {
    let bench: Workbench
    do throws(BenchError) {
      bench = try Workbench(devtop: devtop)
    } catch {
      throw ValidationError("\(error)")
    }
    bench.cleanUpOnSignals()
    let results = measureAll(bench)
    let table = Table(results: results)
    bench.cleanUp()
    print(json ? table.json : table.text, terminator: "")
    if strict, results.contains(where: { $0.verdict == .missed }) { throw ExitCode(1) }
  }

  private func measureAll(_ bench: Workbench) -> [Finding] {
    var effort = Effort(samples: samples, seconds: seconds, keys: keys)
    load.apply(to: &effort)
    var tree: Tree?
    var results: [Finding] = []
    for name in rows.isEmpty ? Name.allCases : rows {
      say("measuring \(name.rawValue) (load \(Figure.number(ProcessTable.load))) …")
      do throws(BenchError) {
        results += try row(name, bench, effort, &tree).measure()
      } catch {
        if case .interrupted = error { return results }
        results.append(.failed(name.rawValue, "the row ended early", error))
      }
    }
    return results
  }

  private func row(
    _ name: Name, _ bench: Workbench, _ effort: Effort, _ tree: inout Tree?
  ) throws(BenchError) -> any Row {
    switch name {
    case .save: return SaveRow(kind: .gin, bench: bench, effort: effort)
    case .saveInstant: return SaveRow(kind: .instant, bench: bench, effort: effort)
    case .saves: return BurstRow(kind: .gin, bench: bench)
    case .savesInstant: return BurstRow(kind: .instant, bench: bench)
    case .flood:
      return FloodRow(rate: 200_000, limits: (.milliseconds(16), nil), bench: bench, effort: effort)
    case .logsFlood:
      return FloodRow(
        rate: 1_000_000, limits: (.milliseconds(16), .milliseconds(33)), bench: bench, effort: effort)
    case .reloadSwap: return ReloadRow(kind: .swap, bench: bench, effort: effort)
    case .reloadHold: return ReloadRow(kind: .hold, bench: bench, effort: effort)
    case .reloadBuild: return ReloadRow(kind: .build, bench: bench, effort: effort)
    case .proxyCPU: return ProxyCPURow(bench: bench, effort: effort)
    case .proxyLatency: return ProxyLatencyRow(bench: bench, effort: effort)
    case .proxyBodies: return ProxyBodiesRow(bench: bench, effort: effort)
    case .proxyIdle: return ProxyIdleRow(bench: bench, effort: effort)
    case .logsLiteral: return LogFilterRow(kind: .literal, bench: bench, effort: effort)
    case .logsRegex: return LogFilterRow(kind: .regex, bench: bench, effort: effort)
    case .logsColoured: return LogFilterRow(kind: .coloured, bench: bench, effort: effort)
    case .logsFields: return LogFieldsRow(bench: bench, effort: effort)
    case .logsIngest: return LogIngestRow(bench: bench, effort: effort)
    case .logsTyping: return LogTypingRow(bench: bench, effort: effort)
    case .frame: return FrameRow(bench: bench)
    case .takeoverCost: return TakeoverCostRow(bench: bench, effort: effort)
    case .start, .idle:
      let made: Tree
      if let tree { made = tree } else { made = try Tree(bench) }
      tree = made
      if name == .start { return StartRow(bench: bench, tree: made, effort: effort) }
      return IdleRow(bench: bench, tree: made, effort: effort)
    }
  }

  /// Progress goes to standard error, so that the table can be kept.
  private func say(_ text: String) {
    let line = Array("devtop-bench: \(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
