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
  /// Reloads by `swap`; a fifth of them by `hold`, a hundredth (three or more) with a build.
  var reloads = 1_000
  /// The least time between two reloads.
  var pace = Duration.seconds(1)
  /// How long the load runs before the first reload, for comparison.
  var steady = Duration.seconds(10)
  /// Requests a second during the reloads; nil: 30 % of what the app can do, or 40 % of that behind devtop.
  var rate: Int?
  /// Rounds of measurements in turn; one more comes before them and does not count.
  var pairs = 7
  /// Requests of one half of a pair.
  var requests = 20_000
  /// Connections that are idle.
  var connections = 10_000
}
