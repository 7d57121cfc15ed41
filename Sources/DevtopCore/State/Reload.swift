/// A new run that is to take the place of another.
package struct Reload: Equatable, Sendable {
  package var strategy: ReloadStrategy
  package var from: RunNumber
  package var to: RunNumber

  package init(_ strategy: ReloadStrategy, from: RunNumber, to: RunNumber) {
    self.strategy = strategy
    self.from = from
    self.to = to
  }

  package enum Outcome: String, Hashable, Sendable {
    /// The new run has the requests.
    case ready
    /// It ended or was not ready in time.
    case failed
    /// The same, and it is tried once more with the old run stopped.
    case retried
  }
}

/// What the reloads of this session have taught about a service.
package enum ReloadLesson: Equatable, Sendable {
  case nothing
  /// Two runs have lived beside each other.
  case swapWorks
  /// A run failed beside its predecessor, as `why` says; this run is tried with the predecessor stopped.
  case triesHold(RunNumber, why: String)
  /// That run got ready: two at once do not work.
  case needsHold
  /// That run failed, too: not the predecessor is in its way.
  case holdDidNotHelp
}
