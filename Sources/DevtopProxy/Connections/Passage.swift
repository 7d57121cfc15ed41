import DevtopCore
import NIOCore

/// The way of one request through the protection of its service.
final class Passage {
  let protection: ServiceProtection
  /// The attempt that is under way may go to a run.
  var isAdmitted = false
  var hasPlace = false
  var ticket: CircuitBreaker.Ticket?
  /// It is on the upstream that stands in for the service.
  var isFallback = false
  /// How the attempt ended, where that is known before it is over.
  var end: UpstreamEnd?
  /// Those that failed, and the one that is under way.
  var attempt = 1
  /// What of the request's body was sent, so that it can be sent again; nil: it is too much.
  var sentBody: [ByteBuffer]? = []
  private var sentInBytes = 0
  /// Trouble is made once for each request.
  var hadFault = false
  var faultStatus: Int?
  var pace: PacedAnswer?
  private var timer: Scheduled<Void>?

  private static let bodyLimit = 256 << 10

  init(_ protection: ServiceProtection) { self.protection = protection }

  /// Lets the exchange go on at a time; it is new until then.
  func wait(
    until time: Instant, _ loop: NIOIsolatedEventLoop, for exchange: Exchange,
    then body: (() -> Void)? = nil
  ) {
    let rest = max(0, time.nanoseconds - SystemClock.monotonicNanoseconds)
    timer?.cancel()
    timer = loop.scheduleTask(in: .nanoseconds(rest)) { [self] in
      timer = nil
      guard exchange.isNew else { return }
      if let body { body() } else { exchange.goOn(self) }
    }
  }

  func stopWaiting() {
    timer?.cancel()
    timer = nil
  }

  func keep(_ bytes: ByteBuffer) {
    guard protection.retry != nil, sentBody != nil else { return }
    sentInBytes += bytes.readableBytes
    if sentInBytes > Self.bodyLimit { sentBody = nil } else { sentBody?.append(bytes) }
  }

  /// What was sent, for another attempt.
  func takeBody() -> [ByteBuffer] {
    defer {
      sentBody = []
      sentInBytes = 0
    }
    return sentBody ?? []
  }
}
