/// What drawing needs beside the state: where and on what the screen is shown.
package struct DrawOptions: Equatable, Sendable {
  /// Seconds that local time is ahead of UTC; the screen shows local times of day.
  package var utcOffsetInSeconds: Int
  /// Borders and states in ASCII.
  package var usesASCII: Bool

  package init(utcOffsetInSeconds: Int = 0, usesASCII: Bool = false) {
    self.utcOffsetInSeconds = utcOffsetInSeconds
    self.usesASCII = usesASCII
  }
}
