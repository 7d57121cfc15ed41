import DevtopCore
import NIOCore

/// The way of an answer to the client.
extension Exchange {
  /// Bodies up to this size are copied behind a head that is written anew: one buffer, one system call.
  private static let copyLimit = 8 << 10

  /// Bytes of the run.
  func received(_ bytes: ByteBuffer) {
    if let pace = passage?.pace { pace.add(bytes, to: self) } else { take(bytes) }
  }

  /// Whether more of the answer can be used now.
  var wantsAnswer: Bool { client.isWritable && passage?.pace?.isBusy != true }

  /// Makes something of bytes of the run.
  func take(_ bytes: ByteBuffer) {
    if record.firstByteAt == 0 { record.firstByteAt = SystemClock.monotonicNanoseconds }
    hasAnswerBytes = true
    switch phase {
    case .tunnel:
      record.bytesOut += bytes.readableBytes
      client.write(bytes)
    case .passing(let connection):
      if kind == .probe { return client.serviceSpokeFirst(self, bytes) }
      receive(bytes, connection)
    case .new, .waiting, .connecting, .streaming, .ended: break
    }
  }

  private func receive(_ bytes: ByteBuffer, _ connection: UpstreamConnection) {
    var bytes = bytes
    if var inbox = answerInbox {
      answerInbox = nil
      inbox.writeBuffer(&bytes)
      bytes = inbox
    }
    while bytes.readableBytes > 0 {
      switch phase {
      case .passing: break
      case .tunnel:
        // The first bytes of the other protocol came with the 101.
        record.bytesOut += bytes.readableBytes
        return client.write(bytes)
      case .new, .waiting, .connecting, .streaming, .ended: return
      }
      switch answer {
      case .awaited:
        guard receiveHead(&bytes, connection) else {
          answerInbox = bytes
          return
        }
      case .body: receiveBody(&bytes)
      case .complete:
        // More than one answer: nothing of it can be trusted.
        return end(.linger, reusesConnection: false)
      }
    }
  }

  /// False while the head is not complete.
  private func receiveHead(_ bytes: inout ByteBuffer, _ connection: UpstreamConnection) -> Bool {
    let core = core
    let result = bytes.withUnsafeReadableBytes { raw -> Result<Bool, HeadFault> in
      do throws(HeadFault) { return .success(try core.answerHead.read(raw)) } catch { return .failure(error) }
    }
    switch result {
    case .failure(let fault): fail(.brokenAnswer(service.id, fault))
    case .success(false): return false
    case .success(true):
      if core.answerHead.status == 101 {
        passUpgrade(&bytes, connection)
      } else if core.answerHead.isInterim {
        passInterim(&bytes)
      } else {
        passHead(&bytes)
      }
    }
    return true
  }

  private func passUpgrade(_ bytes: inout ByteBuffer, _ connection: UpstreamConnection) {
    guard wantsUpgrade, body.isComplete else {
      return fail(.brokenAnswer(service.id, HeadFault("is 101 to a request that asked for no upgrade")))
    }
    passOn(&bytes, .upgrade, bodyInBytes: 0)
    record.status = 101
    record.kind = .webSocket
    core.meter.addOpen(self)
    upgrade(on: connection)
    client.upgraded()
  }

  private func passInterim(_ bytes: inout ByteBuffer) {
    if isVersion10 {
      // RFC 9110 §15.2: HTTP/1.0 knows no interim answers.
      bytes.moveReaderIndex(forwardBy: core.answerHead.lengthInBytes)
    } else {
      passOn(&bytes, .none, bodyInBytes: 0)
      client.flush()
    }
  }

  /// The head of the final answer, with what came of its body.
  private func passHead(_ bytes: inout ByteBuffer) {
    let core = core
    record.status = core.answerHead.status
    answerKeepsUpstream = core.answerHead.keepsAlive
    answerBody = MessageBody(core.answerHead.framing(to: method), isStrict: false)
    answerBody.capture = Capture(limitInBytes: service.spec.captureInBytes)
    if let upstream = connection?.upstream, !upstream.speaksHTTP {
      upstream.speaksHTTP = true
      service.httpAddresses.insert(client.publicAddress)
    }
    if core.answerHead.isEventStream(bytes) { record.kind = .eventStream }
    if record.keepsFields { record.answerFields = core.answerHead.fields.strings(bytes) }
    if record.kind == .eventStream {
      core.meter.addOpen(self)
      // It has no end to wait for: its head is the answer, and it takes no place among the requests under way.
      attemptEnded(.answered(status: record.status))
      leaveProtection()
    }
    let edit = answerEdit(bytes)
    // A body with the script has an end of its own towards HTTP/1.1.
    let endsWithConnection = page?.body == nil ? answerBody.endsWithConnection : isVersion10
    if endsWithConnection || !body.isComplete && !answerKeepsUpstream { keepsClient = false }
    let headInBytes = core.answerHead.lengthInBytes
    guard let consumed = consume(bytes, from: headInBytes) else { return }
    let field = keepsClient ? isVersion10 ? HeadWriter.ClientConnectionField.keepAlive : .none : .close
    if page?.body == nil {
      passOn(&bytes, field, edit, bodyInBytes: consumed)
    } else {
      passOn(&bytes, field, edit, bodyInBytes: 0)
      if let piece = bytes.readSlice(length: consumed) { passBody(piece) }
    }
    guard !isEnded else { return }
    answer = .body
    if answerBody.isComplete { answerIsComplete() } else { client.answerBegan() }
  }

  private func receiveBody(_ bytes: inout ByteBuffer) {
    guard let consumed = consume(bytes, from: 0), let piece = bytes.readSlice(length: consumed) else {
      return
    }
    passBody(piece)
    if answerBody.isComplete { answerIsComplete() }
  }

  /// How much belongs to the answer's body; nil: it is broken, and the exchange over.
  private func consume(_ bytes: ByteBuffer, from start: Int) -> Int? {
    let result = bytes.withUnsafeReadableBytes { raw -> Result<Int, HeadFault> in
      do throws(HeadFault) {
        return .success(try answerBody.consume(raw.slice(start..<raw.count)))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let count): return count
    case .failure(let fault):
      fail(.brokenAnswer(service.id, fault))
      return nil
    }
  }

  /// Writes the head that is in `core.answerHead`, and so many bytes of the body behind it.
  private func passOn(
    _ bytes: inout ByteBuffer, _ field: HeadWriter.ClientConnectionField, _ edit: HeadEdit? = nil,
    bodyInBytes: Int
  ) {
    let core = core
    let headInBytes = core.answerHead.lengthInBytes
    if core.answerHead.isClean, edit == nil, case .none = field {
      // As it came, without a copy.
      if let whole = bytes.readSlice(length: headInBytes + bodyInBytes) { client.write(whole) }
      return
    }
    var buffer = core.takeBuffer()
    bytes.withUnsafeReadableBytes { raw in
      HeadWriter.write(core.answerHead, raw, field, edit, into: &buffer)
      if bodyInBytes <= Self.copyLimit {
        buffer.writeBytes(raw.slice(headInBytes..<headInBytes + bodyInBytes))
      }
    }
    client.write(buffer)
    core.giveBack(&buffer)
    bytes.moveReaderIndex(forwardBy: headInBytes)
    guard let piece = bytes.readSlice(length: bodyInBytes), bodyInBytes > Self.copyLimit else { return }
    client.write(piece)
  }

  private func answerIsComplete() {
    guard !isEnded else { return }
    if page?.body != nil { endPage() }
    answer = .complete
    client.flush()
    guard !isEnded else { return }
    if body.isComplete {
      end(
        keepsClient ? .next : .close,
        reusesConnection: answerKeepsUpstream && !answerBody.wasEndedByConnection)
    } else if !keepsClient {
      // The client still sends what nobody reads.
      end(.linger, reusesConnection: false)
    }
  }

  /// The last byte of the request is sent.
  func requestIsComplete() {
    if case .complete = answer { answerIsComplete() }
  }

  // MARK: Ends of the connection

  /// The run will not send any more.
  func upstreamEnded() {
    if passage?.pace?.add(.ended) == true { return }
    switch phase {
    case .tunnel(let connection):
      client.closeOutput()
      if connection.isOutputClosed { end(.close, reusesConnection: false) }
    case .passing:
      if case .body = answer, answerBody.endsWithConnection {
        answerBody.end()
        return answerIsComplete()
      }
      upstreamLost()
    case .new, .waiting, .connecting, .streaming, .ended: break
    }
  }

  /// The connection to the run is gone.
  func upstreamLost() {
    if passage?.pace?.add(.lost) == true { return }
    switch phase {
    case .tunnel: end(.close, reusesConnection: false)
    case .passing(let connection):
      if kind == .probe { return end(.close, reusesConnection: false) }
      switch answer {
      case .awaited where hasAnswerBytes:
        fail(.brokenAnswer(service.id, HeadFault("ends within its head")))
      case .awaited: lostUnanswered(connection)
      case .body:
        attemptEnded(service.hasMovedOn(from: connection.upstream.route) ? .reloaded : .brokeOff)
        end(.abort, reusesConnection: false)
      case .complete: end(.discard(body), reusesConnection: false)
      }
    case .new, .waiting, .connecting, .streaming, .ended: break
    }
  }
}
