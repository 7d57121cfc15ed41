import DevtopCore
import NIOCore

/// What stands between requests and a service: its limiter, its bulkhead, its breaker, and trouble made on purpose.
///
/// Requests meet the limiter as they come. The rest concerns each attempt to pass one on, and not the waiting for a
/// run: a planned reload fills no queue and fails nothing. A changed configuration makes another one of these;
/// requests end with the one that they began with.
final class ServiceProtection {
  let spec: ProtectionSpec
  unowned let service: ProxiedService
  let retry: RetryPlan?
  let fault: FaultPlan?
  private var limiter: RateLimiter?
  private var bulkhead: Bulkhead<ObjectIdentifier>?
  private var breaker: CircuitBreaker?
  /// Those that the bulkhead lets wait.
  private var queued: [ObjectIdentifier: Exchange] = [:]
  /// Those for which the bulkhead has no room after they waited for a run: devtop has gathered them, and turns none away.
  private var gathered: [Exchange] = []
  private lazy var fallbackRoute = Route(run: 0, service: service)

  /// How long a request waits for those before it to end: as long as for an answer, where that has a limit.
  var queueTime: Duration { service.spec.limits.answerTime ?? .seconds(30) }

  /// So that no sum of times overflows.
  private static let longestDelay = Duration.seconds(86_400)

  /// Nil where nothing is configured.
  init?(_ spec: ProtectionSpec, _ service: ProxiedService) {
    guard spec != ProtectionSpec() else { return nil }
    self.spec = spec
    self.service = service
    retry = spec.retry.map { RetryPlan($0) }
    fault = spec.fault.map { FaultPlan($0) }
    limiter = spec.limit.map { RateLimiter($0) }
    bulkhead = spec.maxInFlight.map { Bulkhead(maxInFlight: $0, maxQueue: spec.maxQueue) }
    breaker = spec.breaker.map { CircuitBreaker($0) }
  }

  // MARK: Requests

  /// A request has come.
  func admit(_ exchange: Exchange) {
    let passage = Passage(self)
    exchange.passage = passage
    switch limiter?.admit(at: SystemClock.instant) {
    case nil, .admit?: service.dispatch(exchange)
    case .wait(let time)?: passage.wait(until: time, service.core.isolatedLoop, for: exchange)
    case .reject(let retryAfter)?:
      service.changeLoad { $0.limited += 1 }
      exchange.fail(.tooManyRequests(retryAfter))
    }
  }

  // MARK: Attempts

  /// There is a run for the request; it comes back to `ProxiedService.dispatch` once it may pass.
  func enter(_ exchange: Exchange, _ passage: Passage) {
    let id = ObjectIdentifier(exchange)
    switch bulkhead?.enter(id) {
    case nil: pass(exchange, passage)
    case .admit?:
      passage.hasPlace = true
      pass(exchange, passage)
    case .wait?:
      queued[id] = exchange
      exchange.waitForPlace(queueTime)
    case .reject? where exchange.wasHeld:
      gathered.append(exchange)
      exchange.waitForPlace(queueTime)
    case .reject?:
      service.changeLoad { $0.rejected += 1 }
      exchange.fail(.queueIsFull(service.id))
    }
  }

  private func pass(_ exchange: Exchange, _ passage: Passage) {
    exchange.client.waitNoLonger()
    let verdict = breaker?.request(at: SystemClock.instant)
    showBreaker()
    switch verdict {
    case .pass(let ticket)?: passage.ticket = ticket
    case .reject(let retryAfter)?:
      service.changeLoad { $0.rejected += 1 }
      leave(exchange, passage, .clientGone)
      return fallBack(exchange, passage, retryAfter)
    case nil: break
    }
    passage.isAdmitted = true
    guard service.isFaultOn, let fault, !passage.hadFault else { return service.dispatch(exchange) }
    passage.hadFault = true
    let trouble = fault.next(using: &service.core.random)
    passage.pace = fault.pacer.map { PacedAnswer($0) }
    passage.faultStatus = trouble.status
    passage.wait(
      until: SystemClock.instant + min(trouble.delay, Self.longestDelay), service.core.isolatedLoop,
      for: exchange)
  }

  /// The attempt is over, or given up before it began.
  func leave(_ exchange: Exchange, _ passage: Passage, _ end: UpstreamEnd) {
    passage.isAdmitted = false
    passage.stopWaiting()
    if let ticket = passage.ticket {
      passage.ticket = nil
      breaker?.ended(ticket, end, at: SystemClock.instant)
      showBreaker()
    }
    if passage.hasPlace {
      passage.hasPlace = false
      nextPasses(bulkhead?.leave())
    } else if queued.removeValue(forKey: ObjectIdentifier(exchange)) != nil {
      _ = bulkhead?.giveUp(ObjectIdentifier(exchange))
    } else {
      gathered.removeAll { $0 === exchange }
      if let bulkhead, bulkhead.hasRoom { nextPasses(nil) }
    }
  }

  private func nextPasses(_ id: ObjectIdentifier?) {
    if let exchange = id.flatMap({ queued.removeValue(forKey: $0) }) {
      exchange.passage?.hasPlace = true
      // Not from within the end of another one, so that a row of them that fail is no deep recursion.
      exchange.passage?.wait(until: .zero, service.core.isolatedLoop, for: exchange) { [self] in
        if let passage = exchange.passage { pass(exchange, passage) }
      }
    } else if !gathered.isEmpty {
      let exchange = gathered.removeFirst()
      exchange.passage?.wait(until: .zero, service.core.isolatedLoop, for: exchange)
    }
  }

  private func showBreaker() {
    guard let breaker, service.protection === self, service.load.breaker != breaker.shown else { return }
    service.changeLoad { $0.breaker = breaker.shown }
  }

  // MARK: Instead of the service

  private func fallBack(_ exchange: Exchange, _ passage: Passage, _ retryAfter: Duration) {
    switch spec.breaker?.fallback {
    case .file(let path)?:
      guard let answer = FallbackFile.answer(path, to: exchange.method, retryAfter) else { break }
      return exchange.give(answer, closes: false)
    case .upstream(let address)?:
      let publicAddress = exchange.client.publicAddress
      if fallbackRoute.upstreams[publicAddress] == nil {
        var all = fallbackRoute.upstreams.mapValues(\.address)
        all[publicAddress] = address
        fallbackRoute.set(all)
      }
      guard let upstream = fallbackRoute.upstreams[publicAddress] else { break }
      passage.isFallback = true
      return upstream.acquire(exchange)
    case nil: break
    }
    exchange.fail(.leftAlone(service.id, retryAfter))
  }

  func retire() { fallbackRoute.retire() }
}
