import DevtopCore
import DevtopSupervisor

/// Supervised processes and what is to be done when they end; everything is called on the backend's thread.
final class ProcessTable: @unchecked Sendable {
  // Sendable: `entries` is only touched on `thread`; the rest never changes.
  private struct Entry {
    var onExit: (DevtopCore.ExitStatus) -> Void
    var onTreeEnd: () -> Void
    var onPort: (PortEvent) -> Void
    /// When a stop comes to SIGKILL.
    var killDeadline: Instant?
  }

  /// How long the processes of a tree may take to end after SIGKILL when one of them refuses to.
  private static let killPatience: Duration = .milliseconds(300)

  let supervisor: Supervisor
  private let thread: WorkThread
  private var entries: [ProcessID: Entry] = [:]
  private let onNotice: @Sendable (SupervisorEvent) -> Void
  /// What becomes of an address that another owner has now.
  var onPortReleased: ((_ owner: String, PortAddress) -> Void)?

  /// - Throws: `SupervisorError.cannotStart` when the supervisor's threads cannot be made.
  init(
    _ handles: SupervisorHandles, thread: WorkThread, onNotice: @escaping @Sendable (SupervisorEvent) -> Void
  ) throws(SupervisorError) {
    let relay = Locked<ProcessTable?>(nil)
    supervisor = try Supervisor(handles) { event in
      thread.run { relay.withLock { $0 }?.handle(event) }
    }
    self.thread = thread
    self.onNotice = onNotice
    relay.withLock { $0 = self }
  }

  /// A fresh id, for those who must know it before the first event.
  func makeID() -> ProcessID { supervisor.makeID() }

  /// Starts a program; `onExit` comes at most once, then `onTreeEnd` once; these, and what its ports have to
  /// tell (`onPort`), on the backend's thread.
  ///
  /// Only for a process that refuses to be ended `onExit` does not come.
  ///
  /// - Throws: the exact reason, with the path that was tried.
  func spawn(
    _ spec: LaunchSpec, as id: ProcessID, output: @escaping OutputSink,
    onExit: @escaping (DevtopCore.ExitStatus) -> Void, onTreeEnd: @escaping () -> Void,
    onPort: @escaping (PortEvent) -> Void = { _ in }
  ) throws(SpawnError) -> ProcessHandle {
    entries[id] = Entry(onExit: onExit, onTreeEnd: onTreeEnd, onPort: onPort)
    do {
      return try supervisor.spawn(spec, as: id, output: output)
    } catch {
      entries[id] = nil
      throw error
    }
  }

  /// The stop ladder over a whole tree; `onTreeEnd` follows.
  func stop(_ id: ProcessID, signal: Signal, grace: Duration) {
    let deadline = SystemClock.instant + grace
    let known = entries[id]?.killDeadline ?? deadline
    entries[id]?.killDeadline = min(known, deadline)
    supervisor.stop(id, signal: signal, grace: grace)
  }

  func handle(_ event: SupervisorEvent) {
    switch event {
    case .exited(let id, let status): entries[id]?.onExit(DevtopCore.ExitStatus(status))
    case .treeEnded(let id): entries.removeValue(forKey: id)?.onTreeEnd()
    case .straggler(let id, _, _, _):
      onNotice(event)
      giveUp(id)
    case .port(let event): handle(event)
    case .guardReplaced, .guardLost, .launcherLost: onNotice(event)
    }
  }

  private func handle(_ event: PortEvent) {
    switch event {
    case .listening(let id, _), .refused(let id, _, why: _), .failed(let id, _, code: _):
      entries[id]?.onPort(event)
    case .released(let owner, let address): onPortReleased?(owner, address)
    }
  }

  /// Takes a tree for ended when a process of it refuses to be: nobody should wait for it for ever.
  ///
  /// The others of the tree get their grace first. What is told of the tree later is ignored.
  private func giveUp(_ id: ProcessID) {
    guard let entry = entries[id] else { return }
    let left = max(.zero, (entry.killDeadline ?? SystemClock.instant) - SystemClock.instant)
    thread.run(after: left + Self.killPatience) { [weak self] in
      self?.entries.removeValue(forKey: id)?.onTreeEnd()
    }
  }
}

extension DevtopCore.ExitStatus {
  init(_ status: DevtopSupervisor.ExitStatus) {
    switch status {
    case .code(let code): self = .code(code)
    // Not with `(core dumped)`: it is a name that other programs read.
    case .signal(let signal, _): self = .signal(signal.rawValue, name: "\(signal)")
    // Nobody was left to take the status; whether it was a success is not known, so it is not called one.
    case .unknown: self = .signal(Self.unknownSignal, name: "ended, with which status is not known")
    }
  }

  /// No signal has this number (kill(2)).
  static let unknownSignal: Int32 = 0
}
