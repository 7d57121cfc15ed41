import DevtopCore
import Glibc

/// The two system clocks.
enum SystemClock {
  static var now: Moment { Moment(instant: instant, wall: wall) }

  static var instant: Instant { Instant(nanoseconds: read(CLOCK_MONOTONIC)) }

  static var wall: WallTime { WallTime(milliseconds: read(CLOCK_REALTIME) / 1_000_000) }

  /// Seconds east of UTC of a moment in the local time zone.
  static func zoneOffset(at time: WallTime) -> Int {
    var seconds = time_t(time.milliseconds / 1_000)
    var local = tm()
    localtime_r(&seconds, &local)
    return local.tm_gmtoff
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
