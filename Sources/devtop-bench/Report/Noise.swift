import DevtopCore

/// Says when the machine was too busy for the numbers.
enum Noise {
  /// The floor does the same thing each time, so the spread of its middle half is the machine's.
  static func note(_ floor: Samples, within limit: Duration) -> String? {
    guard floor.spread > limit else { return nil }
    return "the middle half of the floor's samples spans \(Figure.milliseconds(floor.spread)) "
      + "(load \(Figure.number(ProcessTable.load))); measure again on a quiet machine"
  }
}
