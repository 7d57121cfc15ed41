import DevtopCore

/// The first row, which says whether the last save is live.
struct HeaderPane {
  let scene: Scene

  private var state: AppState { scene.state }
  private var symbols: Symbols { scene.symbols }

  /// How much a service tells, from all to its sign and name.
  private enum Detail: Int, CaseIterable, Comparable {
    case full
    case withoutTimes
    case short
    case withoutPorts
    case names

    static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }
  }

  func draw(on canvas: inout Canvas) {
    let columns = scene.size.columns
    canvas.fill(Layout.Frame(column: 0, row: 0, columns: columns, rows: 1), .header)
    let badge = badge
    let end = columns - 1
    let badgeStart = max(0, end - badge.columns)
    var line = Line()
    // What works says less before what failed does, but keeps its state as long as it can.
    search: for failed in Detail.allCases {
      for detail in Detail.allCases
      where detail >= failed && (detail != .names || failed >= .withoutPorts) {
        line = left(detail, failed: failed, room: badgeStart - 2)
        if line.columns <= badgeStart - 2 { break search }
      }
    }
    canvas.draw(line, column: 0, row: 0, limit: max(0, badgeStart - 1))
    canvas.draw(badge, column: badgeStart, row: 0, limit: columns)
  }

  /// Under 12×2 cells: `✗2E`, `✓` or `…`.
  func drawBadge(on canvas: inout Canvas) {
    let building = state.services.contains { $0.build.run != nil }
    let errors = state.services.filter(\.isRed).reduce(0) { $0 + ($1.lastBuild?.errors ?? 0) }
    if state.services.contains(where: \.isRed) {
      // The sign alone where the number does not fit, or where the compiler gave none.
      let text = "\(symbols.failed)\(errors)E"
      let fits = errors > 0 && DisplayWidth.columns(of: text) <= scene.size.columns
      canvas.draw(fits ? text : symbols.failed, .buildError, column: 0, row: 0)
    } else if let failed = state.services.first(where: { ServiceLabel($0, symbols).isFailed }) {
      canvas.draw("\(symbols.failed)\(failed.id.name)", .serviceFailed, column: 0, row: 0)
    } else {
      canvas.draw(
        building ? symbols.running : symbols.ok, building ? .buildRunning : .buildOK, column: 0, row: 0)
    }
  }

  // MARK: Left

  private func left(_ detail: Detail, failed: Detail, room: Int) -> Line {
    var line = Line(" ", .header)
    if detail == .full { line.add("devtop  ", .header) }
    line.add(state.configuration.projectName, .title)
    var pieces: [(label: ServiceLabel, service: ServiceState)] = []
    for service in state.services { pieces.append((ServiceLabel(service, symbols), service)) }
    // Where not all fit, those that failed are seen.
    if detail == .names { pieces = pieces.filter(\.label.isFailed) + pieces.filter { !$0.label.isFailed } }
    for piece in pieces {
      line.add(detail == .full ? "   " : "  ", .header)
      line.add(text(of: piece.service, piece.label, piece.label.isFailed ? failed : detail))
    }
    if detail == .full, let address = scene.address {
      var withAddress = line
      withAddress.add("   \(symbols.arrow) ", .header)
      withAddress.add(address, .location)
      if withAddress.columns <= room { line = withAddress }
    }
    return line
  }

  private func text(of service: ServiceState, _ label: ServiceLabel, _ detail: Detail) -> Line {
    var line = Line(label.sign + " ", label.role)
    line.add(service.id.name, .header)
    if detail == .names {
      if label.isFailed { line.add(" " + label.word, label.role) }
      return line
    }
    if let port = service.servingPort, detail != .withoutPorts { line.add(" :\(port)", .header) }
    line.add(" " + label.word, label.role)
    if let restarts = label.restarts {
      line.add(" " + restarts, label.isFailed ? label.role : .buildWarning)
    }
    if let next = label.next, detail <= .withoutTimes {
      line.add((label.restarts == nil ? " \(symbols.dot) " : " ") + next, label.role)
    }
    let breaker = service.proxyLoad.breaker
    if breaker != .closed { line.add(" breaker \(breaker.rawValue)", .buildWarning) }
    if service.isFaultOn { line.add(" fault", .buildWarning) }
    if detail == .full, let since = label.since { line.add(" " + scene.wording.minute(since), .dim) }
    return line
  }

  // MARK: The badge

  private var badge: Line {
    var line = Line()
    if case .ending(_, let isForced) = state.phase {
      line.add(isForced ? "KILLING" : "STOPPING \(symbols.dot) ^C kills", .servicePaused)
      return line
    }
    if state.watch.isPaused {
      let count = state.watch.changedWhilePaused
      line.add(count > 0 ? "PAUSED \(count) changed" : "PAUSED", .servicePaused)
      line.add("  ", .header)
    }
    line.add(buildBadge)
    return line
  }

  private var isNarrow: Bool { scene.size.columns < 60 }

  private var buildBadge: Line {
    let building = state.services.first { $0.build.run != nil }
    let red = state.services.filter(\.isRed)
    var line = Line(isNarrow ? "" : "BUILD ", .header)
    if let building, let run = building.build.run {
      let isCancelling = if case .cancelling = building.build { true } else { false }
      line.add(isCancelling ? "cancelling #\(run)" : "building #\(run)", .buildRunning)
      if !red.isEmpty { line.add(" (\(symbols.failed) before)", .buildError) }
      return line
    }
    if let first = red.first?.lastBuild {
      let errors = red.reduce(0) { $0 + ($1.lastBuild?.errors ?? 0) }
      let warnings = red.reduce(0) { $0 + ($1.lastBuild?.warnings ?? 0) }
      line.add(symbols.failed + " ", .buildError)
      if errors > 0 {
        line.add("\(errors)E", .buildError)
      } else if case .failed(let status, _) = first.result {
        line.add(status?.description ?? "failed", .buildError)
      }
      if warnings > 0 { line.add(" \(warnings)W", .buildWarning) }
      if !isNarrow { line.add(" " + Wording.duration(first.duration), .header) }
      line.add(" #\(first.run)", .header)
      return line
    }
    guard let service = state.buildService, let last = service.lastBuild else {
      return state.services.contains { !$0.spec.build.isEmpty } ? Line("BUILD not yet", .header) : Line()
    }
    if last.result == .cancelled {
      line.add("cancelled #\(last.run)", .buildWarning)
      return line
    }
    line.add(symbols.ok + " ", .buildOK)
    if last.warnings > 0 { line.add("\(last.warnings)W ", .buildWarning) }
    if !isNarrow { line.add(Wording.duration(last.duration) + " ", .header) }
    line.add("#\(last.run)", .header)
    line.add(liveness(of: service), .buildOK)
    return line
  }

  /// ` live` once the newest run serves.
  private func liveness(of service: ServiceState) -> String {
    switch service.process {
    case .ready(let run, _, _, _), .running(let run, _, _):
      run == service.newestRun || service.lastBuild?.keptProcess != nil ? " live" : ""
    case .none, .waiting, .starting, .stopping, .stopped, .exited, .failed: ""
    }
  }
}
