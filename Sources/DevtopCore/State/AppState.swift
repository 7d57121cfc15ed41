/// The whole state of a session; front ends show it, `update` changes it.
package struct AppState: Equatable, Sendable {
  package var configuration: Configuration
  /// In the order of the configuration.
  package var services: [ServiceState]
  /// The time of the event that is being handled.
  package var now: Moment
  package var phase: SessionPhase = .running
  /// When the session began to end.
  package var endingSince: Instant?
  /// Services whose clean-up commands run; they are stopped afterwards.
  package var cleaningUp: Set<ServiceID> = []
  package var watch = WatchState()
  /// Newest first, at most `fileEntryLimit`.
  package var files: [FileEntry] = []
  package var requests = RequestStats()
  /// Whether somebody reads reports of single requests; thousands a second cost more than to count them.
  package var reportsRequests = true
  package var screen = ScreenState()
  /// Files that log lines were written to, relative to the root: their change leads to nothing.
  package var exports: Set<String> = []
  /// The named filters of the project, by name.
  package var filters: [NamedFilter] = []
  package var keys: KeyTable
  /// How often process trees are sampled.
  package var sampling: Duration?
  /// Warnings and errors that no build explains, newest first, at most `noticeLimit`.
  package var notices: [Notice] = []
  /// What is wrong with the configuration on disk, as shown.
  package var rejection: [ConfigurationNotice] = []

  package static let fileEntryLimit = 500
  package static let noticeLimit = 50

  package init(configuration: Configuration, now: Moment = .zero) {
    self.configuration = configuration
    keys = KeyTable(overrides: configuration.keys)
    self.now = now
    services = configuration.services.map(ServiceState.init(spec:))
  }

  package func index(of id: ServiceID) -> Int? { services.firstIndex { $0.id == id } }

  package subscript(id: ServiceID) -> ServiceState? { services.first { $0.id == id } }
}

package enum SessionPhase: Equatable, Sendable {
  case running
  /// Services are being stopped; then devtop leaves with this exit status.
  case ending(status: Int32, isForced: Bool)
}

/// What the watcher does.
package struct WatchState: Equatable, Sendable {
  package var summary: WatchSummary?
  package var isPaused = false
  /// Changes that came while paused.
  package var changedWhilePaused = 0

  package init() {}
}

/// A row of the Files pane.
package struct FileEntry: Equatable, Sendable {
  package enum Outcome: Equatable, Sendable {
    case build([ServiceID: RunNumber])
    case restart([ServiceID])
    case ignored(rule: String)
    case unchanged
    case coalesced
    case paused
    case rule(name: String, of: ServiceID)
  }

  package var time: WallTime
  package var path: String
  package var kind: FileChange.Kind
  package var count: Int
  package var outcome: Outcome

  package init(time: WallTime, path: String, kind: FileChange.Kind, count: Int = 1, outcome: Outcome) {
    self.time = time
    self.path = path
    self.kind = kind
    self.count = count
    self.outcome = outcome
  }
}

/// Something that a person should know, kept until it is dismissed.
package struct Notice: Equatable, Sendable {
  package var isError: Bool
  package var time: WallTime
  package var text: ConfigurationNotice

  package init(isError: Bool, time: WallTime, text: ConfigurationNotice) {
    self.isError = isError
    self.time = time
    self.text = text
  }
}
