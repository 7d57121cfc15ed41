import DevtopCore
import NIOCore

/// How a connection ends.
extension ClientConnection {
  func close() {
    phase = .closed
    deadline.cancel()
    context?.close(promise: nil)
  }

  func closeWhenIdle() {
    closesWhenIdle = true
    switch phase {
    case .fresh, .idle:
      exchange?.cancel()
      close()
    case .exchange where exchange?.isStreaming == true: exchange?.end(.close, reusesConnection: false)
    case .head, .exchange, .discarding, .lingering, .closed: break
    }
  }

  /// NIO throws away what is not written when a channel is closed: wait for it.
  func closeWhenSent() {
    phase = .lingering
    inbox = nil
    service.idleDeadlines.set(deadline, in: service.spec.limits.idleTime.inNanoseconds)
    afterSending { $0.close() }
  }

  func linger() {
    if isInputClosed { return closeWhenSent() }
    phase = .lingering
    inbox = nil
    core.lingerDeadlines.set(deadline, in: Self.lingerTime)
    afterSending { client in
      if client.isInputClosed { client.close() } else { client.context?.close(mode: .output, promise: nil) }
    }
  }

  private func afterSending(_ body: @escaping (ClientConnection) -> Void) {
    guard let context else { return }
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { _ in body(self) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
  }

  /// Reads the rest of a body that nobody wants.
  func discard(_ body: MessageBody) -> Bool {
    var body = body
    guard !body.isComplete else {
      phase = .idle
      return true
    }
    guard var bytes = inbox else {
      if isInputClosed {
        closeWhenSent()
      } else {
        service.bodyDeadlines.set(deadline, in: service.spec.limits.bodyTime.inNanoseconds)
      }
      return false
    }
    guard let count = try? bytes.withUnsafeReadableBytes({ try body.consume($0) }),
      discarded < Self.discardLimit
    else {
      linger()
      return false
    }
    discarded += count
    bytes.moveReaderIndex(forwardBy: count)
    inbox = bytes
    phase = .discarding(body)
    return true
  }
}
