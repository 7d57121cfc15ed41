import DevtopCore

/// Says when the machine was too busy for the numbers.
enum Noise {
  /// The floor does the same thing each time, so the spread of its middle half is the machine's.
  static func note(_ floor: Samples, within limit: Duration) -> String? {
    guard floor.spread > limit else { return nil }
    return "the middle half of the floor's samples spans \(Figure.milliseconds(floor.spread)) "
      + "(load \(Figure.number(ProcessTable.load))); measure again on a quiet machine"
  }

  /// Pairs do the same thing each time, so what their ratios span is the machine's.
  static func note(_ ratio: Interval) -> String? {
    guard ratio.upper - ratio.lower > 0.15 * ratio.median else { return nil }
    return "the pairs' ratios lie between \(Figure.rounded(ratio.lower, digits: 2)) and "
      + "\(Figure.rounded(ratio.upper, digits: 2)) (load \(Figure.number(ProcessTable.load))); "
      + "measure again on a quiet machine"
  }
}
