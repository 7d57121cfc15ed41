/// How a new run takes the place of the old one.
package struct ReloadSpec: Equatable, Sendable {
  /// Nil: `swap` once a run has listened on a port that devtop took over, else stop and start.
  package var strategy: ReloadStrategy?
  /// How long requests in flight may take to finish on a run that was replaced.
  package var drain: Duration = .seconds(10)
  package var hold = HoldLimits()

  package init() {}
}

package enum ReloadStrategy: Hashable, Sendable {
  /// The new run starts beside the old one and replaces it once it is ready.
  case swap
  /// The old run is stopped, then the new one is started; requests wait meanwhile.
  case hold
  /// The running process is sent this signal number and reloads by itself.
  case signal(Int32)
  /// Nothing happens to the process.
  case none

  /// `swap`, `hold`, `signal`, `none`.
  package var name: String {
    switch self {
    case .swap: "swap"
    case .hold: "hold"
    case .signal: "signal"
    case .none: "none"
    }
  }
}

/// How many requests wait for a run, and how long.
package struct HoldLimits: Equatable, Sendable {
  package var time: Duration = .seconds(30)
  package var requests = 1_000
  /// Of all bodies that wait, together.
  package var bodiesInBytes = 64 << 20

  /// How long requests in flight that can be sent again may take to finish while others wait for them.
  package static let patience: Duration = .seconds(1)

  package init() {}
}
