/// What is known of the requests that services answered.
package struct RequestStats: Equatable, Sendable {
  /// Newest first, at most `recentLength`.
  package var recent: [RequestSample] = []
  package var routes: [RouteKey: RouteStats] = [:]
  package var durations = Histogram()
  /// Counts by status class: index 0 is 1xx.
  package var classes: [Int] = [0, 0, 0, 0, 0]
  package var total = 0
  /// Requests a second, oldest first, over the last `rateLength` seconds that had any.
  package var rate: [Int] = []
  /// Requests in the running second.
  package var current = 0
  /// Whether the timer of the rate runs.
  package var isCounting = false

  package static let recentLength = 500
  package static let rateLength = 30
  package static let routeLimit = 1_000

  package init() {}
}

/// A method and the normalised path, such as `GET /orders/:id`.
package struct RouteKey: Hashable, Comparable, Sendable {
  package var method: String
  package var route: String

  package init(method: String, route: String) {
    self.method = method
    self.route = route
  }

  package static func < (left: RouteKey, right: RouteKey) -> Bool {
    (left.route, left.method) < (right.route, right.method)
  }
}

/// The answers of one route.
package struct RouteStats: Equatable, Sendable {
  package var count = 0
  /// Answers of status 500 and above.
  package var failures = 0
  package var durations = Histogram()
  package var last: WallTime

  package init(last: WallTime) { self.last = last }
}
