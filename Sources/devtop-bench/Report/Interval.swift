/// Where the median of what pairs of measurements gave lies.
///
/// By order statistics, so that nothing is assumed of the distribution: with at least 95 % where there are six pairs or
/// more; of fewer, from the least to the greatest (five: 94 %).
struct Interval {
  let lower: Double
  let median: Double
  let upper: Double

  /// `values` must not be empty.
  init(_ values: [Double]) {
    let sorted = values.sorted()
    // So many at each end may be left out: the tail of the binomial distribution at ½ stays under 2.5 %.
    var (left, tail, term) = (0, 0.0, 1.0)
    for _ in sorted { term /= 2 }
    while left < sorted.count / 2 {
      tail += term
      guard tail <= 0.025 else { break }
      term = term * Double(sorted.count - left) / Double(left + 1)
      left += 1
    }
    let outer = max(left - 1, 0)
    lower = sorted[outer]
    upper = sorted[sorted.count - 1 - outer]
    median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// `1.08 × (1.02–1.13)`.
  var asRatio: String {
    "\(Figure.rounded(median, digits: 3)) × (\(Figure.rounded(lower, digits: 3))–\(Figure.rounded(upper, digits: 3)))"
  }

  /// Ratios as what they are more than 1: `+0.8 % (−0.3–1.9)`.
  var asExcess: String {
    func percent(_ ratio: Double) -> String { Figure.rounded((ratio - 1) * 100, digits: 1) }
    return "\(percent(median)) % (\(percent(lower)) to \(percent(upper)))"
  }
}
