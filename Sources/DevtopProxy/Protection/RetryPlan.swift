package import DevtopCore

/// Whether and when a request is sent once more.
package struct RetryPlan: Sendable {
  package enum Decision: Equatable, Sendable {
    case retry(after: Duration)
    /// Answer with what is known: 502, or 504 after a time limit.
    case giveUp
  }

  /// How far a request had come when its attempt failed.
  package enum Progress: Equatable, Sendable {
    /// No byte of it had left.
    case notSent
    case sent
    /// Something of an answer was passed on to the client.
    case answered
  }

  /// Longer the wait before an attempt never gets.
  package static let longestBackoff: Duration = .seconds(10)

  private let spec: RetrySpec

  package init(_ spec: RetrySpec) { self.spec = spec }

  /// Of one attempt.
  package var timeout: Duration { spec.timeout }

  /// How often a request is sent, at most.
  package var attempts: Int { spec.attempts }

  /// What follows an attempt that failed.
  ///
  /// - Parameters:
  ///   - attempt: Its number, from 1.
  ///   - method: Of the request; RFC 9110 §9.2.2 says which may be sent twice.
  ///   - end: How the attempt ended; an answer, whatever its status, is passed on.
  ///   - progress: How far it had come.
  ///   - isBodyKept: Whether the whole body could be sent again, or there is none.
  /// - Returns: The decision.
  package func next(
    after attempt: Int, method: String, end: UpstreamEnd, progress: Progress, isBodyKept: Bool
  ) -> Decision {
    switch end {
    case .answered, .clientGone: return .giveUp
    case .connectFailed, .timedOut, .brokeOff, .reloaded: break
    }
    switch progress {
    case .answered: return .giveUp
    case .sent: guard Self.isIdempotent(method), isBodyKept else { return .giveUp }
    case .notSent: break
    }
    guard attempt >= 1, attempt < spec.attempts else { return .giveUp }
    return .retry(after: backoff(after: attempt))
  }

  /// Doubles with each attempt, up to the longest.
  private func backoff(after attempt: Int) -> Duration {
    let limit = Self.longestBackoff.inNanoseconds
    let first = max(0, spec.backoff.inNanoseconds)
    let (doubled, overflows) = first.multipliedReportingOverflow(by: 1 << Int64(min(attempt - 1, 40)))
    return .nanoseconds(overflows ? limit : min(doubled, limit))
  }

  /// RFC 9110 §9.2.2.
  package static func isIdempotent(_ method: String) -> Bool {
    ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(method)
  }
}
