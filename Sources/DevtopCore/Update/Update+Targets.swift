extension AppState {
  /// The services that keys act on: in the Services pane the selected one, elsewhere the one that is shown alone,
  /// else all.
  var targets: [Int] {
    if screen.focus == .services {
      return present.filter { $0 == selectedService }
    }
    guard let service = screen.service else { return present }
    return index(of: service).map { present.contains($0) ? [$0] : [] } ?? []
  }

  /// The row of the Services pane that is shown as selected.
  var selectedService: Int? { screen.services.index(in: services.count) }

  /// Changes the list of services; the Services pane selects the same one before and after, wherever it is then.
  mutating func keepingSelection(_ change: (inout AppState) -> Void) {
    let selected = selectedService.map { services[$0].id }
    change(&self)
    if let selected, let index = index(of: selected) { screen.services.selected = index }
  }

  /// The services that the configuration names.
  var present: [Int] { services.indices.filter { !services[$0].isLeaving } }

  // MARK: What keys do to them

  /// `b`, `B`: builds those that have a build.
  mutating func rebuildTargets(isClean: Bool) -> [Effect] {
    guard !targets.isEmpty else { return sayNoTarget() }
    let built = targets.filter { !services[$0].spec.build.isEmpty }
    guard !built.isEmpty else {
      let they = targets.count == 1 ? "it" : "them"
      return say("\(names(targets)) \(has(targets)) no build\(hint(.restart, "restarts \(they)"))")
    }
    return built.flatMap { rebuild(at: $0, isClean: isClean) }
      + say((isClean ? "building \(names(built)) from scratch" : "building \(names(built))"))
  }

  /// `r`, `R`: restarts those that have something to run.
  mutating func restartTargets(kill: Bool) -> [Effect] {
    guard !targets.isEmpty else { return sayNoTarget() }
    let run = targets.filter { services[$0].spec.run != nil }
    guard !run.isEmpty else {
      return say("\(names(targets)) \(has(targets)) nothing to run\(hint(.rebuild, "builds"))")
    }
    let behind = run.filter { services[$0].changes.isBehind && services[$0].build.run == nil }
    let effects = run.flatMap { restartByHand(at: $0, kill: kill) }
    let text = kill ? "killing and restarting \(names(run))" : "restarting \(names(run))"
    guard !behind.isEmpty else { return effects + say(text) }
    return effects
      + say("\(text) as last built; the sources of \(names(behind)) are newer\(hint(.rebuild, "builds"))")
  }

  /// `s`: starts those that are down.
  mutating func startTargets() -> [Effect] {
    guard !targets.isEmpty else { return sayNoTarget() }
    let run = targets.filter { services[$0].spec.run != nil }
    guard !run.isEmpty else {
      return say("\(names(targets)) \(has(targets)) nothing to run\(hint(.rebuild, "builds"))")
    }
    let down = run.filter { !services[$0].process.isUp }
    let effects = run.flatMap { startByHand(at: $0) }
    guard !down.isEmpty else { return say("\(names(targets)) \(targets.count == 1 ? "is" : "are") up") }
    return effects + say("starting \(names(down))")
  }

  /// `x`: offers to end the holder of a port that a service needs, ends a build, or stops services; asks first
  /// where these are several.
  mutating func stopTargets() -> [Effect] {
    guard !targets.isEmpty else { return sayNoTarget() }
    for index in targets where !services[index].process.satisfiesDemand && services[index].olderServing == nil
    {
      guard let holder = services[index].portHolder else { continue }
      guard holder.pid != nil else { return say(holder.sentence(at: now.wall), isError: true) }
      screen.overlay = .confirm(.endHolder(holder, service: services[index].id))
      return []
    }
    let building = targets.filter { services[$0].build.run != nil }
    if screen.focus == .build, !building.isEmpty {
      return building.flatMap { cancelBuild(at: $0) }
        + say("cancelling the build of \(names(building))\(hint(.stop, "again stops the service"))")
    }
    let active = targets.filter { canStop($0) }
    guard !active.isEmpty else {
      let verb = targets.count == 1 ? "is" : "are"
      return say("\(names(targets)) \(verb) stopped\(hint(.start, "starts"))")
    }
    guard active.count == 1 else {
      screen.overlay = .confirm(.stop(active.map { services[$0].id }))
      return []
    }
    return stopByHand(active)
  }

  private func canStop(_ index: Int) -> Bool {
    (services[index].isWanted && services[index].spec.run != nil) || services[index].isAlive
      || services[index].build.run != nil
  }

  mutating func stopByHand(_ indices: [Int]) -> [Effect] {
    indices.flatMap { stopByHand(at: $0) } + say("stopping \(names(indices))")
  }

  /// `X`: SIGKILL to all processes of those that run.
  mutating func askToKill() -> [Effect] {
    guard !targets.isEmpty else { return sayNoTarget() }
    let alive = targets.filter { services[$0].isAlive }
    guard !alive.isEmpty else {
      return say("\(names(targets)) \(targets.count == 1 ? "does" : "do") not run")
    }
    screen.overlay = .confirm(.kill(alive.map { services[$0].id }))
    return []
  }

  mutating func killByHand(_ indices: [Int]) -> [Effect] {
    var effects: [Effect] = []
    for index in indices {
      services[index].isWanted = false
      effects +=
        cancelBuild(at: index) + releasePorts(at: index) + stopAll(at: index, then: .nothing, kill: true)
    }
    return effects + say("killing \(names(indices))")
  }

  // MARK: Words

  /// `api`, `api and web`, `api, web and worker`, `5 services`.
  func names(_ indices: [Int]) -> String { ServiceID.sentence(indices.map { services[$0].id }) }

  private func has(_ indices: [Int]) -> String { indices.count == 1 ? "has" : "have" }

  /// `; r restarts it`, where the action has a key.
  func hint(_ action: Action, _ text: String) -> String {
    keys.keyName(for: action).map { "; \($0) \(text)" } ?? ""
  }

  private mutating func sayNoTarget() -> [Effect] { say("there is no service to act on") }
}

extension ServiceID {
  /// Several names as a sentence has them; many are only counted.
  package static func sentence(_ ids: [ServiceID]) -> String {
    guard ids.count > 1, let last = ids.last else { return ids.first?.name ?? "no service" }
    guard ids.count <= 4 else { return "\(ids.count) services" }
    return ids.dropLast().map(\.name).joined(separator: ", ") + " and " + last.name
  }
}
