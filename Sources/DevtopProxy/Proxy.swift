import CProcess
package import DevtopCore
import NIOCore
import NIOPosix

/// The HTTP proxy in front of the services.
///
/// One thread works for all connections; it starts with the first listener. Every method may be called from any
/// thread, and none waits.
package final class Proxy: Sendable {
  private enum State {
    /// What was asked for before there was a listener, the last of each kind.
    case quiet([ProxyCommand.Key: ProxyCommand])
    case running(any EventLoopGroup, NIOLoopBoundBox<ProxyCore?>)
    case over
  }

  private let state: Locked<State>
  private let onEvent: @Sendable (ProxyEvent) -> Void

  /// Calls `onEvent` on the proxy's thread; it must not block.
  package init(onEvent: @escaping @Sendable (ProxyEvent) -> Void) {
    self.onEvent = onEvent
    state = Locked(.quiet([:]))
  }

  /// Specs and names that browsers may use for devtop's own paths.
  package func configure(
    _ specs: [ServiceID: ProxySpec], hosts: [String], remoteDenied: Set<ServiceID>
  ) {
    send(.configure(specs, hosts: hosts, remoteDenied: remoteDenied))
  }

  /// Accepts on a bound, listening socket, which it owns from now on, for a service.
  package func listen(_ descriptor: Int32, at address: DevtopCore.SocketAddress, for service: ServiceID) {
    send(.listen(descriptor, address, service))
  }

  /// Closes the listener, and the connections of its clients once they have their answers.
  package func stopListening(at address: DevtopCore.SocketAddress, for service: ServiceID) {
    send(.stopListening(address, service))
  }

  /// New requests, and those that waited, go to the run: per public address its upstream address.
  package func route(
    _ service: ServiceID, to run: RunNumber, upstreams: [DevtopCore.SocketAddress: DevtopCore.SocketAddress]
  ) {
    send(.route(service, run, upstreams))
  }

  /// New requests wait for the next `route` or `refuse`.
  package func hold(_ service: ServiceID, _ limits: HoldLimits) { send(.hold(service, limits)) }

  /// Requests, also those that wait, are answered with 503 until the next `route` or `hold`.
  package func refuse(_ service: ServiceID) { send(.refuse(service)) }

  /// Lets requests in flight on a run end, and closes what is left of them after this time; answered by `.drained`.
  ///
  /// With `isBeforeStop` WebSockets and event streams are closed at once, and after a moment what can be asked again.
  package func drain(
    _ service: ServiceID, _ run: RunNumber, within time: Duration, isBeforeStop: Bool = false
  ) {
    send(.drain(service, run, time, isBeforeStop: isBeforeStop))
  }

  package func tellBrowsers(_ service: ServiceID, _ news: BrowserNews) { send(.tellBrowsers(service, news)) }

  /// Switches the trouble that the service's `fault` describes.
  package func setFault(_ service: ServiceID, isOn: Bool) { send(.setFault(service, isOn: isOn)) }

  /// Sends a request again, as a client of the service's own listener.
  package func replay(_ sample: RequestSample) { send(.replay(sample)) }

  /// Closes everything at once; nothing is told any more.
  package func shutdown() {
    let before = state.withLock { state in
      defer { state = .over }
      return state
    }
    guard case .running(let group, let core) = before else { return }
    core.eventLoop.execute { core.value?.shutdown() }
    group.shutdownGracefully { _ in }
  }

  private func send(_ command: ProxyCommand) {
    if let answer = take(command) { onEvent(answer) }
  }

  /// What is to be told about it at once.
  private func take(_ command: ProxyCommand) -> ProxyEvent? {
    state.withLock { state in
      switch state {
      case .quiet(var waiting):
        switch command {
        case .listen:
          let running = start()
          // Those of one key are one; between keys the order is of no matter, but specs come first.
          for other in [waiting.removeValue(forKey: .configuration)].compactMap(\.self) + waiting.values {
            pass(other, to: running)
          }
          pass(command, to: running)
          state = running
        case .drain(let service, let run, _, _): return .drained(service, run, closed: 0)
        case .configure, .route, .hold, .refuse, .tellBrowsers, .setFault, .stopListening, .replay:
          if let key = command.key { waiting[key] = command }
          state = .quiet(waiting)
        }
      case .running: pass(command, to: state)
      case .over:
        if case .listen(let descriptor, _, _) = command { ProxyCore.discard(descriptor) }
      }
      return nil
    }
  }

  private func start() -> State {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let box = NIOLoopBoundBox.makeEmptyBox(valueType: ProxyCore.self, eventLoop: loop)
    let onEvent = onEvent
    loop.execute {
      // Requests are to be answered while a build uses all cores.
      devtop_prefer_latency()
      box.value = ProxyCore(loop, onEvent)
    }
    return .running(group, box)
  }

  private func pass(_ command: ProxyCommand, to state: State) {
    guard case .running(_, let core) = state else { return }
    core.eventLoop.execute { core.value?.perform(command) }
  }
}
