package import DevtopCore

/// Lets so many requests in a time pass, and says when the others may.
///
/// Exact whatever the rate: time is counted in parts of a nanosecond of which each request is worth a whole number.
package struct RateLimiter: Sendable {
  package enum Verdict: Equatable, Sendable {
    case admit
    /// Pass it on then; only where bursts wait (`leaky`). Its place stays taken should it go away.
    case wait(until: Instant)
    /// Answer with 429.
    case reject(retryAfter: Duration)
  }

  private let kind: RateLimitSpec.Kind
  /// Requests in `per`: so many parts make a nanosecond.
  private let requests: Int128
  /// Parts that a request is worth: `per` in nanoseconds.
  private let cost: Int128
  private let burst: Int128
  /// `token`: when the bucket is full, `leaky`: when the next request may pass; in parts.
  private var horizon = Int128.min

  /// A rate or a burst under one counts as one.
  package init(_ spec: RateLimitSpec) {
    kind = spec.kind
    requests = Int128(max(1, spec.requests))
    cost = Int128(max(1, spec.per.inNanoseconds))
    burst = Int128(max(1, spec.burst))
  }

  /// What happens to a request that comes now.
  package mutating func admit(at now: Instant) -> Verdict {
    let time = Int128(now.nanoseconds) * requests
    let next = max(horizon, time)
    switch kind {
    case .token:
      // A bucket that is full in n × cost has room for all tokens but n.
      let excess = next + cost - time - burst * cost
      guard excess <= 0 else { return .reject(retryAfter: .nanoseconds(roundedUp(excess))) }
      horizon = next + cost
      return .admit
    case .leaky:
      // `burst` requests may wait; the one after them comes when the first of them has passed.
      let excess = next - time - burst * cost
      guard excess <= 0 else { return .reject(retryAfter: .nanoseconds(roundedUp(excess))) }
      horizon = next + cost
      return next == time ? .admit : .wait(until: Instant(nanoseconds: roundedUp(next)))
    }
  }

  /// Parts in nanoseconds.
  private func roundedUp(_ parts: Int128) -> Int64 { Int64(clamping: (parts + requests - 1) / requests) }
}
