/// What is found out about a process that failed.
extension AppState {
  mutating func crashed(_ id: ServiceID, _ run: RunNumber, _ diagnostic: Diagnostic) -> [Effect] {
    guard let index = index(of: id), isRecent(run, at: index) else { return [] }
    services[index].crash = diagnostic
    return [.report(.diagnostic(id, run, diagnostic))]
  }

  mutating func portInUse(_ id: ServiceID, _ run: RunNumber, _ holder: PortHolder) -> [Effect] {
    guard let index = index(of: id), isRecent(run, at: index) else { return [] }
    services[index].portHolder = holder
    // Frameworks that only log the error end with status 0; that is no success.
    if case .exited(let ended, let status) = services[index].process {
      services[index].process = .failed(
        ended, ProcessPhase.Failure(status: status, reason: "port \(holder.port) in use"))
    }
    return [
      .mark(id, run, holder.sentence(at: now.wall), .error),
      .report(.error(ConfigurationNotice("\(id): \(holder.sentence(at: now.wall))"))),
    ]
  }

  /// Whether a run is the last one, or the one before: what is found out about a crash may come after the restart.
  private func isRecent(_ run: RunNumber, at index: Int) -> Bool {
    if services[index].older.contains(where: { $0.run == run }) { return true }
    return services[index].process.run.map { $0 - run <= 1 } ?? false
  }

  mutating func holderEnded(_ id: ServiceID, pid: Int32) -> [Effect] {
    guard let index = index(of: id), services[index].portHolder?.pid == pid else { return [] }
    services[index].portHolder = nil
    services[index].isWanted = true
    return say("pid \(pid) ended; \(id) starts again") + restart(at: index)
  }
}
