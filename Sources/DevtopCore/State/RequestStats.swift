/// What is known of the requests that services answered; bounded whatever their paths are.
package struct RequestStats: Equatable, Sendable {
  package private(set) var recent = RecentRequests()
  /// In the order in which they were first asked for.
  package private(set) var routes: [RouteStats] = []
  private var places: [RouteKey: Int] = [:]
  /// Places in `routes`, in the order in which they are shown; renewed once a second while requests come.
  package var order: [Int] = []
  package private(set) var services: [ServiceID: ServiceRequests] = [:]
  package private(set) var total = 0
  /// Whether the timer of the seconds runs.
  package var isCounting = false

  /// Over all services; what comes beyond counts as `other` of its service.
  package static let routeLimit = 10_000
  private static let methodLimitInBytes = 16

  package init() {}

  /// The route of a request: its service's own name for it, else its path with `:id` for what looks like one.
  package func route(of sample: RequestSample) -> String {
    if sample.kind == .tunnel { return "tunnel" }
    return services[sample.service]?.router.route(method: sample.method, path: sample.pathOnly)
      ?? RouteName.normalised(sample.path)
  }

  /// Counts one request and, where `isKept`, keeps it as the newest one; one that goes on is kept only, and counts when
  /// it has ended.
  ///
  /// - Returns: whether it is new in the list; not where it takes the place of what it was while it went on.
  @discardableResult
  package mutating func add(_ sample: RequestSample, isHealthCheck: Bool, isKept: Bool = true) -> Bool {
    guard !sample.isOpen else {
      recent.add(sample)
      return true
    }
    total += 1
    services[sample.service, default: ServiceRequests()].record(sample)
    // What devtop answered itself, because no run could, counts for the newest run.
    let run = sample.run == 0 ? services[sample.service]?.totals.run ?? 0 : sample.run
    let place = place(of: sample, run: run, isHealthCheck: isHealthCheck)
    routes[place].record(sample, run: run)
    if !isKept || recent.finish(sample) { return false }
    recent.add(sample)
    return true
  }

  private mutating func place(of sample: RequestSample, run: RunNumber, isHealthCheck: Bool) -> Int {
    var key = RouteKey(
      service: sample.service, method: String(sample.verb.prefix(Self.methodLimitInBytes)),
      route: sample.route ?? route(of: sample))
    if let place = places[key] { return place }
    if routes.count >= Self.routeLimit {
      key = RouteKey(service: sample.service, method: "", route: "other")
      if let place = places[key] { return place }
    }
    routes.append(RouteStats(key: key, run: run, at: sample.time, isHealthCheck: isHealthCheck))
    places[key] = routes.count - 1
    order.append(routes.count - 1)
    return routes.count - 1
  }

  /// Takes what an event tells of how the requests of a service get to it.
  package mutating func learn(from event: Event) {
    switch event {
    case .listening(let id, let run, _): services[id, default: ServiceRequests()].isProxied(run)
    case .routes(let id, let run, let patterns):
      services[id, default: ServiceRequests()].learn(patterns, of: run)
    default: break
    }
  }

  /// Whether a sample is a second telling of a request that the proxy tells of: a log line of a run that the proxy
  /// is in front of.
  ///
  /// Where the service is also reached past the proxy (`isBeside`), it is the other one's about the same request.
  mutating func isToldTwice(_ sample: RequestSample, isBeside: Bool = false) -> Bool {
    if isBeside { return services[sample.service, default: ServiceRequests()].told.isKnown(sample) }
    switch sample.source {
    case .proxy:
      if sample.run != 0 { services[sample.service, default: ServiceRequests()].isProxied(sample.run) }
      return false
    case .log: return services[sample.service]?.proxiedRuns.contains(sample.run) ?? false
    }
  }

  // MARK: Seconds

  /// A second has passed.
  ///
  /// - Returns: whether there is something in the seconds that are known; else they are forgotten.
  package mutating func secondPassed() -> Bool {
    for id in services.keys { services[id]?.secondPassed() }
    if services.values.contains(where: { !$0.isQuiet }) { return true }
    for id in services.keys { services[id]?.forgetSeconds() }
    return false
  }

  /// The last seconds, oldest first, of some services together.
  package func seconds(of ids: [ServiceID]) -> [RequestSecond] {
    let all = ids.compactMap { services[$0]?.seconds }
    guard all.count > 1 else { return all.first ?? [] }
    let length = all.map(\.count).max() ?? 0
    return (0..<length).map { index in
      all.reduce(into: RequestSecond()) { sum, seconds in
        let place = index - (length - seconds.count)
        if place >= 0 { sum.merge(seconds[place]) }
      }
    }
  }

  /// Requests in the running second.
  package func current(of ids: [ServiceID]) -> Int {
    ids.reduce(0) { $0 + (services[$1]?.current.count ?? 0) }
  }

  // MARK: Sums

  /// All answers of the newest runs of some services.
  package func totals(of ids: [ServiceID]) -> ServiceTotals {
    let all = ids.compactMap { services[$0]?.totals }.filter { $0.count > 0 }
    guard let first = all.first, all.count > 1 else { return all.first ?? ServiceTotals() }
    return all.dropFirst().reduce(into: first) { $0.merge($1) }
  }
}

/// How the requests of one service come, and what it answered in its newest run.
package struct ServiceRequests: Equatable, Sendable {
  /// Of the newest run that had a request.
  package private(set) var totals = ServiceTotals()
  /// The newest runs that the proxy is in front of; log lines of older ones come no more.
  package private(set) var proxiedRuns: [RunNumber] = []
  fileprivate var told = ToldRequests()
  /// The routes that its newest run has told of.
  package private(set) var router = RouteTree()
  private var routerRun: RunNumber = 0
  /// At most `secondCount`, oldest first.
  fileprivate private(set) var seconds: [RequestSecond] = []
  /// The second that runs.
  fileprivate private(set) var current = RequestSecond()

  private static let proxiedRunCount = 8
  private static let secondCount = 60

  init() {}

  mutating func record(_ sample: RequestSample) {
    if sample.run > totals.run {
      totals = ServiceTotals(run: sample.run)
      current.newRun = sample.run
    }
    current.record(sample)
    if sample.run == totals.run || sample.run == 0 { totals.record(sample) }
  }

  fileprivate var isQuiet: Bool { seconds.allSatisfy { $0.count == 0 } }

  fileprivate mutating func secondPassed() {
    seconds.append(current)
    current = RequestSecond()
    if seconds.count > Self.secondCount { seconds.removeFirst() }
  }

  fileprivate mutating func forgetSeconds() { seconds = [] }

  mutating func isProxied(_ run: RunNumber) {
    guard !proxiedRuns.contains(run) else { return }
    proxiedRuns.append(run)
    if proxiedRuns.count > Self.proxiedRunCount { proxiedRuns.removeFirst() }
  }

  mutating func learn(_ patterns: [RoutePattern], of run: RunNumber) {
    guard run >= routerRun else { return }
    if run > routerRun {
      routerRun = run
      router = RouteTree()
    }
    for pattern in patterns { router.add(pattern) }
  }
}
