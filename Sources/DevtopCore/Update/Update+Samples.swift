extension AppState {
  /// Process trees are sampled this often while the Services pane is shown, and otherwise.
  static let samplingWhileShown: Duration = .seconds(1)
  static let samplingWhileHidden: Duration = .seconds(30)

  /// Asks for another sampling interval when what is shown has changed.
  mutating func adjustSampling() -> [Effect] {
    let isShown = Layout(self).panes[.services] != nil
    let wanted = isShown ? Self.samplingWhileShown : Self.samplingWhileHidden
    guard sampling != wanted else { return [] }
    sampling = wanted
    return [.sample(every: wanted)]
  }

  /// What a tree uses now; growth that never ends is warned about once a run.
  mutating func sampled(_ id: ServiceID, _ run: RunNumber, _ sample: ProcessSample) -> [Effect] {
    guard let index = index(of: id), (services[index].liveRun ?? services[index].servingRun) == run else {
      return []
    }
    var service = services[index]
    if let last = service.sample, let at = service.sampledAt, now.instant > at {
      let share = (sample.cpuTime - last.cpuTime) / (now.instant - at)
      service.cpuPercent = max(0, share * 100)
    }
    service.sample = sample
    service.sampledAt = now.instant
    if service.leaks.run != run {
      service.leaks = LeakWatch()
      service.leaks.run = run
    }
    let warning = service.leaks.add(sample, service: id)
    services[index] = service
    return warning.map { warn(ConfigurationNotice($0)) } ?? []
  }
}

extension LeakWatch {
  /// Adds a point; answers the warning that it leads to, once a run.
  fileprivate mutating func add(_ sample: ProcessSample, service: ServiceID) -> String? {
    guard let sockets = sample.closeWaitSockets else { return nil }
    openFiles = Array((openFiles + [sample.openFiles]).suffix(Self.length))
    closeWait = Array((closeWait + [sockets]).suffix(Self.length))
    guard !hasWarned else { return nil }
    let minutes = Self.length * 30 / 60
    if Self.isSteadyGrowth(closeWait) {
      hasWarned = true
      return
        "\(service) #\(run) has \(sockets) sockets in CLOSE_WAIT, growing for \(minutes) minutes: "
        + "it does not close connections that its clients have closed"
    }
    if Self.isSteadyGrowth(openFiles) {
      hasWarned = true
      return
        "\(service) #\(run) has \(sample.openFiles) open files, growing for \(minutes) minutes: it may leak them"
    }
    return nil
  }
}
