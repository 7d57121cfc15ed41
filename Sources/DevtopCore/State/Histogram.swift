/// A log-linear histogram of durations: 16 buckets an octave, so a percentile is off by at most 6 %.
///
/// Only the octaves between the shortest and the longest value take memory, 64 bytes each: 256 bytes for a route that
/// answers in 1 to 16 ms, and never more than 1,856 bytes. 10,000 routes with two runs each are bounded by 37 MB.
package struct Histogram: Equatable, Sendable {
  private static let bucketsPerOctave = 16
  /// Up to 2³² µs, which is 71 minutes; what takes longer is in the last bucket.
  private static let bucketCount = 29 * bucketsPerOctave
  /// Counts by bucket of microseconds, from `first` on; whole octaves.
  private var counts: [UInt32] = []
  private var first = 0
  package private(set) var count = 0
  package private(set) var largest: Duration = .zero

  package init() {}

  package mutating func record(_ value: Duration) {
    // No answer takes 30 years; nanoseconds of it fit their type.
    let duration = max(.zero, min(value, .seconds(1_000_000_000)))
    let index = min(Self.bucket(ofMicroseconds: duration.inNanoseconds / 1_000), Self.bucketCount - 1)
    makeRoom(for: index..<index + 1)
    // One that is full stays so: 4,294,967,295 values of one octave's sixteenth say enough.
    if counts[index - first] < .max { counts[index - first] += 1 }
    count += 1
    largest = max(largest, duration)
  }

  /// Adds what another one has recorded.
  package mutating func merge(_ other: Histogram) {
    guard !other.counts.isEmpty else { return }
    makeRoom(for: other.first..<other.first + other.counts.count)
    for (offset, number) in other.counts.enumerated() {
      let index = other.first + offset - first
      let (sum, isOver) = counts[index].addingReportingOverflow(number)
      counts[index] = isOver ? .max : sum
    }
    count += other.count
    largest = max(largest, other.largest)
  }

  /// The duration that `share` (0 to 1) of the values do not exceed; nil where nothing was recorded.
  package func percentile(_ share: Double) -> Duration? {
    guard count > 0 else { return nil }
    let wanted = max(1, Int((share * Double(count)).rounded(.up)))
    var seen = 0
    for (offset, number) in counts.enumerated() where number > 0 {
      seen += Int(number)
      guard seen >= wanted else { continue }
      let index = first + offset
      if index == Self.bucketCount - 1 { return largest }
      return min(.microseconds(Self.upperBound(ofBucket: index)), largest)
    }
    return largest
  }

  /// How many of the values are shorter than a duration; values within 6 % of it may count on either side.
  package func count(below limit: Duration) -> Int {
    let end = Self.bucket(ofMicroseconds: max(0, limit.inNanoseconds / 1_000 - 1)) + 1
    return counts.prefix(max(0, end - first)).reduce(0) { $0 + Int($1) }
  }

  /// How much memory the counts take.
  var sizeInBytes: Int { counts.count * MemoryLayout<UInt32>.stride }

  /// Makes the octaves of these buckets be among those that are counted.
  private mutating func makeRoom(for buckets: Range<Int>) {
    let octave = Self.bucketsPerOctave
    let low = buckets.lowerBound / octave * octave
    let high = (buckets.upperBound + octave - 1) / octave * octave
    guard !counts.isEmpty else {
      first = low
      counts = [UInt32](repeating: 0, count: high - low)
      return
    }
    let end = first + counts.count
    guard low < first || high > end else { return }
    var wider = [UInt32](repeating: 0, count: max(high, end) - min(low, first))
    let shift = first - min(low, first)
    for (offset, number) in counts.enumerated() { wider[shift + offset] = number }
    counts = wider
    first -= shift
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
