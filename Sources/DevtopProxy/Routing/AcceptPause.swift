import NIOCore

/// Stops accepting when the system has no more descriptors (accept(2): EMFILE), until one is closed or a while has
/// passed: the clients wait in the backlog, and nothing spins.
///
/// SwiftNIO's own pause suppresses reads only; the socket stays in the selector then, which wakes for it forever.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private var context: ChannelHandlerContext?
  private var isPaused = false

  private static let time = TimeAmount.milliseconds(100)

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is IOError else { return context.fireErrorCaught(error) }
    guard !isPaused else { return }
    isPaused = true
    setReading(false)
    _ = context.eventLoop.assumeIsolated().scheduleTask(in: Self.time) { [weak self] in self?.resume() }
  }

  func resume() {
    guard isPaused else { return }
    isPaused = false
    setReading(true)
  }

  private func setReading(_ isOn: Bool) {
    do {
      try context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
    } catch {
      // Only a closed channel refuses the option, and nothing is accepted on it anyway.
      context = nil
    }
  }
}
