package import DevtopCore

/// Leaves a service alone for a while when too many of its answers are failures.
///
/// Closed, it counts the ends of requests in a window of ten parts that slides; open, it lets nothing through;
/// half-open, it lets a few requests try, and the first failure among them opens it again.
package struct CircuitBreaker: Sendable {
  package enum Verdict: Equatable, Sendable {
    /// Tell the end of the request with the ticket, whatever it is.
    case pass(Ticket)
    /// Answer with 503, or by the fallback.
    case reject(retryAfter: Duration)
  }

  /// Belongs to one request; worth nothing once the state has changed.
  package struct Ticket: Equatable, Sendable {
    fileprivate let epoch: Int
  }

  private enum State {
    case closed(FailureWindow)
    case open(until: Instant)
    case halfOpen(underWay: Int, succeeded: Int)
  }

  private let spec: BreakerSpec
  private var state: State
  private var epoch = 0

  package init(_ spec: BreakerSpec) {
    self.spec = spec
    state = .closed(FailureWindow(spec.over))
  }

  /// For display: open until a request comes after its time.
  package var shown: BreakerState {
    switch state {
    case .closed: .closed
    case .open: .open
    case .halfOpen: .halfOpen
    }
  }

  /// What happens to a request that comes now.
  package mutating func request(at now: Instant) -> Verdict {
    if case .open(let end) = state {
      guard now >= end else { return .reject(retryAfter: end - now) }
      change(to: .halfOpen(underWay: 0, succeeded: 0))
    }
    if case .halfOpen(let underWay, let succeeded) = state {
      guard underWay + succeeded < max(1, spec.probes) else { return .reject(retryAfter: .seconds(1)) }
      state = .halfOpen(underWay: underWay + 1, succeeded: succeeded)
    }
    return .pass(Ticket(epoch: epoch))
  }

  /// Takes note of how a request ended that had passed.
  package mutating func ended(_ ticket: Ticket, _ end: UpstreamEnd, at now: Instant) {
    guard ticket.epoch == epoch else { return }
    let isFailure = Self.isFailure(end)
    switch state {
    case .open: return
    case .closed(var window):
      guard let isFailure else { return }
      window.count(isFailure: isFailure, at: now)
      let total = window.total
      if total >= max(1, spec.min), window.failures > 0,
        Double(window.failures) >= spec.failures * Double(total)
      {
        change(to: .open(until: now + spec.open))
      } else {
        state = .closed(window)
      }
    case .halfOpen(let underWay, let succeeded):
      switch isFailure {
      case nil: state = .halfOpen(underWay: underWay - 1, succeeded: succeeded)
      case true?: change(to: .open(until: now + spec.open))
      case false? where succeeded + 1 >= max(1, spec.probes): change(to: .closed(FailureWindow(spec.over)))
      case false?: state = .halfOpen(underWay: underWay - 1, succeeded: succeeded + 1)
      }
    }
  }

  /// Whether an end speaks against the service; nil: it says nothing about it.
  package static func isFailure(_ end: UpstreamEnd) -> Bool? {
    switch end {
    case .answered(let status): status >= 500
    case .connectFailed, .timedOut, .brokeOff: true
    case .clientGone, .reloaded: nil
    }
  }

  private mutating func change(to new: State) {
    state = new
    epoch += 1
  }
}
