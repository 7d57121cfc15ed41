package import DevtopCore
import Glibc

/// The local time zone of the person.
package enum LocalTime {
  /// Seconds that local time is ahead of UTC at a moment: for `DrawOptions`; it changes with daylight saving.
  package static func utcOffsetInSeconds(at time: WallTime) -> Int {
    var seconds = time_t(time.milliseconds / 1_000)
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
  }
}
