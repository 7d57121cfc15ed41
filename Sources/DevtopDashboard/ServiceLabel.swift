import DevtopCore

/// A service's state as the screen names it: a sign, a word, a role.
struct ServiceLabel {
  let sign: String
  /// `ready`, `exit 1`, `waiting`.
  let word: String
  let role: Theme.Token
  /// Since when, where that means something.
  var since: WallTime?
  /// What happens next: `in 0.4 s`, `for db`.
  var next: String?
  /// Restarts in a row after crashes, also of a service that is up again: `↻3`.
  var restarts: String?

  var isFailed: Bool { role == .serviceFailed }

  init(_ service: ServiceState, _ symbols: Symbols) {
    if service.backoff.attempts > 0 { restarts = "\(symbols.restarts)\(service.backoff.attempts)" }
    if let old = service.olderServing {
      let isFailed = if case .failed = service.process { true } else { false }
      sign = isFailed ? symbols.failed : symbols.ready
      role = isFailed ? .serviceFailed : .serviceReady
      word = "#\(old.run) serving"
      next = Self.beside(service.process)
      since = old.since.wall
      return
    }
    switch service.process {
    case .none:
      if service.spec.run == nil {
        sign = service.isRed ? symbols.failed : symbols.exited
        word = "build only"
        role = service.isRed ? .serviceFailed : .serviceStopped
      } else if service.isWanted {
        sign = symbols.waiting
        word = service.isRed ? "not built" : "waiting"
        role = .serviceWaiting
      } else {
        sign = symbols.stopped
        word = "stopped"
        role = .serviceStopped
      }
    case .waiting(_, let others):
      sign = symbols.waiting
      word = "waiting"
      role = .serviceWaiting
      next = others.isEmpty ? nil : "for " + others.map(\.name).joined(separator: ", ")
    case .starting(_, _, let moment):
      sign = symbols.starting
      word = "starting"
      role = .serviceStarting
      since = moment.wall
    case .ready(_, _, _, let moment):
      sign = symbols.ready
      word = "ready"
      role = .serviceReady
      since = moment.wall
    case .running(_, _, let moment):
      sign = symbols.ready
      word = "running"
      role = .serviceReady
      since = moment.wall
    case .stopping(_, _, let moment, let then):
      sign = symbols.starting
      word = "stopping"
      role = .serviceStarting
      since = moment.wall
      if case .start(let run) = then { next = "then #\(run)" }
    case .stopped:
      sign = symbols.stopped
      word = "stopped"
      role = .serviceStopped
      // By hand: what was before does not count any more.
      restarts = nil
    case .exited(_, let status):
      sign = symbols.exited
      word = status.isSuccess ? "done" : status.description
      role = .serviceStopped
    case .failed(_, let failure):
      sign = symbols.failed
      word = failure.status?.description ?? "failed"
      role = .serviceFailed
      if let pending = failure.restart {
        restarts = "\(symbols.restarts)\(pending.attempt)"
        next = "in \(Wording.delay(pending.delay))"
      } else {
        next = failure.reason
      }
    }
  }

  /// The newest run, beside the one that serves: `#7 starting`, `#7 exit 1`.
  private static func beside(_ process: ProcessPhase) -> String? {
    switch process {
    case .waiting(let run, _): "#\(run) waiting"
    case .starting(let run, _, _), .ready(let run, _, _, _), .running(let run, _, _),
      .stopping(_, _, _, then: .start(let run)):
      "#\(run) starting"
    case .failed(let run, let failure):
      "#\(run) \(failure.status?.description ?? failure.reason ?? "failed")"
    case .exited(let run, let status): "#\(run) \(status.description)"
    case .none, .stopping, .stopped: nil
    }
  }
}
