import DevtopCore
import Glibc

/// The monotonic clock, and waiting by it.
enum Clock {
  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  static func sleep(until instant: Instant) {
    while true {
      let left = (instant - now).inNanoseconds
      guard left > 0 else { return }
      usleep(UInt32(clamping: min(left / 1_000 + 1, 100_000)))
    }
  }

  static func sleep(_ duration: Duration) { sleep(until: now + duration) }
}
