import CProcess
import DevtopCore
import Glibc

/// The event thread: reads the guard's events, replaces the guard, and cares for trees that outlived one.
struct EventLoop {
  /// More replacements than this within `restartWindow` mean that no guard can live here.
  private static let restartLimit = 10
  private static let restartWindowInMilliseconds: Int64 = 10_000

  private let core: SupervisorCore
  private var events: Int32
  private var guardPID: Int32
  private var lifeline: Int32
  private var orphanage: OpaquePointer?
  private var replacements: [Int64] = []
  private var launcherLost = false

  init(_ core: SupervisorCore) {
    self.core = core
    events = core.handles.guard.events
    guardPID = core.handles.guard.pid
    lifeline = core.handles.origin.lifeline
  }

  consuming func run() {
    var timeout: Int64 = -1
    while true {
      var waits = [
        pollfd(fd: core.wake.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: events, events: Int16(POLLIN), revents: 0),
        // Nothing is ever written to it, so only its end is told.
        pollfd(fd: launcherLost ? -1 : lifeline, events: 0, revents: 0),
        pollfd(
          fd: orphanage.map { devtop_orphanage_descriptor($0) } ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&waits, nfds_t(waits.count), Int32(clamping: timeout))
      if ready > 0, waits[2].revents != 0 { loseLauncher() }
      // Before what was queued is looked at, or a wake-up meanwhile would be lost.
      if ready > 0, waits[0].revents != 0 { core.wake.clear() }
      if ready > 0, waits[1].revents != 0 { readEvents() }
      runCommands()
      tellPorts()
      timeout = turnOrphanage()
      if core.state.withLock({ $0.closing }) { break }
    }
    finish()
  }

  /// Tells what the programs' ports had, but nothing of trees that ended.
  private func tellPorts() {
    let (events, living) = core.state.withLock { state in
      defer { state.portEvents = [] }
      return (state.portEvents, Set(state.records.keys))
    }
    for event in events where event.id.map({ living.contains($0.number) }) ?? true {
      core.onEvent(.port(event))
    }
  }

  // MARK: the guard

  private mutating func readEvents() {
    var event = devtop_event()
    while true {
      switch devtop_guard_next_event(events, &event) {
      case 1: handle(event)
      case 0: return
      case _: return loseGuard()
      }
    }
  }

  private mutating func handle(_ event: devtop_event) {
    let id = ProcessID(number: event.id)
    // What a program did about its ports was queued before it could end.
    tellPorts()
    switch devtop_event_kind(rawValue: UInt32(bitPattern: event.kind)) {
    case DEVTOP_EVENT_EXITED:
      let isNews = core.state.withLock { state in
        guard let record = state.records[event.id], !record.exited else { return false }
        state.records[event.id]?.exited = true
        return true
      }
      guard isNews else { return }
      core.onEvent(.exited(id, status: ExitStatus(code: event.code, status: event.status)))
    case DEVTOP_EVENT_TREE_ENDED:
      guard let record = core.state.withLock({ $0.records.removeValue(forKey: event.id) }) else { return }
      if !record.exited { core.onEvent(.exited(id, status: .unknown)) }
      core.ports.forget(id)
      core.onEvent(.treeEnded(id))
    case DEVTOP_EVENT_STRAGGLER:
      let why: SupervisorEvent.Resistance = event.error == EPERM ? .refusedSignal : .unkillable
      core.onEvent(.straggler(id, pid: event.pid, user: event.uid, why: why))
    case _: return
    }
  }

  private mutating func loseLauncher() {
    launcherLost = true
    core.onEvent(.launcherLost)
  }

  private mutating func loseGuard() {
    close(events)
    events = -1
    var info = siginfo_t()
    waitid(P_PID, id_t(guardPID), &info, WEXITED)
    guardPID = 0
    if !launcherLost, hasEnded(lifeline) { loseLauncher() }
    adoptAll()
    if core.state.withLock({ $0.closing }) || launcherLost {
      return announce(nil)
    }
    let now = SystemClock.monotonicMilliseconds
    replacements = replacements.filter { now - $0 < Self.restartWindowInMilliseconds } + [now]
    var link = devtop_guard_link()
    var origin = core.handles.origin
    let error =
      replacements.count > Self.restartLimit ? ELOOP : devtop_guard_start(&origin, &link)
    guard error == 0 else {
      announce(nil)
      core.onEvent(.guardLost(reason: error == ELOOP ? "it was killed again and again" : errorText(error)))
      return
    }
    if core.handles.launcher >= 0 { _ = devtop_launcher_send_guard(core.handles.launcher, link.pid) }
    guardPID = link.pid
    events = link.events
    announce(link)
    core.onEvent(.guardReplaced(pid: link.pid))
  }

  private func hasEnded(_ descriptor: Int32) -> Bool {
    var one = pollfd(fd: descriptor, events: 0, revents: 0)
    return descriptor >= 0 && poll(&one, 1, 0) > 0
  }

  /// Publishes the new guard, or that there is none.
  private func announce(_ link: devtop_guard_link?) {
    let accepted = core.requests.withLock { socket in
      if let socket { close(socket) }
      // `close()` may have come since; then nothing is opened again.
      let isClosing = core.state.withLock { $0.closing }
      socket = isClosing ? nil : link?.rpc
      return !isClosing
    }
    if let link, !accepted { close(link.rpc) }
    let waiters = core.state.withLock { state in
      state.generation += 1
      state.guardPID = link?.pid
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.signal() }
  }

  // MARK: trees without a guard

  private mutating func adoptAll() {
    let records = core.state.withLock { state in
      for id in state.records.keys { state.records[id]?.adopted = true }
      return state.records
    }
    guard !records.isEmpty else { return }
    if orphanage == nil { orphanage = devtop_orphanage_create(core.handles.origin.nonce) }
    guard let orphanage else { return }
    for (id, record) in records {
      _ = devtop_orphanage_adopt(orphanage, id, record.pid, record.exited ? 1 : 0)
      guard let stop = record.stop else { continue }
      let left = max(0, stop.deadline - SystemClock.monotonicMilliseconds)
      devtop_orphanage_stop(orphanage, id, stop.signal, UInt32(clamping: left))
    }
  }

  private mutating func runCommands() {
    let commands = core.state.withLock { state in
      defer { state.commands = [] }
      return state.commands
    }
    guard let orphanage else { return }
    for command in commands {
      switch command {
      case .stop(let id, let signal, let grace): devtop_orphanage_stop(orphanage, id, signal, grace)
      case .signal(let id, let signal): devtop_orphanage_signal(orphanage, id, signal)
      }
    }
  }

  /// Milliseconds until it is needed again; -1: when something ends.
  private mutating func turnOrphanage() -> Int64 {
    guard let orphanage else { return -1 }
    let timeout = devtop_orphanage_turn(orphanage)
    var event = devtop_event()
    while devtop_orphanage_next_event(orphanage, &event) == 1 { handle(event) }
    return timeout
  }

  // MARK: the end

  /// Follows the guard to its end, then ends what it never had.
  private mutating func finish() {
    while events >= 0 {
      var one = pollfd(fd: events, events: Int16(POLLIN), revents: 0)
      poll(&one, 1, -1)
      readEvents()
    }
    if let orphanage {
      let end = SystemClock.monotonicMilliseconds + 2000
      for id in core.livingIDs() { devtop_orphanage_stop(orphanage, id.number, SIGKILL, 0) }
      while !core.livingIDs().isEmpty, SystemClock.monotonicMilliseconds < end {
        var one = pollfd(fd: devtop_orphanage_descriptor(orphanage), events: Int16(POLLIN), revents: 0)
        poll(&one, 1, Int32(clamping: min(max(1, turnOrphanage()), 100)))
      }
      devtop_orphanage_destroy(orphanage)
    }
    orphanage = nil
  }
}
