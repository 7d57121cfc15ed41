import Testing

@testable import DevtopCore

/// A machine that does for one service what `update` asks for, in any order and with any result that may happen.
struct Machine {
  /// What became of a run that was asked for.
  struct Run {
    enum Life { case asked, up, exited }

    var life: Life = .asked
    var listens = false
    var isReady = false
    var isToStop = false
    var isDraining = false
  }

  private(set) var session: Session
  private(set) var runs: [RunNumber: Run] = [:]
  private(set) var hasExited = false
  private var started: Set<RunNumber> = []
  private var build: RunNumber?
  private var isCancelled = false
  private var timers: Set<TimerID> = []
  private var random: SeededGenerator
  private let id: ServiceID = "api"

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    var spec = ServiceSpec.go()
    spec.reload.strategy = random.one(of: [nil, nil, nil, .swap, .hold, .signal(10), ReloadStrategy.none])
    spec.ports.mode = random.one(of: [.takeover, .takeover, .handoff, .off, .environment(variable: "PORT")])
    spec.readiness = random.one(of: [.listener, .started, .http(path: "/", port: nil)])
    spec.restart = random.one(of: [.onFailure, .always, .never])
    spec.stopsOnBuildError = random.one(of: [false, false, true])
    session = Session(spec)
    apply(.began)
  }

  private var service: ServiceState { session.service(id) }

  // MARK: Steps

  /// Anything that may happen next.
  mutating func step() {
    var events = results(areGood: false)
    events += [
      .action(.restart), .action(.start), .action(.rebuild),
      random.one(of: [.command(.restart(id)), .command(.restart(id)), .action(.stop), .action(.hardRestart)]),
    ]
    if random.number(0...300) == 0 { events = [.portsFellBack(id, .off, reason: "a reason")] }
    for content in 0..<4 {
      let path = random.one(of: ["main.go", "a.css", ".env"])
      let role: FileChange.Role = path == "main.go" ? .source : path == "a.css" ? .asset : .environment
      let change = FileChange(
        path: path, oldContent: UInt64(content), newContent: UInt64(content + 1), roles: [id: role])
      events.append(.filesChanged([change]))
    }
    apply(random.one(of: events), after: .milliseconds(random.number(0...3_000)))
  }

  /// Everything that is under way comes to a good end, until nothing is.
  mutating func settle() {
    for _ in 0..<500 {
      guard let event = results(areGood: true).randomElement(using: &random) else { return }
      apply(event, after: .milliseconds(1))
    }
    Issue.record("it does not settle: \(service.process), \(service.older)")
  }

  /// What may come of what is under way.
  private func results(areGood: Bool) -> [Event] {
    var events: [Event] = []
    if let build {
      let results: [BuildOutcome.Result] =
        isCancelled
        ? [.cancelled] : areGood ? [.succeeded] : [.succeeded, .failed(status: .code(1), reason: nil)]
      for result in results {
        for changed in areGood ? [true] : [true, false] {
          events.append(.buildFinished(id, build, BuildOutcome(result, binaryChanged: changed)))
        }
      }
    }
    for (number, run) in runs {
      switch run.life {
      case .asked:
        events.append(.processStarted(id, number, pid: Int32(number)))
        if !areGood { events.append(.startFailed(id, number, "it cannot")) }
      case .up:
        if run.isToStop || !areGood {
          events.append(.processExited(id, number, run.isToStop ? .code(0) : .code(2)))
        }
        if !run.isToStop, !run.listens { events.append(.listening(id, number, .fronted)) }
        if !run.isToStop, run.listens || !areGood, !run.isReady {
          events.append(.processReady(id, number, port: 8080))
        }
      case .exited: events.append(.processEnded(id, number))
      }
      if run.isDraining, !run.isToStop { events.append(.drained(id, number, closed: 0)) }
    }
    for timer in timers {
      if areGood, case .ready = timer { continue }
      events.append(.timer(timer))
    }
    return events
  }

  mutating func apply(_ event: Event, after wait: Duration = .zero) {
    if case .timer(let timer) = event { timers.remove(timer) }
    session.advance(wait)
    switch event {
    case .buildFinished: build = nil
    case .processStarted(_, let run, _): runs[run]?.life = .up
    case .startFailed(_, let run, _), .processEnded(_, let run): runs[run] = nil
    case .processReady(_, let run, _): runs[run]?.isReady = true
    case .listening(_, let run, _): runs[run]?.listens = true
    case .processExited(_, let run, _): runs[run]?.life = .exited
    default: break
    }
    session.on(event)
    for effect in session.effects { carryOut(effect, event) }
    check(after: event)
  }

  private mutating func carryOut(_ effect: Effect, _ event: Event) {
    switch effect {
    case .build(_, let run, _):
      #expect(build == nil)
      (build, isCancelled) = (run, false)
    case .cancelBuild: isCancelled = true
    case .start(_, let run):
      #expect(started.insert(run).inserted, "run \(run) started twice")
      runs[run] = Run()
    case .stop(_, let run, _): runs[run]?.isToStop = true
    case .route(_, let run):
      #expect(runs[run]?.life == .up && runs[run]?.isToStop == false, "route after \(event)")
    case .drain(_, let run, _, _): runs[run]?.isDraining = true
    case .signal(_, let run, _): #expect(runs[run]?.life == .up)
    case .setTimer(let timer, _): timers.insert(timer)
    case .cancelTimer(let timer): timers.remove(timer)
    case .exit: hasExited = true
    default: break
    }
  }

  // MARK: What always holds

  private func check(after event: Event) {
    let service = service
    let known = service.older.map(\.run) + (service.liveRun.map { [$0] } ?? [])
    #expect(Set(known) == Set(runs.keys) && known.count == runs.count, "runs after \(event)")
    #expect(service.older.count { $0.duty == .serving } <= 1)
    #expect(service.older.count { $0.duty == .draining } <= OlderRun.drainingLimit)
    #expect(
      runs.values.count { !$0.isToStop && !$0.isDraining && $0.life != .exited } <= 2, "runs after \(event)")
    for old in service.older {
      #expect(runs[old.run]?.isToStop == (old.duty == .ending), "\(old) after \(event)")
    }
    if case .stopped = service.process { #expect(known.isEmpty, "after \(event)") }
    if let old = service.olderServing { #expect(service.traffic == .routed(old.run), "after \(event)") }
    if case .routed(let run) = service.traffic, service.olderServing == nil, session.state.phase == .running {
      let mayServe =
        switch service.process {
        case .ready(run, _, _, _): true
        // It listens, and its time to get ready is up.
        case .starting(run, _, _): !timers.contains(.ready(service.id, run))
        default: false
        }
      #expect(mayServe, "\(service.process) after \(event)")
    }
  }
}

/// A generator that gives the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var word: UInt64

  init(seed: UInt64) { word = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    word &+= 0x9E37_79B9_7F4A_7C15
    var value = word
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }
  mutating func one<Value>(of values: [Value]) -> Value { values[number(0...values.count - 1)] }
}
