import DevtopCore

/// What is no HTTP/1, or no longer.
extension Exchange {
  /// A client that was silent, or a service that spoke first: no HTTP/1.
  func becomeTunnel() {
    kind = .tunnel
    guard case .passing(let connection) = phase else { return }
    phase = .tunnel(connection)
    service.changeLoad { $0.tunnels += 1 }
  }

  /// The service has agreed to another protocol.
  func upgrade(on connection: UpstreamConnection) {
    attemptEnded(.answered(status: 101))
    leaveProtection()
    service.changeLoad {
      $0.inFlight -= 1
      $0.tunnels += 1
    }
    phase = .tunnel(connection)
  }
}
