import DevtopCore
import NIOCore

/// One request and its answer, or a tunnel, between a client and a run.
final class Exchange {
  enum Kind {
    case http
    /// A connection for a client that says nothing yet: perhaps the service speaks first.
    case probe
    case tunnel
  }

  enum Phase {
    case new
    /// For a run.
    case waiting
    case connecting(Upstream)
    /// The request goes to the run, or its answer comes.
    case passing(UpstreamConnection)
    /// Bytes go both ways as they are.
    case tunnel(UpstreamConnection)
    /// Devtop itself tells a page what happens.
    case streaming
    case ended
  }

  /// How far the answer is.
  enum Answer {
    case awaited
    case body
    /// All of it is passed on; the request is not at its end.
    case complete
  }

  let client: ClientConnection
  let service: ProxiedService
  var kind: Kind
  var phase = Phase.new
  /// The run that it is on.
  private(set) var route: Route?

  // The request.
  /// For devtop itself: no service has to do with it, and it is not counted.
  var isOwn = false
  var method = Method.other
  var isIdempotent = false
  var isVersion10 = false
  var keepsClient = false
  var wantsUpgrade = false
  /// What live reload changes of it; nil for what is no page.
  var page: PageExchange?
  /// Through the service's protection; nil where it has none.
  var passage: Passage?
  /// As the run gets it.
  var head = ByteBuffer()
  var body = MessageBody.empty
  /// What came before there was a connection.
  private(set) var pending: [ByteBuffer] = []
  private(set) var pendingInBytes = 0
  private(set) var hasSentBody = false
  /// False after a connection out of the pool turned out to be dead.
  var mayUsePooled = true
  private var heldUntil: Int64?

  // The answer.
  var answer = Answer.awaited
  var answerBody = MessageBody.empty
  /// An answer's head that is not complete.
  var answerInbox: ByteBuffer?
  var hasAnswerBytes = false
  var answerKeepsUpstream = false

  var record: ExchangeRecord

  init(_ kind: Kind, _ client: ClientConnection, startedAt: Int64) {
    self.kind = kind
    self.client = client
    service = client.service
    record = ExchangeRecord(startedAt: startedAt)
  }

  var core: ProxyCore { client.core }

  var isNew: Bool { if case .new = phase { true } else { false } }
  var isEnded: Bool { if case .ended = phase { true } else { false } }
  /// It has waited for a run.
  var wasHeld: Bool { heldUntil != nil }
  var isWaiting: Bool { if case .waiting = phase { true } else { false } }

  var connection: UpstreamConnection? {
    switch phase {
    case .passing(let connection), .tunnel(let connection): connection
    case .new, .waiting, .connecting, .streaming, .ended: nil
    }
  }

  // MARK: Towards a connection

  func startWaiting(_ time: Duration) {
    phase = .waiting
    leaveProtection()
    let now = SystemClock.monotonicNanoseconds
    record.startsWaiting(at: now)
    let deadline = heldUntil ?? now + time.inNanoseconds
    heldUntil = deadline
    client.wait(until: deadline, in: service.holdDeadlines)
  }

  func stopWaiting() {
    phase = .new
    record.stopsWaiting(at: SystemClock.monotonicNanoseconds)
    client.waitNoLonger()
  }

  func connecting(to upstream: Upstream) {
    phase = .connecting(upstream)
    route = upstream.route
    record.connectingAt = SystemClock.monotonicNanoseconds
  }

  func isConnecting(to upstream: Upstream) -> Bool {
    if case .connecting(let current) = phase { current === upstream } else { false }
  }

  func connectFailed(_ upstream: Upstream) {
    guard isConnecting(to: upstream) else { return }
    let isOld = leaveRoute().map(service.hasMovedOn) ?? true
    phase = .new
    if passage?.isFallback == true { return fail(.noRun(service.id)) }
    attemptEnded(isOld ? .reloaded : .connectFailed)
    leaveProtection()
    if isOld { service.dispatch(self) } else { service.refused(self) }
  }

  /// There is a connection that works.
  func begin(on connection: UpstreamConnection) {
    record.connectedAt = connection.uses > 1 ? record.connectingAt : SystemClock.monotonicNanoseconds
    record.run = connection.upstream.route.run
    if passage?.isFallback != true { service.accepted() }
    switch kind {
    case .http:
      phase = .passing(connection)
      service.changeLoad { $0.inFlight += 1 }
      connection.write(page == nil ? head : pageHead(for: connection.upstream.route.run))
    case .probe: phase = .passing(connection)
    case .tunnel:
      phase = .tunnel(connection)
      service.changeLoad { $0.tunnels += 1 }
    }
    sendPending(to: connection)
    guard !isEnded else { return }
    if client.isInputClosed { clientEnded() }
    guard !isEnded else { return }
    client.exchangeBegan(self)
  }

  private func sendPending(to connection: UpstreamConnection) {
    if !pending.isEmpty {
      if kind != .probe { hasSentBody = true }
      for piece in pending {
        passage?.keep(piece)
        connection.write(piece)
      }
      pending = []
      pendingInBytes = 0
    }
    connection.flush()
  }

  @discardableResult
  func leaveRoute() -> Route? {
    guard let route else { return nil }
    self.route = nil
    route.becameIdle()
    return route
  }

  // MARK: From the client

  /// More of the request's body, or of what goes through the tunnel.
  func send(_ bytes: ByteBuffer) {
    switch phase {
    case .passing(let connection), .tunnel(let connection):
      hasSentBody = true
      passage?.keep(bytes)
      connection.write(bytes)
      connection.flush()
    case .new, .connecting: keep(bytes)
    case .waiting:
      keep(bytes)
      if !service.waitingBodyGrew(by: bytes.readableBytes) { fail(.tooMuchWaits(service.id)) }
    case .streaming, .ended: break
    }
  }

  /// For another attempt.
  func putBack(_ body: [ByteBuffer]) {
    hasSentBody = false
    pending = []
    pendingInBytes = 0
    for piece in body { keep(piece) }
  }

  private func keep(_ bytes: ByteBuffer) {
    guard bytes.readableBytes > 0 else { return }
    pending.append(bytes)
    pendingInBytes += bytes.readableBytes
  }

  /// Whether more of the client's bytes are of use now.
  var wantsMore: Bool {
    switch phase {
    case .passing(let connection), .tunnel(let connection): connection.isWritable
    case .new, .waiting, .connecting: pendingInBytes < ClientConnection.inboxLimit
    case .streaming: true
    case .ended: false
    }
  }

  /// The client will not send any more.
  ///
  /// It is passed on, so that the service does what it would do without devtop; a request that waits is given up,
  /// since hardly anybody closes half a connection and then waits, and what a person gave up should not be done later.
  func clientEnded() {
    switch phase {
    case .new where passage != nil: cancel()
    case .new, .connecting: if !body.isComplete { cancel() }
    case .waiting, .streaming: cancel()
    case .passing(let connection):
      guard body.isComplete, kind == .http else { return cancel() }
      if client.isAtEndOfInput { connection.closeOutput() }
    case .tunnel(let connection): connection.closeOutput()
    case .ended: break
    }
  }

  /// The client is gone, or broke off.
  func cancel() { end(.abort, reusesConnection: false) }

  // MARK: Ends

  /// Answers in the place of the service.
  func fail(_ local: LocalAnswer) {
    guard !isEnded else { return }
    if case .waiting = phase { service.stopWaiting(self) }
    switch kind {
    case .probe: end(.next, reusesConnection: false)
    case .tunnel: end(.abort, reusesConnection: false)
    case .http:
      if local.status == 502 { attemptEnded(.brokeOff) }
      if local.status == 504 { attemptEnded(.timedOut) }
      guard case .awaited = answer else { return end(.abort, reusesConnection: false) }
      give(answer(for: local), closes: local.closes)
    }
  }

  /// Sends a whole answer of devtop's.
  func give(_ own: OwnAnswer, closes: Bool) {
    record.status = own.status
    record.bytesOut = own.body.count
    let closes = closes || !keepsClient
    var buffer = core.takeBuffer()
    own.write(into: &buffer, closes ? .close : isVersion10 ? .keepAlive : .none)
    client.write(buffer)
    core.giveBack(&buffer)
    client.flush()
    end(closes ? .linger : body.isComplete ? .next : .discard(body), reusesConnection: false)
  }

  func end(_ next: ClientConnection.Next, reusesConnection: Bool) {
    let before = phase
    if case .ended = before { return }
    if case .waiting = before { service.stopWaiting(self) }
    phase = .ended
    passage?.pace?.stop()
    leaveProtection()
    switch before {
    case .passing where kind == .http: service.changeLoad { $0.inFlight -= 1 }
    case .tunnel: service.changeLoad { $0.tunnels -= 1 }
    case .streaming: service.browsers.remove(self)
    case .new, .waiting, .connecting, .passing, .ended: break
    }
    if kind != .probe, !isOwn { core.meter.add(self) }
    core.giveBack(&head)
    pending = []
    switch before {
    case .passing(let connection), .tunnel(let connection): connection.release(isReusable: reusesConnection)
    case .new, .waiting, .connecting, .streaming, .ended: break
    }
    leaveRoute()
    client.ended(self, next)
  }
}
