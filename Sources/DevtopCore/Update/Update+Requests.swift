extension AppState {
  /// Adds finished requests to the statistics, and connections that go on to the list.
  ///
  /// What devtop itself asked for does not count, and a request counts once: where the proxy is in front of a run,
  /// its access-log lines tell nothing new.
  mutating func requestsFinished(_ all: [RequestSample]) -> [Effect] {
    var effects: [Effect] = []
    var shown = 0
    var isNew = false
    // Those before would be pushed out of the list by those behind them.
    let firstKept = all.count - RecentRequests.capacity
    for (place, var sample) in all.enumerated() {
      let isBeside = self[sample.service]?.portMode == .off
      guard !requests.isToldTwice(sample, isBeside: isBeside), !isProbe(sample) else { continue }
      sample.route = requests.route(of: sample)
      isNew = true
      let isAdded = requests.add(
        sample, isHealthCheck: isHealthCheck(sample), isKept: place >= firstKept || sample.isLasting)
      if !sample.isOpen, reportsRequests { effects.append(.report(.request(sample))) }
      // Beyond the length of the list they push each other out.
      if isAdded, shown < RecentRequests.capacity, isShown(sample) { shown += 1 }
    }
    guard isNew else { return [] }
    if screen.requests.cursor.selected > 0, shown > 0 {
      screen.requests.cursor.move(
        by: shown, count: shownRequests.count, height: Layout(self).contentHeight(of: .requests))
    }
    if !requests.isCounting {
      requests.isCounting = true
      sortRoutes()
      effects.append(.setTimer(.requestRate, after: .seconds(1)))
    }
    return effects
  }

  /// Whether devtop itself asked, to see whether the service is ready.
  private func isProbe(_ sample: RequestSample) -> Bool {
    guard let index = index(of: sample.service), case .http(let path, _) = services[index].spec.readiness,
      sample.method == "GET", sample.path == path
    else { return false }
    switch services[index].process {
    case .starting(let run, _, _): return run <= sample.run
    case .ready(let run, _, _, let since):
      // One that is not in charge yet is asked by nobody else. The answer that made this one ready is in the log at
      // about that time.
      return run < sample.run
        || run == sample.run && sample.time.milliseconds <= since.wall.milliseconds + 50
    case .none, .waiting, .running, .stopping, .stopped, .exited, .failed: return false
    }
  }

  /// A second has passed: the rate moves on, and rests when nothing came for as long as it shows.
  mutating func requestSecondPassed() -> [Effect] {
    requests.isCounting = requests.secondPassed()
    sortRoutes()
    return requests.isCounting ? [.setTimer(.requestRate, after: .seconds(1))] : []
  }

  // MARK: Routes

  /// Puts the routes in the order of the chosen column; the selected one stays selected.
  mutating func sortRoutes() {
    let selected = screen.requests.routes.selected > 0 ? selectedRoute?.key : nil
    requests.sortRoutes(by: screen.requests.sort)
    guard let selected, let index = shownRoutes.firstIndex(where: { requests.routes[$0].key == selected })
    else { return }
    moveInRoutes(by: index - screen.requests.routes.selected)
  }

  /// `<`, `>`: another column.
  mutating func changeSort(by step: Int) -> [Effect] {
    let all = RouteColumn.allCases
    let current = all.firstIndex(of: screen.requests.sort) ?? 0
    screen.requests.sort = all[(current + step + all.count) % all.count]
    screen.requests.routes = ListCursor()
    sortRoutes()
    return say("routes by \(screen.requests.sort.heading)")
  }
}

extension RequestStats {
  /// Sorts by a column: names from A to Z, everything else the largest first.
  package mutating func sortRoutes(by column: RouteColumn) {
    let values = routes.map { column.value(of: $0) ?? -.infinity }
    order = routes.indices.sorted { left, right in
      values[left] == values[right]
        ? routes[left].key < routes[right].key : values[left] > values[right]
    }
  }
}
