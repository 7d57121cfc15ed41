extension AppState {
  /// What the list of the latest requests shows, the newest first: indices into `requests.recent`.
  ///
  /// Health checks are left out while nothing is filtered; their routes say so.
  package var shownRequests: [Int] { requests.recent.indices.filter { isShown(requests.recent[$0]) } }

  func isShown(_ sample: RequestSample) -> Bool {
    if let only = screen.service, sample.service != only { return false }
    if screen.logs.filtersEnabled, let filter = screen.requests.filter {
      return filter.matches(sample, requests.services[sample.service]?.totals.run ?? 0)
    }
    return !isHealthCheck(sample)
  }

  /// What the table of routes shows, in its order: places in `requests.routes`.
  package var shownRoutes: [Int] {
    guard let only = screen.service else { return requests.order }
    return requests.order.filter { requests.routes[$0].key.service == only }
  }

  /// The services that Requests is about.
  package var requestServices: [ServiceID] { screen.service.map { [$0] } ?? requests.services.keys.sorted() }

  /// What the proxy does for these services at the moment.
  package var proxyLoad: ProxyLoad {
    let shown = services.filter { screen.service == nil || $0.id == screen.service }.map(\.proxyLoad)
    return shown.reduce(into: ProxyLoad()) { sum, load in
      sum.inFlight += load.inFlight
      sum.held += load.held
      sum.connections += load.connections
      sum.tunnels += load.tunnels
      sum.limited += load.limited
      sum.rejected += load.rejected
      if load.breaker != .closed { sum.breaker = load.breaker }
    }
  }

  /// The request that keys are about, as an index into `requests.recent`: the selected one, or the newest one of the
  /// selected route.
  var selectedRequestIndex: Int? {
    switch screen.requests.half {
    case .latest:
      let shown = shownRequests
      return screen.requests.cursor.index(in: shown.count).map { shown[$0] }
    case .routes:
      guard let key = selectedRoute?.key else { return nil }
      return requests.recent.firstIndex {
        $0.service == key.service && $0.verb == key.method && $0.route == key.route
      }
    }
  }

  package var selectedRequest: RequestSample? { selectedRequestIndex.map { requests.recent[$0] } }

  package var selectedRoute: RouteStats? {
    let shown = shownRoutes
    return screen.requests.routes.index(in: shown.count).map { requests.routes[shown[$0]] }
  }

  /// Paths that are asked for to see whether a service lives.
  private static let healthPaths: Set<Substring> = [
    "/health", "/healthz", "/livez", "/readyz", "/health/live", "/health/ready",
  ]

  /// Whether somebody asked only whether the service lives: by the path that readiness is configured with, or by one
  /// that everybody uses.
  package func isHealthCheck(_ sample: RequestSample) -> Bool {
    guard sample.method == "GET" || sample.method == "HEAD", sample.kind == .http else { return false }
    let path = sample.pathOnly
    if Self.healthPaths.contains(path) { return true }
    guard let index = index(of: sample.service), case .http(let own, _) = services[index].spec.readiness
    else {
      return false
    }
    return path == own || sample.path == own
  }
}
