/// A line of the table.
struct Finding {
  enum Verdict: String {
    case reached
    case missed
    /// Nothing was asked of it, or it could not be measured.
    case open
  }

  var name: String
  /// What was done and read.
  var what: String
  var measured: String
  /// What the same run takes without devtop.
  var floor = "–"
  /// Measured against the floor.
  var difference = "–"
  var target = "–"
  var verdict = Verdict.open
  /// Why the numbers deserve less trust.
  var noise: String?
  var details: [String] = []
  /// The numbers behind the words, with their units in the names.
  var values: [(name: String, value: Double)] = []

  /// A row that could not be measured.
  static func failed(_ name: String, _ what: String, _ error: BenchError) -> Finding {
    Finding(name: name, what: what, measured: "not measured: \(error)", verdict: .missed)
  }
}
