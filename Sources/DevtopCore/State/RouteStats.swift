/// The answers of one route, by run.
package struct RouteStats: Equatable, Sendable {
  package let key: RouteKey
  /// The newest run that the route had a request in.
  package private(set) var current: RouteRun
  /// The last run before it that had enough requests to compare with.
  package private(set) var previous: RouteRun?
  package private(set) var last: WallTime
  /// Its requests are left out of the list of the latest ones.
  package let isHealthCheck: Bool

  /// So many requests make a run one to compare with.
  package static let comparableCount = 20

  init(key: RouteKey, run: RunNumber, at time: WallTime, isHealthCheck: Bool) {
    self.key = key
    current = RouteRun(run: run)
    last = time
    self.isHealthCheck = isHealthCheck
  }

  /// Counts a request of a run; one of an older run than the newest counts for that one, where it is still known.
  mutating func record(_ sample: RequestSample, run: RunNumber) {
    last = max(last, sample.time)
    if run > current.run {
      if current.count >= Self.comparableCount { previous = current }
      current = RouteRun(run: run)
    }
    if run == current.run {
      current.record(sample)
    } else if run == previous?.run {
      previous?.record(sample)
    }
  }

  /// How much longer the slowest twentieth takes now than in the run before; nil where there is nothing to compare.
  package var p95Change: Duration? {
    guard let now = current.durations.percentile(0.95), let before = previous?.durations.percentile(0.95)
    else {
      return nil
    }
    return now - before
  }
}

/// The answers of one route in one run.
package struct RouteRun: Equatable, Sendable {
  package let run: RunNumber
  package private(set) var count = 0
  /// Answers of status 500 and above, and connections that broke before an answer.
  package private(set) var failures = 0
  package private(set) var durations = Histogram()

  init(run: RunNumber) { self.run = run }

  mutating func record(_ sample: RequestSample) {
    count += 1
    if sample.isFailure { failures += 1 }
    if sample.isTimed, let duration = sample.duration { durations.record(duration) }
  }
}

/// All answers of a service in one run.
package struct ServiceTotals: Equatable, Sendable {
  package private(set) var run: RunNumber
  package private(set) var count = 0
  /// Counts by status class: index 0 is 1xx.
  package private(set) var classes = [0, 0, 0, 0, 0]
  package private(set) var durations = Histogram()

  package init(run: RunNumber = 0) { self.run = run }

  mutating func record(_ sample: RequestSample) {
    count += 1
    if (100..<600).contains(sample.status) { classes[sample.status / 100 - 1] += 1 }
    if sample.isTimed, let duration = sample.duration { durations.record(duration) }
  }

  /// Adds what another service answered; `run` then says nothing.
  mutating func merge(_ other: ServiceTotals) {
    count += other.count
    for index in classes.indices { classes[index] += other.classes[index] }
    durations.merge(other.durations)
  }
}

extension RequestSample {
  /// Whether the service failed to answer it; what devtop sent through untouched says nothing.
  package var isFailure: Bool { kind != .tunnel && (status >= 500 || status == 0) }
}
