import DevtopCore
import NIOCore

/// Bytes of a run that are let through at a rate, before anything is made of them.
final class PacedAnswer {
  enum End {
    case ended
    case lost
  }

  private var pacer: BandwidthPacer
  private var waiting = ByteBuffer()
  private var timer: Scheduled<Void>?
  /// Of the connection, told when everything is let through.
  private var end: End?

  init(_ pacer: BandwidthPacer) { self.pacer = pacer }

  /// No more is read meanwhile.
  var isBusy: Bool { timer != nil }

  func add(_ bytes: ByteBuffer, to exchange: Exchange) {
    waiting.writeImmutableBuffer(bytes)
    if timer == nil { letThrough(exchange) }
  }

  /// False: nothing waits, so that the end can be told now.
  func add(_ end: End) -> Bool {
    guard isBusy else { return false }
    // Lost follows ended, and tells less.
    self.end = self.end ?? end
    return true
  }

  func stop() {
    timer?.cancel()
    timer = nil
    waiting = ByteBuffer()
    end = nil
  }

  private func letThrough(_ exchange: Exchange) {
    guard let piece = waiting.readSlice(length: min(pacer.pieceInBytes, waiting.readableBytes)) else {
      return
    }
    waiting.discardReadBytes()
    let next = pacer.sent(piece.readableBytes, at: SystemClock.instant)
    let rest = max(0, next.nanoseconds - SystemClock.monotonicNanoseconds)
    // Set first, since the piece may be the last one of the exchange.
    timer = exchange.core.isolatedLoop.scheduleTask(in: .nanoseconds(rest)) { [self] in
      timer = nil
      guard !exchange.isEnded else { return }
      if waiting.readableBytes > 0 { return letThrough(exchange) }
      switch end {
      case .ended?: exchange.upstreamEnded()
      case .lost?: exchange.upstreamLost()
      case nil: exchange.connection?.resumeReading()
      }
    }
    exchange.take(piece)
    exchange.client.flush()
  }
}
