package import DevtopCore

/// Trouble made on purpose, request by request.
package struct FaultPlan: Sendable {
  package struct Fault: Equatable, Sendable {
    /// Before the request is passed on, or answered with `status`.
    package var delay: Duration
    /// Answered with this instead of being passed on; nil: it is passed on.
    package var status: Int?
  }

  private let spec: FaultSpec

  package init(_ spec: FaultSpec) { self.spec = spec }

  /// What happens to the next request.
  package func next(using random: inout some RandomNumberGenerator) -> Fault {
    let jitter = max(0, spec.jitter.inNanoseconds)
    let shift = Int64.random(in: -jitter...jitter, using: &random)
    let (delay, overflows) = spec.delay.inNanoseconds.addingReportingOverflow(shift)
    let fails = Double.random(in: 0..<1, using: &random) < spec.errors
    return Fault(delay: .nanoseconds(overflows ? .max : max(0, delay)), status: fails ? spec.status : nil)
  }

  /// Of one answer; nil: as fast as it goes.
  package var pacer: BandwidthPacer? { spec.bytesPerSecond.map { BandwidthPacer(bytesPerSecond: $0) } }
}
