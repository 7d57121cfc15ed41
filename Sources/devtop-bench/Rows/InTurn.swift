/// Measures several things in turn, so that all of them see the same machine.
enum InTurn {
  /// A value of each side for each round; every round begins with another side, and one round before the first warms up
  /// and is dropped.
  ///
  /// - Throws: what a side throws.
  static func measure<Side, Value>(
    rounds: Int, _ sides: [Side], _ measure: (Side) throws(BenchError) -> Value
  ) throws(BenchError) -> [[Value]] {
    var results: [[Value]] = []
    for round in 0...rounds {
      var values: [Int: Value] = [:]
      for offset in sides.indices {
        let side = (round + offset) % sides.count
        values[side] = try measure(sides[side])
      }
      if round > 0 { results.append(sides.indices.compactMap { values[$0] }) }
    }
    return results
  }
}
