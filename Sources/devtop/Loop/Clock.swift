import DevtopCore
import Glibc

/// The two system clocks.
enum SystemClock {
  static var now: Moment { Moment(instant: instant, wall: wall) }

  static var instant: Instant { Instant(nanoseconds: read(CLOCK_MONOTONIC)) }

  static var wall: WallTime { WallTime(milliseconds: read(CLOCK_REALTIME) / 1_000_000) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
