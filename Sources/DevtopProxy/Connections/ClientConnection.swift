import DevtopCore
import NIOCore

/// A connection of a client, and where it is between its requests.
final class ClientConnection: ChannelDuplexHandler, Timed {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase {
    /// Nothing is known about its protocol.
    case fresh
    /// Between two requests.
    case idle
    /// In the head of a request.
    case head
    case exchange
    /// The rest of a request that is answered already.
    case discarding(MessageBody)
    /// The answer is sent; the client has to see it before the connection goes.
    case lingering
    case closed
  }

  /// What follows an exchange.
  enum Next {
    case next
    /// Once everything is sent.
    case close
    /// As `close`, but what the client still sends is read, since unread bytes would cost it the answer.
    case linger
    /// At once: the answer is not complete, and must not look so.
    case abort
    /// The next request comes after the rest of this body.
    case discard(MessageBody)
  }

  let core: ProxyCore
  let service: ProxiedService
  let publicAddress: SocketAddress
  /// The client's numeric address.
  private(set) var peer = ""
  private(set) var peerBytes: [UInt8] = []
  var phase = Phase.fresh
  var exchange: Exchange?
  /// Where its latest request went.
  var lastUpstream: Upstream?
  /// What came and was not used yet.
  var inbox: ByteBuffer?
  private(set) var isInputClosed = false
  /// Its listener is gone.
  var closesWhenIdle = false
  private var isReadSuppressed = false
  private var isAdvancing = false
  /// The service was given its chance to speak first.
  var isProbed = false
  var discarded = 0
  var context: ChannelHandlerContext?
  lazy var deadline = Deadline(owner: self)
  /// When the first byte of the head came that is being read.
  var headStartedAt: Int64 = 0

  /// Bytes kept while they cannot be passed on; beyond it nothing is read.
  static let inboxLimit = 64 << 10
  /// Of a body that nobody wants; beyond it the connection is closed.
  static let discardLimit = 1 << 20
  static let lingerTime: Int64 = 2_000_000_000

  init(_ core: ProxyCore, _ service: ProxiedService, _ address: SocketAddress) {
    self.core = core
    self.service = service
    publicAddress = address
  }

  // MARK: For exchanges

  var isWritable: Bool { context?.channel.isWritable ?? false }

  /// No further request is on its way.
  var isAtEndOfInput: Bool { isInputClosed && inbox == nil }

  func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }
  func flush() { context?.flush() }

  /// A tunnel's other side will not send any more.
  func closeOutput() {
    flush()
    if isInputClosed { closeWhenSent() } else { context?.close(mode: .output, promise: nil) }
  }

  func wait(until nanoseconds: Int64, in list: DeadlineList) { list.set(deadline, at: nanoseconds) }
  func waitNoLonger() { deadline.cancel() }

  /// There is a connection to a run.
  func exchangeBegan(_ exchange: Exchange) {
    guard self.exchange === exchange else { return }
    setExchangeDeadline(exchange)
    resumeReading()
    advance()
  }

  /// Bodies may take as long as they go on.
  func answerBegan() {
    if let exchange, exchange.body.isComplete { deadline.cancel() }
  }

  func setExchangeDeadline(_ exchange: Exchange) {
    guard exchange.kind != .probe else { return }
    guard case .passing = exchange.phase, exchange.kind == .http else { return deadline.cancel() }
    let limits = service.spec.limits
    if !exchange.body.isComplete {
      service.bodyDeadlines.set(deadline, in: limits.bodyTime.inNanoseconds)
    } else if let time = exchange.answerTime(limits)?.time, case .awaited = exchange.answer {
      service.answerDeadlines.set(deadline, in: time.inNanoseconds)
    } else {
      deadline.cancel()
    }
  }

  /// After 101: what came behind the request belongs to the other protocol.
  func upgraded() {
    deadline.cancel()
    advance()
    if isAtEndOfInput { exchange?.clientEnded() }
  }

  /// The service spoke before the client did.
  func serviceSpokeFirst(_ probe: Exchange, _ bytes: ByteBuffer) {
    guard case .fresh = phase else { return probe.cancel() }
    deadline.cancel()
    phase = .exchange
    probe.becomeTunnel()
    probe.record.kind = .tunnel
    write(bytes)
    probe.record.bytesOut += bytes.readableBytes
    advance()
  }

  func ended(_ ended: Exchange, _ next: Next) {
    guard exchange === ended else { return }
    exchange = nil
    if case .closed = phase { return }
    if case .fresh = phase {
      // A probe: of no matter for the client, unless the service has closed the connection.
      if case .close = next { closeWhenSent() }
      return
    }
    deadline.cancel()
    switch next {
    case .next:
      phase = .idle
      advance()
    case .close: closeWhenSent()
    case .linger: linger()
    case .abort: close()
    case .discard(let body):
      discarded = 0
      phase = .discarding(body)
      advance()
    }
    resumeReading()
  }

  // MARK: Reading

  func resumeReading() {
    guard isReadSuppressed, wantsRead else { return }
    isReadSuppressed = false
    context?.read()
  }

  private var wantsRead: Bool {
    let waits = inbox?.readableBytes ?? 0
    switch phase {
    case .exchange:
      guard let exchange else { return true }
      if exchange.kind == .http, exchange.body.isComplete, !exchange.isTunnel {
        return waits < Self.inboxLimit
      }
      return exchange.wantsMore
    case .fresh, .idle, .head: return waits < max(Self.inboxLimit, service.headLimits.headInBytes + 1)
    case .discarding, .lingering, .closed: return true
    }
  }

  /// Uses what is in the inbox as far as that goes now.
  func advance() {
    guard !isAdvancing else { return }
    isAdvancing = true
    while step() {}
    isAdvancing = false
  }

  /// False when nothing more can be done at the moment.
  private func step() -> Bool {
    if inbox?.readableBytes == 0 { inbox = nil }
    switch phase {
    case .fresh: return decideProtocol()
    case .idle, .head:
      if closesWhenIdle, inbox == nil {
        closeWhenSent()
        return false
      }
      guard inbox != nil else {
        rest()
        return false
      }
      // An answer that nobody takes holds up the next request.
      guard isWritable else { return false }
      if startRequest() { return true }
      // The rest of a head that will never come.
      if isInputClosed { closeWhenSent() }
      return false
    case .exchange: return inbox != nil && feed()
    case .discarding(let body): return discard(body)
    case .lingering, .closed:
      inbox = nil
      return false
    }
  }

  /// Nothing is under way.
  private func rest() {
    if isInputClosed { return closeWhenSent() }
    phase = .idle
    service.idleDeadlines.set(deadline, in: service.spec.limits.idleTime.inNanoseconds)
  }

  // MARK: What the channel tells

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    peer = core.numericAddress(context.channel.remoteAddress)
    peerBytes = Array(peer.utf8)
    guard core.admits(self, context.channel) else { return close() }
    service.add(self)
    if service.httpAddresses.contains(publicAddress) {
      rest()
      phase = .fresh
      isProbed = true
    } else {
      core.freshDeadlines.set(deadline, at: SystemClock.monotonicNanoseconds + ProxyCore.silence)
    }
  }

  func read(context: ChannelHandlerContext) {
    if wantsRead { context.read() } else { isReadSuppressed = true }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if inbox == nil { inbox = bytes } else { inbox?.writeBuffer(&bytes) }
    advance()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard isWritable else { return }
    exchange?.connection?.resumeReading()
    advance()
    resumeReading()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
    isInputClosed = true
    switch phase {
    case .fresh:
      if inbox != nil { startTunnel() } else { close() }
    case .idle, .head: if isWritable { closeWhenSent() }
    case .exchange: exchange?.clientEnded()
    case .discarding, .lingering: closeWhenSent()
    case .closed: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    phase = .closed
    deadline.cancel()
    inbox = nil
    service.remove(self)
    exchange?.cancel()
    exchange = nil
    core.connectionClosed()
  }

  /// The channel closes itself after an error, which `channelInactive` then tells.
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
