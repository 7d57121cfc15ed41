import DevtopCore
import NIOCore

/// A run of a service, and where it listens.
final class Route {
  let run: RunNumber
  unowned let service: ProxiedService
  /// By the address where clients connect.
  private(set) var upstreams: [SocketAddress: Upstream] = [:]
  /// No request goes to it any more; what is in flight may end.
  private(set) var isRetired = false
  /// Exchanges that it works on, or that are connecting to it.
  private(set) var busy = 0
  private var draining: Scheduled<Void>?
  private var shortening: Scheduled<Void>?
  private var isDraining = false
  private var closed = 0

  init(run: RunNumber, service: ProxiedService) {
    self.run = run
    self.service = service
  }

  /// Takes over what is new; an upstream that stays keeps its connections.
  func set(_ addresses: [SocketAddress: SocketAddress]) {
    for (address, target) in addresses where upstreams[address]?.address != target {
      upstreams[address]?.retire()
      upstreams[address] = Upstream(address: target, publicAddress: address, route: self)
    }
    for address in upstreams.keys where addresses[address] == nil {
      upstreams.removeValue(forKey: address)?.retire()
    }
  }

  /// Closes idle connections; those in use close when they are done.
  func retire() {
    isRetired = true
    for upstream in upstreams.values { upstream.retire() }
  }

  func becameBusy() { busy += 1 }

  func becameIdle() {
    busy -= 1
    if busy == 0, isDraining { finishDraining() }
  }

  /// Tells when nothing is left, at the latest after this time, when the rest is closed.
  ///
  /// Before a stop requests wait meanwhile: streams are closed at once, and what can be sent again goes to the next run
  /// after a moment, as answers to GET that are under way end then.
  func drain(within time: Duration, isBeforeStop: Bool) {
    retire()
    guard !isDraining else { return }
    if isBeforeStop { cutOff { $0.isStream } }
    isDraining = true
    if busy == 0 { return finishDraining() }
    if isBeforeStop, time > HoldLimits.patience {
      shortening = service.core.isolatedLoop.scheduleTask(in: .nanoseconds(HoldLimits.patience.inNanoseconds))
      {
        [weak self] in
        guard let self else { return }
        isDraining = false
        cutOff { $0.isOfLittleMatter }
        isDraining = true
        if busy == 0 { finishDraining() }
      }
    }
    draining = service.core.isolatedLoop.scheduleTask(in: .nanoseconds(time.inNanoseconds)) { [weak self] in
      guard let self else { return }
      // What ends here must not end the draining before it is counted.
      isDraining = false
      cutOff { _ in true }
      finishDraining()
    }
  }

  private func cutOff(where isMeant: (Exchange) -> Bool) {
    for exchange in service.exchanges(of: self) where isMeant(exchange) && exchange.cutOff() { closed += 1 }
  }

  private func finishDraining() {
    isDraining = false
    draining?.cancel()
    shortening?.cancel()
    (draining, shortening) = (nil, nil)
    service.drained(self, closed: closed)
  }
}
