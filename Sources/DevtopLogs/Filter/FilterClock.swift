package import DevtopCore

/// What times in a filter are relative to.
package struct FilterClock: Equatable, Sendable {
  package var now: WallTime
  /// Seconds that local time is ahead of UTC: times of day are local.
  package var utcOffsetInSeconds: Int

  package init(now: WallTime = SystemClock.wall, utcOffsetInSeconds: Int = 0) {
    self.now = now
    self.utcOffsetInSeconds = utcOffsetInSeconds
  }

  private static let day: Int64 = 86_400_000
  /// A time of day that is further ahead is meant to be yesterday's.
  private static let ahead: Int64 = 60_000

  /// The newest moment with this time of day, in milliseconds since midnight.
  func moment(atTimeOfDay milliseconds: Int64) -> Int64 {
    let offset = Int64(utcOffsetInSeconds) * 1_000
    let local = now.milliseconds + offset
    let sinceMidnight = ((local % Self.day) + Self.day) % Self.day
    let today = local - sinceMidnight + milliseconds - offset
    return today > now.milliseconds + Self.ahead ? today - Self.day : today
  }

  /// `14:02:33.120` in local time.
  package func timeOfDay(_ time: WallTime) -> String {
    let local = time.milliseconds + Int64(utcOffsetInSeconds) * 1_000
    let rest = ((local % Self.day) + Self.day) % Self.day
    func digits(_ value: Int64, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return
      "\(digits(rest / 3_600_000, 2)):\(digits(rest / 60_000 % 60, 2)):\(digits(rest / 1_000 % 60, 2)).\(digits(rest % 1_000, 3))"
  }
}
