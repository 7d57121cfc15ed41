extension AppState {
  /// Starts the services whose dependencies have become ready.
  mutating func startWaiting() -> [Effect] {
    guard phase == .running else { return [] }
    var effects: [Effect] = []
    for index in services.indices where !services[index].isLeaving {
      if case .waiting(let run, _) = services[index].process { effects += launch(run, at: index) }
    }
    return effects
  }

  /// Warns where a service waits for one that will not come by itself.
  mutating func tellThatWaitingIsVain(for needed: ServiceID, only waiting: ServiceID? = nil)
    -> [Effect]
  {
    guard phase == .running, let service = self[needed], !service.isLeaving, service.build.run == nil else {
      return []
    }
    let why: String
    switch service.process {
    case .failed(_, let failure) where failure.restart == nil:
      why = "failed" + ((failure.reason ?? failure.status?.description).map { " (\($0))" } ?? "")
    case .stopped: why = "is stopped"
    case .none, .waiting, .starting, .ready, .running, .stopping, .exited, .failed: return []
    }
    var effects: [Effect] = []
    for index in services.indices where waiting == nil || services[index].id == waiting {
      guard case .waiting(_, let others) = services[index].process, others.contains(needed) else { continue }
      let notice = ConfigurationNotice(
        "\(services[index].id) waits for \(needed), which \(why): start that one, mend it, or take it out of depends_on"
      )
      guard services[index].waitNotice != notice else { continue }
      notices.removeAll { $0.text == services[index].waitNotice }
      services[index].waitNotice = notice
      effects += warn(notice)
    }
    return effects
  }
}
