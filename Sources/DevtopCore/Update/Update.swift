/// Applies one event to the state and says what must be done about it.
///
/// Pure: no I/O, no clock (`state.now` is set by the caller), no randomness. What a save, a crash or a key leads
/// to is decided here alone.
package func update(_ state: inout AppState, _ event: Event) -> [Effect] {
  var effects = state.handle(event)
  if event.canChangeProblems { effects += state.tellProblems() + state.endTypingIntoEnded() }
  return event.canChangeLayout ? effects + state.adjustSampling() : effects
}

extension Event {
  /// Whether open pages may have to be told that something is wrong, or is no longer.
  fileprivate var canChangeProblems: Bool {
    switch self {
    case .buildFinished, .processStarted, .startFailed, .processReady, .processExited, .processEnded,
      .crashed,
      .portInUse, .timer, .action, .command, .key, .configurationChanged:
      true
    default: false
    }
  }

  /// Whether other panes may be visible after it.
  fileprivate var canChangeLayout: Bool {
    switch self {
    case .began, .key, .action, .clicked, .resized, .configurationChanged: true
    default: false
    }
  }
}

extension AppState {
  fileprivate mutating func handle(_ event: Event) -> [Effect] {
    requests.learn(from: event)
    switch event {
    case .began: return begin()
    case .watchReady(let summary):
      watch.summary = summary
      return [.report(.watchReady(summary))]
    case .filesChanged(let changes): return filesChanged(changes)
    case .diagnosed(let id, let run, let diagnostic): return diagnosed(id, run, diagnostic)
    case .buildFinished(let id, let run, let outcome): return buildFinished(id, run, outcome)
    case .processStarted(let id, let run, let pid): return processStarted(id, run, pid: pid)
    case .startFailed(let id, let run, let reason): return startFailed(id, run, reason)
    case .processReady(let id, let run, let port): return processReady(id, run, port: port)
    case .processExited(let id, let run, let status): return processExited(id, run, status)
    case .processEnded(let id, let run): return processEnded(id, run)
    case .pathLost(let id, let run, let path): return pathLost(id, run, path)
    case .crashed(let id, let run, let diagnostic): return crashed(id, run, diagnostic)
    case .portInUse(let id, let run, let holder): return portInUse(id, run, holder)
    case .holderEnded(let id, let pid): return holderEnded(id, pid: pid)
    case .cleanedUp(let id): return cleanedUp(id)
    case .sampled(let id, let run, let sample): return sampled(id, run, sample)
    case .requests(let samples): return requestsFinished(samples)
    case .routes: return []
    case .listening(let id, let run, let port): return listening(id, run, port)
    case .portsFellBack(let id, let mode, let reason): return portsFellBack(id, mode, reason)
    case .drained(let id, let run, let closed): return drained(id, run, closed: closed)
    case .proxyLoad(let id, let load):
      if let index = index(of: id) { services[index].proxyLoad = load }
      return []
    case .configurationChanged(let configuration): return configurationChanged(configuration)
    case .configurationRejected(let notices): return configurationRejected(notices)
    case .timer(let timer): return timerFired(timer)
    case .key(let key): return keyPressed(key)
    case .pasted(let text): return pasted(text)
    case .clicked(let column, let row): return clicked(column: column, row: row)
    case .dragged(let column, let row): return dragged(column: column, row: row)
    case .released: return released()
    case .scrolled(let column, let row, let rows): return scrolled(column: column, row: row, by: rows)
    case .resized(let size):
      screen.size = size
      return []
    case .command(let command): return perform(command)
    case .action(let action): return perform(action)
    case .signalled(let signal): return signalled(signal)
    case .logs(let answer): return answered(answer)
    case .logCounts(let counts, let newLines):
      screen.logs.counts = counts
      screen.logs.newLines = newLines
      forgetDroppedMarks()
      return []
    case .filtersRead(let kept):
      filters = kept
      return []
    case .said(let text): return say(text)
    case .environmentRead(let id, let problems): return environmentRead(id, problems)
    case .warned(let notice):
      // What backend finds at each start is told once, as long as it is shown.
      return notices.contains { $0.text == notice } ? [] : warn(notice)
    }
  }

  private mutating func timerFired(_ timer: TimerID) -> [Effect] {
    switch timer {
    case .settle(let id): return settled(id)
    case .restart(let id): return restartDue(id)
    case .ready(let id, let run): return readyTimedOut(id, run)
    case .rule(let id, let index): return [.runRule(id, index)]
    case .ending: return endWithoutWaiting()
    case .requestRate: return requestSecondPassed()
    case .message:
      screen.message = nil
      return []
    }
  }

  /// Keeps a warning for the screen and tells it.
  mutating func warn(_ notice: ConfigurationNotice, isError: Bool = false) -> [Effect] {
    notices.insert(Notice(isError: isError, time: now.wall, text: notice), at: 0)
    if notices.count > Self.noticeLimit { notices.removeLast() }
    return [.report(isError ? .error(notice) : .warning(notice))]
  }

  /// Shows a short answer on the bottom line for a few seconds.
  mutating func say(_ text: String, isError: Bool = false) -> [Effect] {
    screen.message = ScreenState.Message(text, isError: isError)
    return [.setTimer(.message, after: .seconds(4))]
  }
}
