import Glibc

/// The two system clocks; `update` gets its time from `AppState.now` instead.
package enum SystemClock {
  package static var now: Moment { Moment(instant: instant, wall: wall) }

  /// CLOCK_MONOTONIC.
  package static var instant: Instant { Instant(nanoseconds: monotonicNanoseconds) }

  /// CLOCK_REALTIME.
  package static var wall: WallTime { WallTime(milliseconds: wallNanoseconds / 1_000_000) }

  /// CLOCK_MONOTONIC in nanoseconds, for those who count with plain numbers.
  package static var monotonicNanoseconds: Int64 { read(CLOCK_MONOTONIC) }

  /// CLOCK_MONOTONIC_COARSE in nanoseconds: up to a tick (10 ms at most) behind, and much cheaper to read, for deadlines
  /// that are set often and hardly ever pass.
  package static var coarseNanoseconds: Int64 { read(CLOCK_MONOTONIC_COARSE) }

  /// CLOCK_MONOTONIC in milliseconds, as `poll(2)` counts.
  package static var monotonicMilliseconds: Int64 { monotonicNanoseconds / 1_000_000 }

  /// CLOCK_REALTIME in nanoseconds.
  package static var wallNanoseconds: Int64 { read(CLOCK_REALTIME) }

  /// CLOCK_REALTIME_COARSE in nanoseconds, up to a tick (10 ms at most) behind: the clock that file times come from, so
  /// that what is written later has no earlier time (the kernel's `current_time`; its finer times are never before it).
  package static var fileNanoseconds: Int64 { read(CLOCK_REALTIME_COARSE) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
