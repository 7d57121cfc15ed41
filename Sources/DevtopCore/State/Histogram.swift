/// A log-linear histogram of durations: 16 buckets an octave, so a percentile is off by at most 6 %.
package struct Histogram: Equatable, Sendable {
  private static let bucketsPerOctave = 16
  /// Counts by bucket of microseconds; grows to the largest value seen.
  private var counts: [UInt32] = []
  package private(set) var count = 0
  package private(set) var largest: Duration = .zero

  package init() {}

  package mutating func record(_ duration: Duration) {
    let index = Self.bucket(ofMicroseconds: max(0, duration.inNanoseconds / 1_000))
    while counts.count <= index { counts.append(0) }
    counts[index] += 1
    count += 1
    largest = max(largest, duration)
  }

  /// The duration that `share` (0 to 1) of the values do not exceed; nil where nothing was recorded.
  package func percentile(_ share: Double) -> Duration? {
    guard count > 0 else { return nil }
    let wanted = max(1, Int((share * Double(count)).rounded(.up)))
    var seen = 0
    for (index, number) in counts.enumerated() {
      seen += Int(number)
      if seen >= wanted { return min(.microseconds(Self.upperBound(ofBucket: index)), largest) }
    }
    return largest
  }

  private static func bucket(ofMicroseconds value: Int64) -> Int {
    guard value >= Int64(bucketsPerOctave) else { return Int(value) }
    let exponent = 63 - value.leadingZeroBitCount
    let shift = exponent - 4
    return (shift + 1) * bucketsPerOctave + Int((value >> Int64(shift)) & 15)
  }

  private static func upperBound(ofBucket index: Int) -> Int64 {
    guard index >= bucketsPerOctave else { return Int64(index) }
    let shift = Int64(index / bucketsPerOctave - 1)
    let mantissa = Int64(index % bucketsPerOctave + bucketsPerOctave)
    return ((mantissa + 1) << shift) - 1
  }
}
