/// Where the requests for a service go.
package enum Traffic: Equatable, Sendable {
  /// No run has had them since the ports were last released: the proxy lets them wait by itself.
  case unrouted
  case routed(RunNumber)
  /// They wait for a run to be ready; so many restarts in a row have failed.
  case held(failures: Int)
  /// They are answered with 503 until a run is ready.
  case refused

  /// The run that has the requests.
  package var run: RunNumber? { if case .routed(let run) = self { run } else { nil } }

  /// After so many failed restarts in a row requests wait no more.
  package static let patience = 3
}

/// What stands in for the ports that a service cannot have as configured.
package struct PortFallback: Equatable, Sendable {
  package var mode: PortMode
  package var reason: String

  package init(mode: PortMode, reason: String) {
    self.mode = mode
    self.reason = reason
  }
}
