extension AppState {
  /// Does what a key, the palette or a click asks for.
  mutating func perform(_ action: Action) -> [Effect] {
    switch action {
    case .up: return move(by: -1)
    case .down: return move(by: 1)
    case .left: return moveSideways(by: -1)
    case .right: return moveSideways(by: 1)
    case .halfPageUp: return move(by: -max(1, pageHeight / 2))
    case .halfPageDown: return move(by: max(1, pageHeight / 2))
    case .pageUp: return move(by: -max(1, pageHeight - 1))
    case .pageDown: return move(by: max(1, pageHeight - 1))
    case .top: return moveToStart()
    case .bottom: return moveToEnd()
    case .nextPane: return focusNext(1)
    case .previousPane: return focusNext(-1)
    case .focusFiles: return focus(.files)
    case .focusBuild: return focus(.build)
    case .focusLogs: return focus(.logs)
    case .focusRequests: return focus(.requests)
    case .focusServices: return focus(.services)
    case .previousService: return changeService(by: -1)
    case .nextService: return changeService(by: 1)
    case .allServices: return show(nil)
    case .rebuild: return rebuildTargets(isClean: false)
    case .cleanRebuild: return rebuildTargets(isClean: true)
    case .restart: return restartTargets(kill: false)
    case .hardRestart: return restartTargets(kill: true)
    case .start: return startTargets()
    case .stop: return stopTargets()
    case .kill: return askToKill()
    case .type: return beginTyping()
    case .pause: return setPaused(!watch.isPaused)
    case .buildPending: return buildPending()
    case .filter: return openPrompt(.filter)
    case .filterIn: return chooseTerm(excludes: false)
    case .filterOut: return chooseTerm(excludes: true)
    case .toggleFilters: return toggleFilters()
    case .search: return openPrompt(.search)
    case .export: return openPrompt(.export)
    case .mark: return askForMark()
    case .nextMark: return findMark(forward: true)
    case .previousMark: return findMark(forward: false)
    case .select: return toggleSelection()
    case .nextMatch: return findMatch(forward: true)
    case .previousMatch: return findMatch(forward: false)
    case .follow: return toggleFollow()
    case .nextError: return findError(forward: true)
    case .previousError: return findError(forward: false)
    case .wrap:
      screen.logs.wraps.toggle()
      screen.logs.column = 0
      return []
    case .context: return nextContext()
    case .pretty:
      screen.logs.isPretty.toggle()
      screen.logs.column = 0
      return []
    case .timestamps:
      let all = LogPane.Timestamps.allCases
      let next = (all.firstIndex(of: screen.logs.timestamps) ?? 0) + 1
      screen.logs.timestamps = all[next % all.count]
      return []
    case .clear:
      screen.logs.isCleared = true
      let key = keys.keyName(for: .undoClear)
      return follow() + [.logs(.clear)] + say("view cleared" + (key.map { "; \($0) brings it back" } ?? ""))
    case .undoClear:
      guard screen.logs.isCleared else { return say("nothing was cleared") }
      screen.logs.isCleared = false
      return [.logs(.undoClear)] + say("all lines are shown again")
    case .open: return openSelected(inEditor: false)
    case .edit: return openSelected(inEditor: true)
    case .rawOutput:
      screen.build.showsRawOutput.toggle()
      return []
    case .dismiss: return dismissSelected()
    case .copyCurl: return copyRequest()
    case .copyCurlWithSecrets: return copyRequestWithSecrets()
    case .replay: return replayRequest()
    case .requestLogs: return showRequestLogs()
    case .compareAnswers: return compareAnswers()
    case .previousColumn: return changeSort(by: -1)
    case .nextColumn: return changeSort(by: 1)
    case .toggleFault: return toggleFault()
    case .copy: return copySelected()
    case .zoom:
      screen.isZoomed.toggle()
      return []
    case .theme: return [.nextTheme]
    case .redraw: return [.redraw]
    case .palette:
      screen.overlay = .palette(LineEditor(), selected: 0)
      return []
    case .help:
      screen.overlay = .help(scroll: 0)
      return []
    case .back: return goBack()
    case .suspend: return [.suspend]
    case .quit:
      guard services.contains(where: \.isAlive) else { return end(status: 0) }
      screen.overlay = .confirm(.quit)
      return []
    case .quitNow: return end(status: 0)
    case .interrupt:
      if case .ending = phase { return end(status: 130, kill: true) }
      return end(status: 130)
    }
  }

  // MARK: Services

  mutating func rebuild(at index: Int, isClean: Bool) -> [Effect] {
    guard !services[index].spec.build.isEmpty else { return restartByHand(at: index, kill: false) }
    services[index].isWanted = true
    services[index].changes.pending.needsRestart = true
    if isClean { services[index].changes.pending.isClean = true }
    return requestBuild(at: index)
  }

  /// Starts a build now, in place of the one that runs.
  mutating func requestBuild(at index: Int) -> [Effect] {
    services[index].changes.settlesAt = nil
    services[index].changes.buildsInPause = true
    switch services[index].build {
    case .idle, .settling: return startBuild(at: index)
    case .running(let run, let since):
      services[index].build = .cancelling(run, since: since, rebuilds: true)
      return [.cancelBuild(services[index].id, run)]
    case .cancelling(let run, let since, _):
      services[index].build = .cancelling(run, since: since, rebuilds: true)
      return []
    }
  }

  mutating func restartByHand(at index: Int, kill: Bool) -> [Effect] {
    services[index].isWanted = true
    services[index].backoff = Backoff()
    services[index].crash = nil
    guard !services[index].spec.build.isEmpty, services[index].builtRun == 0 else {
      return restart(at: index, kill ? .killing : .planned)
    }
    // Nothing was built yet: the build that runs starts it, or one is started.
    if case .running = services[index].build { return [] }
    return requestBuild(at: index)
  }

  mutating func startByHand(at index: Int) -> [Effect] {
    guard !services[index].process.isUp else {
      services[index].isWanted = true
      return []
    }
    // Its last build was ended by hand: what is there is older than its sources.
    if services[index].changes.isBehind, !services[index].spec.build.isEmpty {
      return rebuild(at: index, isClean: false)
    }
    return restartByHand(at: index, kill: false)
  }

  mutating func stopByHand(at index: Int) -> [Effect] {
    services[index].isWanted = false
    let id = services[index].id
    var effects = cancelBuild(at: index) + [.cancelTimer(.restart(id))] + releasePorts(at: index)
    if services[index].isAlive {
      effects += stopAll(at: index, then: .nothing)
    } else if let run = services[index].process.run {
      services[index].process = .stopped(run)
      effects.append(report(at: index))
    }
    return effects
  }

  /// What a confirmed question leads to.
  mutating func confirmed(_ question: Confirmation) -> [Effect] {
    screen.overlay = nil
    switch question {
    case .quit: return end(status: 0)
    case .stop(let ids): return stopByHand(ids.compactMap { index(of: $0) })
    case .kill(let ids): return killByHand(ids.compactMap { index(of: $0) })
    case .copySecrets(let command): return [.copy(command)] + say("copied as curl, with secrets")
    case .endHolder(let holder, let service):
      return holder.pid.map { [.endHolder(service, pid: $0, port: holder.port)] } ?? []
    }
  }

  mutating func setPaused(_ isPaused: Bool) -> [Effect] {
    guard isPaused != watch.isPaused else { return [] }
    watch.isPaused = isPaused
    if isPaused {
      watch.changedWhilePaused = 0
      return say("watching is paused; p resumes, t builds what changed")
    }
    let (rules, _) = runPausedRules()
    let waiting = watch.changedWhilePaused
    guard waiting > 0, hasPausedWork else { return rules + say("watching") }
    return rules
      + say("watching; \(waiting == 1 ? "a change" : "\(waiting) changes") came meanwhile: t builds them")
  }

  // MARK: Which service is shown

  private mutating func changeService(by step: Int) -> [Effect] {
    guard !services.isEmpty else { return [] }
    let places: [ServiceID?] = [nil] + services.map(\.id)
    let current = places.firstIndex(of: screen.service) ?? 0
    return show(places[(current + step + places.count) % places.count])
  }

  /// Shows one service alone, or all; the Services pane selects the one.
  mutating func show(_ service: ServiceID?) -> [Effect] {
    screen.service = service
    selectShownService()
    return [.logs(.showService(service))]
  }
}
