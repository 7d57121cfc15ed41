/// A row of the Build pane below its title.
package enum BuildRow: Equatable, Sendable {
  /// Who holds the port that this service asked for.
  case holder(ServiceID)
  /// An index into the state's notices.
  case notice(Int)
  /// An index into `listedDiagnostics`.
  case diagnostic(Int)
  /// A further line of the selected diagnostic: a code frame or a note.
  case detail(Int, line: Int)
  /// The last build of a service in a line.
  case service(ServiceID)
  /// What is new and fixed since the build before.
  case summary
  /// The last builds with their durations.
  case history
  /// From the save to readiness.
  case waterfall
  /// A line of the build's output as it was printed, from the top.
  case raw(Int)
}

/// A finding that the Build pane lists, and whose it is.
package struct ListedDiagnostic: Equatable, Sendable {
  package var service: ServiceID
  package var diagnostic: Diagnostic

  package init(service: ServiceID, diagnostic: Diagnostic) {
    self.service = service
    self.diagnostic = diagnostic
  }
}

extension AppState {
  /// What the Build pane lists and its cursor counts: of each service (or of the one in focus) the crash, then
  /// the diagnostics in the compiler's order, without those that were dismissed.
  package var listedDiagnostics: [ListedDiagnostic] {
    var list: [ListedDiagnostic] = []
    for service in services where screen.service == nil || screen.service == service.id {
      let all = (service.crash.map { [$0] } ?? []) + service.diagnostics
      for diagnostic in all where !screen.build.dismissed.contains(diagnostic) {
        list.append(ListedDiagnostic(service: service.id, diagnostic: diagnostic))
      }
    }
    return list
  }

  /// The service that Build's title, history and waterfall are about: the one in focus, else the first that is
  /// red or has something to say, else the one that was built last.
  package var buildService: ServiceState? {
    if let focused = screen.service { return self[focused] }
    if let red = services.first(where: \.isRed) { return red }
    if let building = services.first(where: { $0.build != .idle }) { return building }
    if let noisy = services.first(where: { !$0.diagnostics.isEmpty || $0.crash != nil }) { return noisy }
    return services.filter { $0.lastBuild != nil }.max {
      ($0.lastBuild?.started.milliseconds ?? 0) < ($1.lastBuild?.started.milliseconds ?? 0)
    } ?? services.first
  }

  var hasRequests: Bool { requests.total > 0 || !requests.recent.isEmpty }

  private var shownHolders: [ServiceID] {
    services.filter { $0.portHolder != nil && (screen.service == nil || screen.service == $0.id) }.map(\.id)
  }

  /// Errors first, as indices of `notices`.
  private var shownNotices: [Int] {
    let errors = notices.indices.filter { notices[$0].isError }
    return Array((errors + notices.indices.filter { !notices[$0].isError }).prefix(3))
  }

  private var needsBuildPane: Bool {
    !shownHolders.isEmpty || !listedDiagnostics.isEmpty || notices.contains(where: \.isError)
      || services.contains(where: \.isRed) || screen.focus == .build || screen.build.showsRawOutput
  }

  /// Rows that Build wants below its title: `whileGreen` while there is nothing to act on.
  func openBuildRows(atMost limit: Int, whileGreen green: Int) -> Int {
    guard needsBuildPane else { return min(limit, max(green, notices.isEmpty ? 0 : 1)) }
    if screen.build.showsRawOutput { return limit }
    let list = listedDiagnostics
    let detail =
      list.indices.contains(screen.build.cursor.selected)
      ? list[screen.build.cursor.selected].diagnostic.detail.count : 0
    let wanted = shownHolders.count + shownNotices.count + list.count + min(4, detail) + 3
    return min(limit, max(3, wanted, green))
  }

  /// The rows of a Build pane of this height.
  func buildRows(height: Int) -> [BuildRow] {
    guard height > 0 else { return [] }
    if screen.build.showsRawOutput { return (0..<height).map(BuildRow.raw) }
    var rows: [BuildRow] = shownHolders.prefix(max(1, height / 2)).map(BuildRow.holder)
    let list = listedDiagnostics
    let room = height - rows.count - (list.isEmpty ? 0 : 1)
    rows += shownNotices.prefix(max(0, room)).map(BuildRow.notice)
    var footer: [BuildRow] = [.history, .waterfall]
    if list.isEmpty {
      let shown = services.filter { $0.lastBuild != nil && (screen.service == nil || screen.service == $0.id) }
      rows += shown.map { .service($0.id) }
    } else {
      footer.insert(.summary, at: 0)
    }
    // The list keeps at least three rows where it has them.
    let spare = height - rows.count - min(3, list.count)
    footer = Array(footer.prefix(max(0, spare)))
    rows += diagnosticRows(list, height: height - rows.count - footer.count)
    return Array((rows + footer).prefix(height))
  }

  private func diagnosticRows(_ list: [ListedDiagnostic], height: Int) -> [BuildRow] {
    guard height > 0, !list.isEmpty else { return [] }
    let cursor = screen.build.cursor
    let selected = max(0, min(list.count - 1, cursor.selected))
    let details = min(
      list[selected].diagnostic.detail.count, max(0, height - min(list.count, max(1, (height + 1) / 2))))
    let visible = min(list.count, height - details)
    let lowest = max(0, selected - visible + 1)
    let first = min(max(lowest, min(cursor.top, selected)), list.count - visible)
    var rows: [BuildRow] = []
    for index in first..<first + visible {
      rows.append(.diagnostic(index))
      if index == selected { rows += (0..<details).map { .detail(index, line: $0) } }
    }
    return rows
  }
}
