import DevtopCore

/// Durations measured again and again.
struct Samples {
  private(set) var sorted: [Duration] = []

  init() {}

  init(_ durations: some Sequence<Duration>) { sorted = durations.sorted() }

  var count: Int { sorted.count }

  mutating func add(_ duration: Duration) {
    let index = sorted.firstIndex { $0 > duration } ?? sorted.endIndex
    sorted.insert(duration, at: index)
  }

  /// The smallest value that `share` of all do not exceed (nearest rank); zero without samples.
  func percentile(_ share: Double) -> Duration {
    guard !sorted.isEmpty else { return .zero }
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  var median: Duration { percentile(0.5) }
  var least: Duration { sorted.first ?? .zero }
  var greatest: Duration { sorted.last ?? .zero }

  /// What the middle half spans.
  var spread: Duration { percentile(0.75) - percentile(0.25) }

  /// The median and the middle half: `12.3 ms (11.8–13.0)`.
  var described: String {
    "\(Figure.milliseconds(median)) (\(Figure.number(percentile(0.25).inMilliseconds))–\(Figure.number(percentile(0.75).inMilliseconds)))"
  }
}
