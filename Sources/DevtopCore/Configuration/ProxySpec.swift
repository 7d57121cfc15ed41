/// What the proxy in front of a service does beside passing requests on.
package struct ProxySpec: Equatable, Sendable {
  package var reloadsBrowsers = true
  /// Whether `Cache-Control` and `Expires` of answers stay as the service sent them; otherwise `no-cache` replaces them.
  package var keepsCacheHeaders = false
  /// So much of each body is kept for the Requests pane; 0: nothing.
  package var captureInBytes = 0
  package var limits = ProxyLimits()
  package var protection = ProtectionSpec()

  package init() {}
}

/// What the proxy accepts from clients.
package struct ProxyLimits: Equatable, Sendable {
  /// Of the request line; beyond it 414.
  package var requestLineInBytes = 16 << 10
  /// Of the whole head; beyond it 431.
  package var headInBytes = 64 << 10
  /// Beyond it 431.
  package var fields = 200
  /// Of a body; beyond it 413; nil: no limit.
  package var bodyInBytes: Int?
  /// Until a head is complete, from its first byte; then 408.
  package var headTime: Duration = .seconds(60)
  /// Between two pieces of a body; then 408.
  package var bodyTime: Duration = .seconds(60)
  /// Of a connection between two requests; then it is closed.
  package var idleTime: Duration = .seconds(300)
  /// Until the service has sent the head of its answer; then 504; nil: no limit, since a debugger may hold it.
  package var answerTime: Duration?

  package init() {}
}

/// Protection as production has it; each part is off while it is nil.
package struct ProtectionSpec: Equatable, Sendable {
  package var limit: RateLimitSpec?
  package var maxInFlight: Int?
  /// Requests that wait for a place under `maxInFlight`.
  package var maxQueue: Int?
  package var breaker: BreakerSpec?
  package var retry: RetrySpec?
  /// For trying a client; takes effect when it is switched on.
  package var fault: FaultSpec?

  package init() {}
}

/// So many requests in a time; beyond it 429 with Retry-After.
package struct RateLimitSpec: Equatable, Sendable {
  package enum Kind: String, Hashable, CaseIterable, Sendable {
    /// Lets a burst through at once.
    case token
    /// Lets requests through evenly; a burst waits.
    case leaky
  }

  package var requests: Int
  package var per: Duration
  package var burst: Int
  package var kind: Kind = .token

  package init(requests: Int, per: Duration, burst: Int) {
    self.requests = requests
    self.per = per
    self.burst = burst
  }
}

/// When a service counts as broken, and for how long it is left alone.
package struct BreakerSpec: Equatable, Sendable {
  /// Share of failures that opens it, 0 to 1.
  package var failures = 0.5
  package var over: Duration = .seconds(10)
  /// Fewer requests within `over` never open it.
  package var min = 20
  package var open: Duration = .seconds(5)
  /// Requests let through when half-open; all must succeed to close it.
  package var probes = 3
  package var fallback: Fallback?

  package init() {}

  package enum Fallback: Hashable, Sendable {
    /// Absolute; sent with status 503.
    case file(String)
    case upstream(SocketAddress)
  }
}

/// Further attempts for requests that are safe to repeat.
package struct RetrySpec: Equatable, Sendable {
  /// The first one counted.
  package var attempts = 3
  /// Before the second attempt; doubles with each one.
  package var backoff: Duration = .milliseconds(100)
  /// Of one attempt.
  package var timeout: Duration = .seconds(5)

  package init() {}
}

/// Trouble made on purpose.
package struct FaultSpec: Equatable, Sendable {
  package var delay: Duration = .zero
  /// Each delay is within this of `delay`, either way.
  package var jitter: Duration = .zero
  /// Share of answers replaced by `status`, 0 to 1.
  package var errors = 0.0
  package var status = 503
  /// Nil: as fast as it goes.
  package var bytesPerSecond: Int?

  package init() {}
}
