import CProcess
import DevtopCore
import Glibc

/// Has devtop reload a service again and again, and keeps when what happened.
struct Reloads {
  /// One reload, as devtop's events told it.
  struct Times {
    /// The command, or the save, was given.
    var asked: Instant
    /// The old run was asked to end.
    var stopping: Instant
    var ready: Instant
    /// The old process was gone.
    var ended: Instant
    /// What devtop told from then until it was ready, and how long after the asking.
    var steps: [(what: String, after: Duration)] = []

    /// How long there was no process that answers, where the old one is stopped first.
    var restart: Duration { ready - stopping }
  }

  private static let limit: Duration = .seconds(60)

  let run: DevtopRun
  let lines: EventLines
  private(set) var done: [Times] = []
  private var position: Int
  private var runNumber: Double
  private var process: Int32

  /// Begins with the run that is ready now.
  ///
  /// - Throws: `BenchError.timedOut` when none gets ready.
  init(_ run: DevtopRun, _ lines: EventLines) throws(BenchError) {
    self.run = run
    self.lines = lines
    var position = 0
    let ready = try lines.wait(for: "the first run", after: &position, atMost: Self.limit) {
      EventLines.isState($0, of: OrdersApp.name, "ready")
    }
    self.position = position
    runNumber = ready.number("run") ?? 0
    process = ready.number("pid").map { Int32($0) } ?? 0
  }

  /// One reload: asks for it by `action` and waits until the new run is ready and the old process is gone.
  ///
  /// - Throws: `BenchError` of `action`, or `.timedOut`.
  mutating func next(_ action: (DevtopRun) throws(BenchError) -> Void) throws(BenchError) {
    let old = devtop_pidfd_open(process)
    defer { if old >= 0 { close(old) } }
    let (first, runNumber) = (position, runNumber)
    let asked = Clock.now
    try action(run)
    let ready = try lines.wait(
      for: "run \(Int(runNumber) + 1) or a later one", after: &position, atMost: Self.limit
    ) {
      EventLines.isState($0, of: OrdersApp.name, "ready") && ($0.number("run") ?? 0) > runNumber
    }
    let stopping = lines.all[first..<position].first {
      EventLines.isState($0, of: OrdersApp.name, "stopping")
    }
    if old >= 0 {
      var one = pollfd(fd: old, events: Int16(POLLIN), revents: 0)
      guard poll(&one, 1, Int32(clamping: Self.limit.inNanoseconds / 1_000_000)) == 1 else {
        throw .timedOut(waitingFor: "the end of process \(process), which was replaced")
      }
    }
    self.runNumber = ready.number("run") ?? runNumber
    process = ready.number("pid").map { Int32($0) } ?? 0
    var times = Times(
      asked: asked, stopping: stopping?.readAt ?? asked, ready: ready.readAt, ended: Clock.now)
    times.steps = lines.all[first..<position].compactMap { line in
      guard line.readAt >= asked, let event = line.text("event") else { return nil }
      return (line.text("state") ?? event, line.readAt - asked)
    }
    done.append(times)
  }

  /// What a reload made requests wait.
  struct Wait {
    var longest: Duration
    var restart: Duration

    var excess: Duration { longest - restart }
  }

  /// Of requests that were due from the asking for a reload until this long after its end, the reload is to blame.
  static let aftermath: Duration = .milliseconds(200)

  /// The longest wait of each reload, without those that saw no request.
  func waits(_ report: LoadReport) -> [Wait] {
    var answers = report.answers.sorted { $0.due < $1.due }[...]
    return done.compactMap { reload in
      answers = answers.drop { $0.due < reload.asked }
      let end = reload.ended + Self.aftermath
      return answers.prefix { $0.due < end }.map(\.latency).max().map {
        Wait(longest: $0, restart: reload.restart)
      }
    }
  }

  /// How devtop says that it reloaded: `1,000 × swap`.
  var strategies: [String] {
    let told = lines.all.filter { $0.isEvent("reload") }.map { line in
      ["strategy", "outcome"].compactMap { line.text($0) }.joined(separator: " ")
    }
    return Dictionary(grouping: told) { $0 }.map { "\(Figure.count($1.count)) × \($0)" }.sorted()
  }

  /// What devtop warned of, without repetitions.
  var warnings: [String] {
    let told = lines.all.filter { $0.isEvent("warning") || $0.isEvent("error") }
    return Set(told.compactMap { $0.text("message") }).sorted()
  }
}
