import DevtopCore
import NIOCore

/// A service with the requests that wait for a run of it.
final class ProxiedService {
  enum Phase {
    /// No run yet, or a planned pause: requests wait.
    case holding
    case routed
    /// Nothing will answer soon: requests fail at once.
    case refusing
  }

  let id: ServiceID
  unowned let core: ProxyCore
  var spec = ProxySpec() {
    didSet {
      headLimits = Self.headLimits(spec)
      if !spec.reloadsBrowsers { browsers.closeAll() }
      if oldValue.protection != spec.protection { replaceProtection() }
    }
  }
  private(set) var headLimits: RequestHead.Limits
  private(set) var phase = Phase.holding
  private(set) var route: Route?
  /// Whether a run ever answered.
  private(set) var wasRouted = false
  private var retired: [Route] = []
  private var limits = HoldLimits()
  private var waiting: [Exchange] = []
  /// The run refused a connection; one exchange at a time tries again, the others wait.
  private var isRefused = false
  private var isRetryScheduled = false
  private(set) var waitingBodiesInBytes = 0
  private var clients: [ObjectIdentifier: ClientConnection] = [:]
  /// Public addresses whose service has answered in HTTP/1: it does not speak first.
  var httpAddresses: Set<SocketAddress> = []
  var hasWarnedOfRemote = false
  var hasWarnedOfPolicy = false
  var load = ProxyLoad()
  var isLoadChanged = false
  let browsers: BrowserStreams
  /// Nil where nothing is configured.
  var protection: ServiceProtection?
  var isFaultOn = false

  let headDeadlines: DeadlineList
  let bodyDeadlines: DeadlineList
  let idleDeadlines: DeadlineList
  let answerDeadlines: DeadlineList
  let holdDeadlines: DeadlineList

  init(_ id: ServiceID, _ core: ProxyCore) {
    self.id = id
    self.core = core
    headLimits = Self.headLimits(ProxySpec())
    browsers = BrowserStreams(session: core.session, core.isolatedLoop)
    headDeadlines = DeadlineList(core.loop)
    bodyDeadlines = DeadlineList(core.loop)
    idleDeadlines = DeadlineList(core.loop)
    answerDeadlines = DeadlineList(core.loop)
    holdDeadlines = DeadlineList(core.loop)
  }

  private static func headLimits(_ spec: ProxySpec) -> RequestHead.Limits {
    RequestHead.Limits(
      requestLineInBytes: spec.limits.requestLineInBytes, headInBytes: spec.limits.headInBytes,
      fields: spec.limits.fields)
  }

  // MARK: Where requests go

  func route(to run: RunNumber, _ upstreams: [SocketAddress: SocketAddress]) {
    if let route, route.run == run, !route.isRetired {
      route.set(upstreams)
    } else {
      let new = Route(run: run, service: self)
      new.set(upstreams)
      let old = route
      route = new
      if let old {
        retired.append(old)
        old.retire()
      }
    }
    phase = .routed
    wasRouted = true
    browsers.route(to: run)
    releaseAll()
    forgetQuietRoutes()
  }

  /// How long a request waits.
  var holdTime: Duration { limits.time }

  func hold(_ limits: HoldLimits) {
    self.limits = limits
    phase = .holding
  }

  func refuse() {
    phase = .refusing
    releaseAll()
  }

  func drain(_ run: RunNumber, within time: Duration, isBeforeStop: Bool) {
    if let route, route.run == run {
      retired.append(route)
      self.route = nil
      if phase == .routed { phase = .holding }
    }
    guard let old = retired.last(where: { $0.run == run }) else {
      return core.meter.tell(.drained(id, run, closed: 0))
    }
    old.drain(within: time, isBeforeStop: isBeforeStop)
  }

  func drained(_ route: Route, closed: Int) {
    core.meter.tell(.drained(id, route.run, closed: closed))
    retired.removeAll { $0 === route }
  }

  private func forgetQuietRoutes() { retired.removeAll { $0.busy == 0 } }

  /// Whether a request that this run did not answer may go to another one.
  func hasMovedOn(from route: Route) -> Bool { phase != .routed || self.route !== route }

  func exchanges(of route: Route) -> [Exchange] {
    clients.values.compactMap(\.exchange).filter { $0.route === route }
  }

  // MARK: Clients

  func add(_ client: ClientConnection) {
    clients[ObjectIdentifier(client)] = client
    changeLoad { $0.connections += 1 }
  }

  func remove(_ client: ClientConnection) {
    guard clients.removeValue(forKey: ObjectIdentifier(client)) != nil else { return }
    changeLoad { $0.connections -= 1 }
  }

  /// Nobody listens on the address any more: its clients go when they have their answers.
  func closeClients(of address: SocketAddress?) {
    for client in Array(clients.values) where address == nil || client.publicAddress == address {
      client.closeWhenIdle()
    }
  }

  func shutdown() {
    browsers.closeAll()
    protection?.retire()
    for client in Array(clients.values) { client.close() }
    for route in retired { route.retire() }
    route?.retire()
  }

  // MARK: Exchanges

  /// Sends the exchange to the run that answers now, or lets it wait for one.
  func dispatch(_ exchange: Exchange) {
    switch phase {
    case .refusing: exchange.fail(.noRun(id))
    case .holding: if isHopeless { exchange.fail(.noRun(id)) } else { hold(exchange) }
    case .routed:
      if isRefused, isRetryScheduled { return hold(exchange) }
      guard let upstream = upstream(for: exchange.client) else { return hold(exchange) }
      if let passage = exchange.passage, !passage.isAdmitted {
        passage.protection.enter(exchange, passage)
      } else {
        upstream.acquire(exchange)
      }
    }
  }

  /// Most requests of a client go where the one before went.
  private func upstream(for client: ClientConnection) -> Upstream? {
    if let last = client.lastUpstream, last.route === route, !last.isRetired { return last }
    client.lastUpstream = route?.upstreams[client.publicAddress]
    return client.lastUpstream
  }

  /// The newest run does not accept connections: it has crashed, or is about to be restarted.
  func refused(_ exchange: Exchange) {
    isRefused = true
    hold(exchange)
    scheduleRetry()
  }

  /// A connection was made.
  func accepted() {
    guard isRefused else { return }
    isRefused = false
    releaseAll()
  }

  private func hold(_ exchange: Exchange) {
    guard waiting.count < limits.requests else { return exchange.fail(.tooManyWait(id, limits.requests)) }
    guard waitingBodiesInBytes + exchange.pendingInBytes <= limits.bodiesInBytes else {
      return exchange.fail(.tooMuchWaits(id))
    }
    waitingBodiesInBytes += exchange.pendingInBytes
    waiting.append(exchange)
    exchange.startWaiting(limits.time)
    if exchange.kind != .probe { changeLoad { $0.held += 1 } }
  }

  /// More of the body of an exchange that waits has come; false when that is too much.
  func waitingBodyGrew(by count: Int) -> Bool {
    waitingBodiesInBytes += count
    return waitingBodiesInBytes <= limits.bodiesInBytes
  }

  /// An exchange that waits is given up, or its turn has come.
  func stopWaiting(_ exchange: Exchange) {
    guard let index = waiting.firstIndex(where: { $0 === exchange }) else { return }
    waiting.remove(at: index)
    stoppedWaiting(exchange)
  }

  private func stoppedWaiting(_ exchange: Exchange) {
    waitingBodiesInBytes -= exchange.pendingInBytes
    if exchange.kind != .probe { changeLoad { $0.held -= 1 } }
    exchange.stopWaiting()
  }

  func releaseAll() {
    isRefused = false
    let all = waiting
    waiting = []
    for exchange in all { stoppedWaiting(exchange) }
    for exchange in all where exchange.isNew { dispatch(exchange) }
  }

  /// A service that restarts by itself is back before anybody says so.
  private func scheduleRetry() {
    guard !isRetryScheduled else { return }
    isRetryScheduled = true
    _ = core.isolatedLoop.scheduleTask(in: .milliseconds(100)) { [weak self] in
      guard let self else { return }
      isRetryScheduled = false
      guard isRefused, phase == .routed, let first = waiting.first else { return }
      waiting.removeFirst()
      stoppedWaiting(first)
      dispatch(first)
      if isRefused, !waiting.isEmpty { scheduleRetry() }
    }
  }

  var exchangesThatWait: [Exchange] { waiting }

  func changeLoad(_ change: (inout ProxyLoad) -> Void) {
    change(&load)
    guard !isLoadChanged else { return }
    isLoadChanged = true
    core.meter.loadChanged(self)
  }
}
