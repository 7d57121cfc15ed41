import DevtopCore

/// Protection as configured.
extension ProxiedService {
  /// A request has come.
  func admit(_ exchange: Exchange) {
    if let protection { protection.admit(exchange) } else { dispatch(exchange) }
  }

  /// What is under way ends with what it began with.
  func replaceProtection() {
    protection?.retire()
    protection = ServiceProtection(spec.protection, self)
    if load.breaker != .closed { changeLoad { $0.breaker = .closed } }
  }
}
