/// A point on the monotonic clock, in nanoseconds (CLOCK_MONOTONIC); it does not jump when the wall clock does.
package struct Instant: Hashable, Comparable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static let zero = Instant(nanoseconds: 0)

  package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
  package static func + (left: Instant, right: Duration) -> Instant {
    Instant(nanoseconds: left.nanoseconds + right.inNanoseconds)
  }
  package static func - (left: Instant, right: Instant) -> Duration {
    .nanoseconds(left.nanoseconds - right.nanoseconds)
  }
}

/// A point in calendar time: milliseconds since 1970-01-01T00:00:00Z.
package struct WallTime: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }
}

/// The two clocks, read together.
package struct Moment: Hashable, Sendable {
  /// For durations and timers.
  package var instant: Instant
  /// For display only.
  package var wall: WallTime

  package init(instant: Instant, wall: WallTime) {
    self.instant = instant
    self.wall = wall
  }

  package static let zero = Moment(instant: .zero, wall: WallTime(milliseconds: 0))
}

extension Duration {
  /// The duration in whole nanoseconds, rounded towards zero.
  package var inNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// The duration in milliseconds with a fraction.
  package var inMilliseconds: Double { Double(inNanoseconds) / 1e6 }
}
