import DevtopCore

/// What became of a load's requests.
struct LoadReport: Sendable {
  struct Answer: Sendable {
    var due: Instant
    /// From `due` to the last byte.
    var latency: Duration
  }

  /// The right ones, in the order in which they came.
  var answers: [Answer] = []
  var failures: [LoadFailure: Int] = [:]
  /// The first few, for people.
  var examples: [String] = []
  /// Of answers with a wrong status, which.
  var wrongStatuses: [Int: Int] = [:]
  var start = Instant.zero
  var end = Instant.zero
  var connections = 0
  /// Connections that the server closed while no request was under way, as it may.
  var closedWhileIdle = 0
  var bytes = 0
  /// Processes that answered, by the app's own word.
  var processes: Set<Int> = []

  var failed: Int { failures.values.reduce(0, +) }
  var duration: Duration { end - start }
  /// Right answers a second.
  var rate: Double { Double(answers.count) * 1_000 / max(duration.inMilliseconds, 0.001) }

  /// Latencies of the requests that were due within a span.
  func latencies(from start: Instant = .zero, to end: Instant = Instant(nanoseconds: .max)) -> Samples {
    Samples(answers.lazy.filter { $0.due >= start && $0.due < end }.map(\.latency))
  }

  /// `12,000 answered, 0 failed` or `11,998 answered, 2 failed: 1 reset, 1 stale`.
  var summary: String {
    let right = "\(Figure.count(answers.count)) answered, \(Figure.count(failed)) failed"
    guard failed > 0 else { return right }
    let kinds = LoadFailure.allCases.compactMap { kind in
      failures[kind].map { "\(Figure.count($0)) \(kind.name)" }
    }
    let statuses = wrongStatuses.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
    return right + ": " + kinds.joined(separator: ", ")
      + (statuses.isEmpty ? "" : " (\(statuses.joined(separator: ", ")))")
  }

  /// Fails unless each request was answered rightly.
  ///
  /// - Throws: `BenchError.unexpected`.
  func checked(_ what: String) throws(BenchError) -> LoadReport {
    guard failed == 0 else {
      throw .unexpected("\(what): \(summary); \(examples.prefix(3).joined(separator: "; "))")
    }
    return self
  }
}
