import DevtopCore

/// Counts of what ended within a time before now, in ten parts: the oldest part leaves at once as a whole.
struct FailureWindow {
  private struct Part {
    /// Which tenth of the time since the clock's zero it counts.
    var number: Int64
    var total = 0
    var failures = 0
  }

  private static let partCount: Int64 = 10

  private let partInNanoseconds: Int64
  private var parts: [Part] = []
  private(set) var total = 0
  private(set) var failures = 0

  init(_ duration: Duration) { partInNanoseconds = max(1, duration.inNanoseconds / Self.partCount) }

  /// Counts one more, and forgets what is too old.
  mutating func count(isFailure: Bool, at now: Instant) {
    let number = now.nanoseconds / partInNanoseconds
    while let oldest = parts.first, oldest.number <= number - Self.partCount {
      total -= oldest.total
      failures -= oldest.failures
      parts.removeFirst()
    }
    if parts.last?.number != number { parts.append(Part(number: number)) }
    parts[parts.count - 1].total += 1
    total += 1
    guard isFailure else { return }
    parts[parts.count - 1].failures += 1
    failures += 1
  }
}
