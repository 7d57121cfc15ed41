import DevtopCore
import Glibc
import NIOCore

/// A connection to a run: idle in the pool of its upstream, or working on one exchange.
final class UpstreamConnection: ChannelDuplexHandler, Timed {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    case new
    case idle
    case busy(Exchange)
    case closed
  }

  let upstream: Upstream
  private let core: ProxyCore
  private var phase = Phase.new
  private var context: ChannelHandlerContext?
  private lazy var deadline = Deadline(owner: self)
  /// Requests that it carried.
  private(set) var uses = 0
  private(set) var isOutputClosed = false
  private var isInputClosed = false
  /// NIO asked to read while the client was behind.
  private var isReadSuppressed = false

  init(_ upstream: Upstream, _ core: ProxyCore) {
    self.upstream = upstream
    self.core = core
  }

  var isOpen: Bool {
    switch phase {
    case .closed: false
    case .new, .idle, .busy: !isOutputClosed && context != nil
    }
  }

  var isWritable: Bool { context?.channel.isWritable ?? false }

  /// A request that must not be sent twice goes only to a connection of which the system knows no end.
  func isUsable(forAnyMethod isIdempotent: Bool) -> Bool {
    guard isOpen, let context, context.channel.isActive else { return false }
    if isIdempotent { return true }
    guard let provider = context.channel as? any SocketOptionProvider else { return false }
    var isEstablished = false
    // Completed at once: this is the event loop of the channel.
    let answer: EventLoopFuture<tcp_info> = provider.unsafeGetSocketOption(
      level: NIOBSDSocket.OptionLevel.tcp, name: NIOBSDSocket.Option(rawValue: TCP_INFO))
    answer.assumeIsolated().whenSuccess { isEstablished = Int($0.tcpi_state) == Int(TCP_ESTABLISHED) }
    return isEstablished
  }

  // MARK: Use

  func begin(_ exchange: Exchange) {
    deadline.cancel()
    uses += 1
    phase = .busy(exchange)
    exchange.begin(on: self)
  }

  /// The exchange is over; what comes now belongs to no request.
  func release(isReusable: Bool) {
    guard case .busy = phase else { return }
    phase = .idle
    if isReusable, isOpen {
      resumeReading()
      upstream.giveBack(self)
    } else {
      close()
    }
  }

  /// Closed when nobody wants it for so long.
  func waitForUse(_ time: Duration) {
    phase = .idle
    core.poolDeadlines.set(deadline, in: time.inNanoseconds)
  }

  func timedOut() {
    upstream.forget(self)
    close()
  }

  func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }
  func flush() { context?.flush() }

  /// No more of the request comes; the answer still may.
  func closeOutput() {
    guard !isOutputClosed else { return }
    isOutputClosed = true
    guard let context else { return }
    guard isInputClosed else { return context.close(mode: .output, promise: nil) }
    // Both sides are at their end, and NIO would throw away what is not written.
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { _ in self.context?.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
  }

  func close() {
    deadline.cancel()
    phase = .closed
    context?.close(promise: nil)
  }

  func resumeReading() {
    guard isReadSuppressed, wantsRead else { return }
    isReadSuppressed = false
    context?.read()
  }

  private var wantsRead: Bool {
    if case .busy(let exchange) = phase { exchange.wantsAnswer } else { true }
  }

  // MARK: What the channel tells

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func read(context: ChannelHandlerContext) {
    if wantsRead { context.read() } else { isReadSuppressed = true }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch phase {
    case .busy(let exchange): exchange.received(unwrapInboundIn(data))
    case .idle, .new:
      // An answer without a request, such as 408 before an idle connection is closed.
      upstream.forget(self)
      close()
    case .closed: break
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if case .busy(let exchange) = phase { exchange.client.flush() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if case .busy(let exchange) = phase, isWritable { exchange.client.resumeReading() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
    isInputClosed = true
    switch phase {
    case .busy(let exchange): exchange.upstreamEnded()
    case .idle, .new:
      upstream.forget(self)
      close()
    case .closed: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    let before = phase
    phase = .closed
    deadline.cancel()
    switch before {
    case .busy(let exchange): exchange.upstreamLost()
    case .idle, .new: upstream.forget(self)
    case .closed: break
    }
  }

  /// The channel closes itself after an error, which `channelInactive` then tells.
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
