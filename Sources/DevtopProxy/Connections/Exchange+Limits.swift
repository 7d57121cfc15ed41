import DevtopCore

extension Exchange {
  var isTunnel: Bool {
    if case .tunnel = phase { true } else { kind == .tunnel }
  }

  /// The deadline of what it waits for has passed.
  func timedOut(_ limits: ProxyLimits) {
    switch phase {
    case .waiting: fail(.waitedTooLong(service.id, service.holdTime))
    case .passing(let connection):
      if !body.isComplete {
        // The service is behind, not the client.
        guard connection.isWritable else { return client.setExchangeDeadline(self) }
        fail(.tooSlow("body", limits.bodyTime))
      } else if let (time, setting) = answerTime(limits), case .awaited = answer,
        !tryAgain(after: .timedOut)
      {
        fail(.noAnswer(service.id, time, setting))
      }
    case .new: if let passage { fail(.waitedForPlace(service.id, passage.protection.queueTime)) }
    case .connecting, .tunnel, .streaming, .ended: break
    }
  }
}
