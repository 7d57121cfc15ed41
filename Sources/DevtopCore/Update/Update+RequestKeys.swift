extension AppState {
  // MARK: Moving

  mutating func moveInRequests(by rows: Int, height: Int) {
    switch screen.requests.half {
    case .latest: screen.requests.cursor.move(by: rows, count: shownRequests.count, height: height)
    case .routes: moveInRoutes(by: rows)
    }
  }

  mutating func moveInRoutes(by rows: Int) {
    screen.requests.routes.move(by: rows, count: shownRoutes.count, height: Layout(self).routeRows)
  }

  mutating func clickedInRequests(row: Int, column: Int) -> [Effect] {
    let layout = Layout(self)
    let isRight = layout.requestHalves.routes.map { column >= $0.column && column < $0.column + $0.columns }
    screen.requests.half = isRight == true ? .routes : .latest
    if isRight == true, row >= layout.routeRows { return [] }
    let cursor = isRight == true ? screen.requests.routes : screen.requests.cursor
    moveInRequests(by: cursor.top + row - cursor.selected, height: layout.contentHeight(of: .requests))
    return []
  }

  // MARK: Filter

  mutating func takeRequestFilter(_ filter: RequestFilter?) -> [Effect] {
    if screen.prompt?.purpose == .requestFilter { screen.prompt?.error = nil }
    if filter != screen.requests.filter { screen.requests.cursor = ListCursor() }
    screen.requests.filter = filter
    return []
  }

  // MARK: The selected request

  private mutating func sayNoRequest() -> [Effect] {
    say(
      requests.total == 0 ? "no request yet" : "no such request is among the latest \(requests.recent.count)")
  }

  mutating func openRequest() -> [Effect] {
    switch screen.requests.half {
    case .latest:
      guard let sample = selectedRequest else { return sayNoRequest() }
      screen.overlay = .detail(title: sample.title, lines: sample.explanation, scroll: 0)
      if let id = sample.exchange?.requestID, !id.isEmpty { return [.logs(.linesWithID(id))] }
    case .routes:
      guard let route = selectedRoute else { return sayNoRequest() }
      screen.overlay = .detail(
        title: "\(route.key.method) \(route.key.route)", lines: route.explanation, scroll: 0)
    }
    return []
  }

  /// `y`: as a command for curl with secrets masked.
  mutating func copyRequest() -> [Effect] {
    guard let sample = selectedRequest else { return sayNoRequest() }
    guard sample.kind != .tunnel else { return say("a connection that is not HTTP/1 has no curl command") }
    let command = curl(sample, masksSecrets: true)
    let hint = keys.keyName(for: .copyCurlWithSecrets).map { "; \($0) copies them" } ?? ""
    return [.copy(command.description)]
      + say("copied as curl" + (command.hasMasks ? ", secrets masked\(hint)" : ""))
  }

  /// `Y`: asks first, where there is a secret in it.
  mutating func copyRequestWithSecrets() -> [Effect] {
    guard let sample = selectedRequest else { return sayNoRequest() }
    guard sample.kind != .tunnel else { return say("a connection that is not HTTP/1 has no curl command") }
    guard curl(sample, masksSecrets: true).hasMasks else { return copyRequest() }
    screen.overlay = .confirm(.copySecrets(curl(sample, masksSecrets: false).description))
    return []
  }

  private func curl(_ sample: RequestSample, masksSecrets: Bool) -> CurlCommand {
    CurlCommand(sample, address: address(of: sample.service), masksSecrets: masksSecrets)
  }

  /// Where a service is asked, as a person writes it.
  private func address(of id: ServiceID) -> String {
    let service = self[id]
    if let port = service?.ports.first?.address {
      return port.isWildcard ? "localhost:\(port.port)" : port.description
    }
    return service?.servingPort.map { "localhost:\($0)" } ?? "localhost"
  }

  /// `a`: sends the request again, where all of it is known.
  mutating func replayRequest() -> [Effect] {
    guard let sample = selectedRequest else { return sayNoRequest() }
    if let obstacle = sample.replayObstacle { return say(obstacle, isError: true) }
    return [.replay(sample)] + say("replaying \(sample.title)")
  }

  // MARK: Its log lines

  /// Output reaches the log this much later than it was written, at most, as a rule.
  private static let logDelayInMilliseconds: Int64 = 50

  /// `K`: the log shows the lines of the request.
  mutating func showRequestLogs() -> [Effect] {
    guard let sample = selectedRequest else { return sayNoRequest() }
    let length = Int64((sample.duration ?? .zero).inMilliseconds.rounded(.up))
    // A log line is written when the answer is, the proxy notes when the request began.
    let start = sample.time.milliseconds - (sample.source == .log ? length : 0)
    let end = start + length + Self.logDelayInMilliseconds
    return [
      .logs(
        .showRequest(
          RequestLines(
            requestID: sample.exchange?.requestID, service: sample.service, run: sample.run,
            time: WallTime(milliseconds: start)...WallTime(milliseconds: end))))
    ]
  }

  /// Adds the log lines of a request to its detail, while that is what is shown.
  mutating func showLines(_ found: [String], hasMore: Bool, with id: String) -> [Effect] {
    guard !found.isEmpty, let sample = selectedRequest, sample.exchange?.requestID == id,
      screen.overlay == .detail(title: sample.title, lines: sample.explanation, scroll: 0)
    else { return [] }
    let key = keys.keyName(for: .requestLogs).map { "; \($0) shows them in Logs" } ?? ""
    let heading =
      hasMore ? "the last \(found.count) log lines with its id\(key)" : "log lines with its id\(key)"
    screen.overlay = .detail(
      title: sample.title, lines: sample.explanation + ["", heading] + found.map { "  \($0)" }, scroll: 0)
    return []
  }

  mutating func showLines(filter: String, isByTime: Bool) -> [Effect] {
    screen.logs.filter = filter
    screen.logs.filtersEnabled = true
    screen.focus = .logs
    let what = isByTime ? "by time: the log has no line with its id" : "the log lines of the request"
    return follow() + [.logs(.setFilter(filter))] + say(what)
  }

  // MARK: Its difference to the ones before

  /// `D`: what is different in this answer from the newest one before it that is not the same.
  mutating func compareAnswers() -> [Effect] {
    guard let selected = selectedRequestIndex else { return sayNoRequest() }
    let sample = requests.recent[selected]
    guard let exchange = sample.exchange else {
      return say("only answers that came through the proxy can be compared", isError: true)
    }
    guard let body = exchange.answerBody else {
      let why =
        exchange.isAbridged
        ? "it was let go to save memory"
        : (self[sample.service]?.spec.proxy.captureInBytes ?? 0) > 0
          ? "devtop itself answered, or it was no text" : "capture in devtop.toml keeps bodies"
      return say("the body of the answer was not kept: \(why)", isError: true)
    }
    let older = requests.recent[(selected + 1)...].filter {
      $0.service == sample.service && $0.verb == sample.verb && $0.route == sample.route
        && $0.exchange?.answerBody != nil
    }
    guard !older.isEmpty else { return say("no answer before it is kept to compare with") }
    let new = BodyText(body, size: sample.sizeInBytes, fields: exchange.answerFields)
    guard !new.lines.isEmpty || body.isEmpty else {
      return say("the answer cannot be compared: it is \(new.remark ?? "no text")", isError: true)
    }
    for (index, other) in older.enumerated() {
      let answer = other.exchange
      let old = BodyText(answer?.answerBody, size: other.sizeInBytes, fields: answer?.answerFields ?? [])
      let heads = ["\(other.status)", "\(sample.status)"]
      guard old.lines != new.lines || heads[0] != heads[1] else { continue }
      let difference = LineDifference.lines([heads[0], ""] + old.lines, [heads[1], ""] + new.lines) ?? []
      let count = index == 0 ? "" : ", \(index) in between \(index == 1 ? "is" : "are") the same"
      screen.overlay = .detail(
        title: "\(sample.verb) \(sample.route ?? sample.path)",
        lines: ["+ \(sample.title), #\(sample.run)", "- \(other.title), #\(other.run)\(count)", ""]
          + difference,
        scroll: 0)
      return []
    }
    return say("the same as the \(older.count == 1 ? "answer" : "\(older.count) answers") before it")
  }
}

extension RequestSample {
  /// `GET /orders/7`, with secrets masked.
  package var title: String { kind == .tunnel ? verb : "\(verb) \(SecretFields.masked(path: path))" }
}
