/// What the proxy of a service does at the moment.
package struct ProxyLoad: Hashable, Sendable {
  /// Requests that were passed on and are not answered in full.
  package var inFlight = 0
  /// Requests that wait for a run.
  package var held = 0
  /// Connections of clients, also idle ones.
  package var connections = 0
  /// Connections that carry something other than HTTP/1.
  package var tunnels = 0
  /// Requests answered with 429 and 503 by the limiter, the queue and the breaker, since the start.
  package var limited = 0
  package var rejected = 0
  package var breaker: BreakerState = .closed

  package init() {}
}

package enum BreakerState: String, Hashable, Sendable {
  case closed
  case open
  case halfOpen = "half-open"
}
