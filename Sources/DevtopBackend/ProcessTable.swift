import DevtopCore
import DevtopSupervisor

/// Supervised processes and what is to be done when they end; everything is called on the backend's thread.
final class ProcessTable: @unchecked Sendable {
  // Sendable: `callbacks` is only touched on `thread`; the rest never changes.
  private struct Callbacks {
    var onExit: (DevtopCore.ExitStatus) -> Void
    var onTreeEnd: () -> Void
  }

  let supervisor: Supervisor
  private let thread: WorkThread
  private var callbacks: [ProcessID: Callbacks] = [:]
  private let onNotice: @Sendable (SupervisorEvent) -> Void

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

  /// Starts a program; `onExit` comes once, then `onTreeEnd` once, both on the backend's thread.
  ///
  /// - Throws: the exact reason, with the path that was tried.
  func spawn(
    _ spec: LaunchSpec, output: @escaping OutputSink, onExit: @escaping (DevtopCore.ExitStatus) -> Void,
    onTreeEnd: @escaping () -> Void
  ) throws(SpawnError) -> ProcessHandle {
    let id = supervisor.makeID()
    callbacks[id] = Callbacks(onExit: onExit, onTreeEnd: onTreeEnd)
    do {
      return try supervisor.spawn(spec, as: id, output: output)
    } catch {
      callbacks[id] = nil
      throw error
    }
  }

  private func handle(_ event: SupervisorEvent) {
    switch event {
    case .exited(let id, let status): callbacks[id]?.onExit(DevtopCore.ExitStatus(status))
    case .treeEnded(let id): callbacks.removeValue(forKey: id)?.onTreeEnd()
    case .straggler, .guardReplaced, .guardLost, .launcherLost: onNotice(event)
    }
  }
}

extension DevtopCore.ExitStatus {
  init(_ status: DevtopSupervisor.ExitStatus) {
    switch status {
    case .code(let code): self = .code(code)
    case .signal(let signal, let coreDumped):
      self = .signal(signal.rawValue, name: coreDumped ? "\(signal) (core dumped)" : "\(signal)")
    // Nobody was left to take the status; whether it was a success is not known, so it is not called one.
    case .unknown: self = .code(-1)
    }
  }
}
