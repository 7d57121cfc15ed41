import DevtopCore
import NIOCore

/// From bytes to requests.
extension ClientConnection {
  /// HTTP/1, or a tunnel for everything else.
  func decideProtocol() -> Bool {
    guard let inbox else { return false }
    switch inbox.withUnsafeReadableBytes(FirstBytes.init) {
    case .http:
      phase = .idle
      // Its connection is as good as any for the request.
      exchange?.end(.next, reusesConnection: true)
      return true
    case .other:
      startTunnel()
      return true
    case .unknown: return false
    }
  }

  func startTunnel() {
    deadline.cancel()
    phase = .exchange
    if let probe = exchange {
      probe.becomeTunnel()
      probe.record.kind = .tunnel
      advance()
      return
    }
    let tunnel = Exchange(.tunnel, self, startedAt: SystemClock.monotonicNanoseconds)
    tunnel.record.kind = .tunnel
    exchange = tunnel
    _ = feed()
    service.dispatch(tunnel)
  }

  private func startProbe() {
    guard !service.httpAddresses.contains(publicAddress) else { return }
    let probe = Exchange(.probe, self, startedAt: SystemClock.monotonicNanoseconds)
    exchange = probe
    service.dispatch(probe)
  }

  /// Reads a head and starts its exchange; false when the head is not complete.
  func startRequest() -> Bool {
    guard var bytes = inbox else { return false }
    skipEmptyLines(&bytes)
    guard bytes.readableBytes > 0 else {
      inbox = nil
      return true
    }
    inbox = bytes
    if case .idle = phase {
      phase = .head
      headStartedAt = SystemClock.monotonicNanoseconds
    }
    let core = core
    let limits = service.headLimits
    let result = bytes.withUnsafeReadableBytes { raw -> Result<Bool, HeadFault> in
      do throws(HeadFault) { return .success(try core.requestHead.read(raw, limits)) } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(true):
      deadline.cancel()
      start(bytes)
      return true
    case .success(false):
      let time = service.spec.limits.headTime.inNanoseconds
      if deadline.list !== service.headDeadlines {
        service.headDeadlines.set(deadline, at: headStartedAt + time)
      }
      return false
    case .failure(let fault):
      refuse(.refused(fault))
      return true
    }
  }

  /// RFC 9112 §2.2: empty lines before a request are ignored.
  private func skipEmptyLines(_ bytes: inout ByteBuffer) {
    guard case .idle = phase else { return }
    while bytes.readableBytes >= 2,
      bytes.getInteger(at: bytes.readerIndex, as: UInt16.self) == 0x0d0a
    {
      bytes.moveReaderIndex(forwardBy: 2)
    }
  }

  /// The head is in `core.requestHead`, the bytes begin with it.
  private func start(_ bytes: ByteBuffer) {
    var bytes = bytes
    inbox = nil
    let own = ownExchange(bytes)
    let exchange = own?.0 ?? makeExchange(bytes)
    bytes.moveReaderIndex(forwardBy: core.requestHead.lengthInBytes)
    if bytes.readableBytes > 0 { inbox = bytes }
    self.exchange = exchange
    phase = .exchange
    if let limit = service.spec.limits.bodyInBytes, case .length(let length) = core.requestHead.framing,
      length > limit
    {
      return exchange.fail(.bodyTooLarge(limit))
    }
    // What came with the head is looked at first: a body that is wrong from its start reaches nobody.
    while inbox != nil, !exchange.body.isComplete, feed() {}
    guard !exchange.isEnded else { return }
    if let own { answerOwn(exchange, own.1) } else { service.admit(exchange) }
  }

  /// The head is in `core.requestHead`.
  private func makeExchange(_ bytes: ByteBuffer) -> Exchange {
    let core = core
    let exchange = Exchange(.http, self, startedAt: headStartedAt)
    exchange.method = core.requestHead.method
    exchange.isIdempotent = core.requestHead.method.isIdempotent
    exchange.isVersion10 = core.requestHead.isVersion10
    exchange.keepsClient = core.requestHead.keepsAlive
    exchange.wantsUpgrade = core.requestHead.wantsUpgrade
    exchange.body = MessageBody(core.requestHead.framing, isStrict: true)
    exchange.body.capture = Capture(limitInBytes: service.spec.captureInBytes)
    if core.requestHead.hints.needsEdit, service.spec.reloadsBrowsers {
      exchange.page = PageExchange(core.requestHead, bytes)
    }
    var buffer = core.takeBuffer()
    bytes.withUnsafeReadableBytes { raw in
      var additions = HeadWriter.Additions(client: peerBytes)
      if core.requestHead.requestID >= 0 {
        let value = core.requestHead.fields.lines[core.requestHead.requestID].value
        exchange.record.id = .client(String(decoding: raw.slice(value), as: UTF8.self))
      } else {
        let id = core.nextRequestID()
        exchange.record.id = .own(id)
        additions.requestID = id
      }
      HeadWriter.write(core.requestHead, raw, additions, into: &buffer)
      exchange.record.path = String(decoding: raw.slice(core.requestHead.targetRange), as: UTF8.self)
      exchange.record.method =
        exchange.method == .other
        ? String(decoding: raw.slice(core.requestHead.methodRange), as: UTF8.self) : exchange.method.name
    }
    exchange.head = buffer
    exchange.record.keepsFields = core.meter.keepsFields(at: headStartedAt)
    if exchange.record.keepsFields { exchange.record.requestFields = core.requestHead.fields.strings(bytes) }
    return exchange
  }

  /// Passes on what belongs to the exchange; false when nothing more can be done now.
  func feed() -> Bool {
    guard let exchange, var bytes = inbox else { return false }
    if exchange.isTunnel {
      inbox = nil
      exchange.record.bytesIn += bytes.readableBytes
      exchange.send(bytes)
      return false
    }
    guard exchange.kind == .http, !exchange.body.isComplete else { return false }
    let result = bytes.withUnsafeReadableBytes { raw -> Result<Int, HeadFault> in
      do throws(HeadFault) { return .success(try exchange.body.consume(raw)) } catch {
        return .failure(error)
      }
    }
    switch result {
    case .failure(let fault):
      inbox = nil
      exchange.fail(.refused(fault, wasBegun: exchange.connection != nil))
      return false
    case .success(let count):
      guard let piece = bytes.readSlice(length: count) else { return false }
      inbox = bytes.readableBytes > 0 ? bytes : nil
      if let limit = service.spec.limits.bodyInBytes, exchange.body.payloadInBytes > limit {
        exchange.fail(.bodyTooLarge(limit))
        return true
      }
      // No copy of ours is left, so that the channel can use the storage again.
      bytes = ByteBuffer()
      exchange.send(piece)
      guard !exchange.isEnded else { return true }
      if case .passing = exchange.phase { setExchangeDeadline(exchange) }
      if exchange.body.isComplete { exchange.requestIsComplete() }
      return true
    }
  }

  /// Refuses what is no request; nothing of the connection can be trusted any more.
  func refuse(_ local: LocalAnswer) {
    let exchange = Exchange(.http, self, startedAt: headStartedAt)
    self.exchange = exchange
    phase = .exchange
    exchange.fail(local)
  }

  func timedOut() {
    let limits = service.spec.limits
    switch phase {
    case .fresh:
      if exchange == nil, !isProbed {
        isProbed = true
        waitForFirstBytes(limits)
        startProbe()
      } else if let probe = exchange, probe.isWaiting {
        probe.fail(.noRun(service.id))
        waitForFirstBytes(limits)
      } else {
        exchange?.cancel()
        // The beginning of a method, as far as can be told.
        if inbox == nil { close() } else { refuse(.tooSlow("head", limits.headTime)) }
      }
    case .idle: close()
    case .head: refuse(.tooSlow("head", limits.headTime))
    case .exchange: exchange?.timedOut(limits)
    case .discarding, .lingering: close()
    case .closed: break
    }
  }

  private func waitForFirstBytes(_ limits: ProxyLimits) {
    if inbox == nil {
      service.idleDeadlines.set(deadline, in: limits.idleTime.inNanoseconds)
    } else {
      service.headDeadlines.set(deadline, in: limits.headTime.inNanoseconds)
    }
  }
}
