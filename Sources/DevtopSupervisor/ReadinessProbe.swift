import DevtopCore
import Glibc

/// Asks a starting service, on a thread of its own, until it is ready; then the thread ends.
///
/// The wait between two checks is a hundredth of the time since the start (a quarter between two GETs), at most 5 s, so
/// that a quick service is seen at once and one that never listens costs next to nothing. Letting go of the probe cancels it.
public final class ReadinessProbe: Sendable {
  /// What counts as ready.
  public enum Check: Hashable, Sendable {
    /// A process of the tree listens on any TCP port.
    case listener
    /// This port accepts connections, and it is the service's: in its tree, or closed when the probe began.
    case port(Int)
    /// `GET path` is answered with 2xx or 3xx; on this port, or on any that the tree listens on.
    case http(port: Int?, path: String)

    var isRequest: Bool { if case .http = self { true } else { false } }
  }

  /// How it ended; a cancelled probe reports nothing.
  public enum Outcome: Hashable, Sendable {
    /// The service answers; the port, where one is known.
    case ready(port: Int?)
    /// Not ready by the timeout; `reason` says what was seen last.
    case timedOut(reason: String)
  }

  /// How long one HTTP answer may take.
  private static let answerLimitInMilliseconds: Int64 = 5000

  private let cancellation: WakeUp
  private let isOver = Locked(false)

  /// Begins to ask; `listeners` gives the tree's ports (`Supervisor.listeners(of:)`).
  ///
  /// - Throws: `SupervisorError.cannotStart` when there is no thread or descriptor to be had.
  public init(
    _ check: Check, timeout: Duration, listeners: @escaping @Sendable () -> [ListeningPort],
    onOutcome: @escaping @Sendable (Outcome) -> Void
  ) throws(SupervisorError) {
    let cancellation = try WakeUp()
    self.cancellation = cancellation
    let isOver = isOver
    let end = SystemClock.monotonicMilliseconds + timeout.inNanoseconds / 1_000_000
    try WorkerThread(named: "devtop-ready") {
      let outcome = Self.ask(check, until: end, cancellation: cancellation, listeners: listeners)
      // Not called under the lock: the callback may let go of the probe.
      let isWanted = isOver.withLock { isOver in
        defer { isOver = true }
        return !isOver
      }
      if let outcome, isWanted { onOutcome(outcome) }
    }.detach()
  }

  deinit { cancel() }

  /// Ends the probe; afterwards nothing is reported but what another thread was reporting already.
  public func cancel() {
    isOver.withLock { $0 = true }
    cancellation.signal()
  }

  private static func ask(
    _ check: Check, until end: Int64, cancellation: WakeUp, listeners: @Sendable () -> [ListeningPort]
  ) -> Outcome? {
    let start = SystemClock.monotonicMilliseconds
    let first = SocketProbe(interrupt: cancellation.descriptor, deadline: min(end, start + 200))
    var wasOpen = false
    if case .port(let port) = check {
      wasOpen = isOpen(port, first) && !listeners().contains { $0.port == port }
    }
    var reason = "no process of it listens on a TCP port"
    while true {
      let now = SystemClock.monotonicMilliseconds
      let probe = SocketProbe(
        interrupt: cancellation.descriptor, deadline: min(end, now + answerLimitInMilliseconds))
      switch check {
      case .listener:
        if let port = listeners().first?.port { return .ready(port: port) }
      case .port(let port):
        if listeners().contains(where: { $0.port == port }) || (!wasOpen && isOpen(port, probe)) {
          return .ready(port: port)
        }
        reason = wasOpen ? "another process holds port \(port)" : "port \(port) does not accept connections"
      case .http(let port, let path):
        let places = places(port, listeners())
        for place in places {
          let status = probe.status(place.address, port: place.port, path: path)
          if let status, (200..<400).contains(status) { return .ready(port: place.port) }
          reason = "GET \(path) on port \(place.port): " + (status.map { "status \($0)" } ?? "no answer")
        }
      }
      let passed = SystemClock.monotonicMilliseconds
      guard passed < end else { return .timedOut(reason: reason) }
      // Each GET is a line of the service's log.
      let share = check.isRequest ? max(10, (passed - start) / 4) : max(2, (passed - start) / 100)
      let pause = min(share, 5_000, end - passed)
      if cancellation.wait(milliseconds: Int32(pause)) { return nil }
    }
  }

  private static func isOpen(_ port: Int, _ probe: SocketProbe) -> Bool {
    probe.accepts("127.0.0.1", port: port) || probe.accepts("::1", port: port)
  }

  /// Where to ask: the tree's own sockets, a wildcard by its loopback address; otherwise loopback on `port`.
  private static func places(_ port: Int?, _ listeners: [ListeningPort]) -> [(address: String, port: Int)] {
    let own = listeners.filter { port == nil || $0.port == port }
    guard own.isEmpty, let port else {
      return own.map { listener in
        switch listener.address {
        case "0.0.0.0": ("127.0.0.1", listener.port)
        case "::": ("::1", listener.port)
        case _: (listener.address, listener.port)
        }
      }
    }
    return [("127.0.0.1", port), ("::1", port)]
  }
}
