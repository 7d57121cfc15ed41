/// The Requests pane: the latest requests and the routes beside them.
package struct RequestPane: Equatable, Sendable {
  /// In the list of the latest requests.
  package var cursor = ListCursor()
  package var routes = ListCursor()
  /// Which of the two the keys are for.
  package var half: Half = .latest
  package var sort: RouteColumn = .count
  /// The filter in force; nil: none.
  package var filter: RequestFilter?

  package init() {}

  package enum Half: Equatable, Sendable {
    case latest
    case routes
  }
}

/// A column of the routes' table, in the order in which it has them.
package enum RouteColumn: CaseIterable, Sendable {
  case route, count, p50, p95, failures, change

  package var heading: String {
    switch self {
    case .route: "route"
    case .count: "n"
    case .p50: "p50"
    case .p95: "p95"
    case .failures: "err%"
    case .change: "Δp95"
    }
  }

  /// What routes are sorted by, the largest first; nil where a route has no such value, and for names.
  func value(of route: RouteStats) -> Double? {
    switch self {
    case .route: nil
    case .count: Double(route.current.count)
    case .p50: route.current.durations.percentile(0.5)?.inMilliseconds
    case .p95: route.current.durations.percentile(0.95)?.inMilliseconds
    case .failures:
      route.current.count == 0 ? 0 : Double(route.current.failures) / Double(route.current.count)
    case .change: route.p95Change?.inMilliseconds
    }
  }
}

/// A filter of requests, read and compiled by who knows its language; two are equal when their texts are.
package struct RequestFilter: Equatable, Sendable, CustomStringConvertible {
  /// As it was typed.
  package let text: String
  /// Given the newest run of the request's service, too.
  package let matches: @Sendable (RequestSample, RunNumber) -> Bool

  package init(text: String, matches: @escaping @Sendable (RequestSample, RunNumber) -> Bool) {
    self.text = text
    self.matches = matches
  }

  package var description: String { text }

  package static func == (left: RequestFilter, right: RequestFilter) -> Bool { left.text == right.text }
}
