/// What was answered within one second.
package struct RequestSecond: Equatable, Sendable {
  package private(set) var count = 0
  package private(set) var durations = Histogram()
  /// A run that had its first request.
  package var newRun: RunNumber?

  package init() {}

  mutating func record(_ sample: RequestSample) {
    count += 1
    if sample.isTimed, let duration = sample.duration { durations.record(duration) }
  }

  /// Adds what another service did in the same second.
  mutating func merge(_ other: RequestSecond) {
    count += other.count
    durations.merge(other.durations)
    newRun = newRun ?? other.newRun
  }
}
