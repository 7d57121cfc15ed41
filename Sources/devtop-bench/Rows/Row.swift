import DevtopCore

/// One measurement, which may fill several lines of the table.
protocol Row {
  /// - Throws: `BenchError` when it cannot be measured.
  func measure() throws(BenchError) -> [Finding]
}

/// How much is measured.
struct Effort {
  /// Saves of a project with a compiler, and starts.
  var samples = 20
  /// Seconds of idleness.
  var seconds = 60
  var keys = 2_000
}
