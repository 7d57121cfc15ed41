import DevtopCore

/// What is sent again, and what never is.
extension Exchange {
  /// Goes to another connection, perhaps of another run; only for what may be sent again.
  private func sendAgain() {
    attemptEnded(.reloaded)
    leaveRun()
    service.dispatch(self)
  }

  /// Gives up the attempt that is under way.
  func leaveRun() {
    if case .passing(let connection) = phase {
      if kind == .http { service.changeLoad { $0.inFlight -= 1 } }
      phase = .new
      connection.release(isReusable: false)
    }
    phase = .new
    leaveRoute()
    record.retries += 1
    mayUsePooled = false
    passage?.pace?.stop()
    leaveProtection()
  }

  /// RFC 9110 §9.2.2, and nothing was answered.
  private var mayBeSentAgain: Bool {
    kind == .http && isIdempotent && !hasSentBody && body.isComplete && !hasAnswerBytes && record.retries < 3
      && !client.isInputClosed
  }

  /// Where it is configured how often a request is sent, that holds.
  private var hasAttempts: Bool {
    guard let passage, let retry = passage.protection.retry else { return true }
    return passage.attempt < retry.attempts
  }

  /// The connection ended without an answer.
  func lostUnanswered(_ connection: UpstreamConnection) {
    let isOld = service.hasMovedOn(from: connection.upstream.route)
    // A connection that was used before may have been closed by the service at the same moment.
    let isFallback = passage?.isFallback == true
    if mayBeSentAgain, isOld || connection.uses > 1 && hasAttempts, !isFallback {
      if !isOld { passage?.attempt += 1 }
      sendAgain()
    } else if !tryAgain(after: isOld ? .reloaded : .brokeOff) {
      attemptEnded(isOld ? .reloaded : .brokeOff)
      fail(.lost(service.id, isRepeatable: isIdempotent))
    }
  }

  /// A WebSocket or an event stream: what has no end to wait for.
  ///
  /// Whether requests are under way inside other tunnels cannot be told.
  var isStream: Bool {
    if case .tunnel = phase { kind == .http } else { record.kind == .eventStream }
  }

  /// Nothing is lost with it that asking again does not bring back.
  var isOfLittleMatter: Bool { mayBeSentAgain || method == .get || method == .head || isConnecting }

  private var isConnecting: Bool { if case .connecting = phase { true } else { false } }

  /// The time for draining is up; true when something was cut.
  func cutOff() -> Bool {
    attemptEnded(.reloaded)
    switch phase {
    case .passing where mayBeSentAgain:
      sendAgain()
      return false
    case .passing where kind == .probe:
      cancel()
      return false
    case .passing:
      guard case .awaited = answer else {
        end(.close, reusesConnection: false)
        return true
      }
      fail(.lost(service.id, isRepeatable: false))
      return true
    case .tunnel:
      end(.close, reusesConnection: false)
      return true
    case .connecting:
      leaveRoute()
      phase = .new
      leaveProtection()
      service.dispatch(self)
      return false
    case .new, .waiting, .streaming, .ended: return false
    }
  }
}
