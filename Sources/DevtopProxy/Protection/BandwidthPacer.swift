package import DevtopCore

/// Says when the bytes of a body are sent so that they flow at a rate.
///
/// Send pieces of `pieceInBytes` at most, each when the one before it says. Time that nothing was sent in is not made up for.
package struct BandwidthPacer: Sendable {
  private let rate: Int128
  /// Where the clock stands when all bytes so far have flowed, in parts of a nanosecond: `rate` of them make one.
  private var horizon = Int128.min

  /// A rate under one counts as one.
  package init(bytesPerSecond: Int) { rate = Int128(max(1, bytesPerSecond)) }

  /// What flows in a twentieth of a second.
  package var pieceInBytes: Int { max(1, Int(clamping: rate / 20)) }

  /// Takes note of bytes that are sent now, and says when the next ones may be.
  package mutating func sent(_ bytes: Int, at now: Instant) -> Instant {
    let time = Int128(now.nanoseconds) * rate
    horizon = max(horizon, time) + Int128(max(0, bytes)) * 1_000_000_000
    return Instant(nanoseconds: Int64(clamping: (horizon + rate - 1) / rate))
  }
}
