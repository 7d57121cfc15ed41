import NIOCore

/// Stops accepting when the system has no more descriptors (accept(2): EMFILE), until one is closed or a while has
/// passed: the clients wait in the backlog, and nothing spins.
final class AcceptPause: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias OutboundIn = Never

  private var context: ChannelHandlerContext?
  private var isPaused = false
  private var wantsRead = false

  private static let time = TimeAmount.milliseconds(100)

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func read(context: ChannelHandlerContext) {
    if isPaused { wantsRead = true } else { context.read() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is IOError else { return context.fireErrorCaught(error) }
    guard !isPaused else { return }
    isPaused = true
    _ = context.eventLoop.assumeIsolated().scheduleTask(in: Self.time) { [weak self] in self?.resume() }
  }

  func resume() {
    guard isPaused else { return }
    isPaused = false
    if wantsRead {
      wantsRead = false
      context?.read()
    }
  }
}
