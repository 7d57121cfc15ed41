/// One event of the session as plain and JSON mode tell it: a stable interface, documented in the README.
package enum Report: Equatable, Sendable {
  case sessionStarted(project: String, services: [ServiceID], configuration: String)
  case watchReady(WatchSummary)
  case filesChanged(paths: [String], result: ChangeResult, services: [ServiceID], rule: String?)
  case buildStarted(ServiceID, RunNumber)
  case diagnostic(ServiceID, RunNumber, Diagnostic)
  case buildFinished(ServiceID, RunNumber, BuildOutcome)
  case serviceState(ServiceID, RunNumber, StateName, pid: Int32?, port: UInt16?, status: ExitStatus?)
  /// devtop listens in the place of a run.
  case listening(ServiceID, RunNumber, TakenPort)
  case portsFellBack(ServiceID, PortMode, reason: String)
  /// What a planned reload led to.
  case reload(ServiceID, Reload, Reload.Outcome)
  /// A run that was replaced has no requests left; so many connections were closed when its time was up.
  case drained(ServiceID, RunNumber, closed: Int)
  case request(RequestSample)
  case warning(ConfigurationNotice)
  case error(ConfigurationNotice)
  case sessionEnded(status: Int32)

  /// What a change led to.
  package enum ChangeResult: String, Hashable, Sendable {
    case build
    case restart
    case ignored
    case unchanged
    case coalesced
    case paused
  }

  /// The states of a service by name.
  package enum StateName: String, Hashable, Sendable {
    case waiting
    case starting
    case ready
    case running
    case stopping
    case stopped
    /// Ended with status 0, or as its policy expects.
    case exited
    case failed
  }
}
