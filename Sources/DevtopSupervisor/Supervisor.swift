import CProcess
import DevtopCore
import Glibc

/// Starts programs, reads their output, reports their ends, and leaves no process behind.
///
/// All programs are children of the guard (`SupervisorHandles`), each in its own session. Three threads serve any
/// number of programs, and all sleep while nothing happens. All methods may be called from any thread; none
/// blocks for longer than starting a program takes (about 1 ms), but for `shutdown()`.
public final class Supervisor: Sendable {
  let core: SupervisorCore
  private let threads: Locked<[WorkerThread]>

  /// Begins to supervise; `onEvent` is called on the supervisor's event thread and must not block.
  ///
  /// - Throws: `SupervisorError.cannotStart` when the threads cannot be made.
  public init(
    _ handles: SupervisorHandles, onEvent: @escaping @Sendable (SupervisorEvent) -> Void
  ) throws(SupervisorError) {
    let core = try SupervisorCore(handles, onEvent: onEvent)
    let output = try WorkerThread(named: "devtop-output") { core.reader.run() }
    do throws(SupervisorError) {
      let ports = try WorkerThread(named: "devtop-ports") { core.runPorts() }
      do throws(SupervisorError) {
        let events = try WorkerThread(named: "devtop-events") { EventLoop(core).run() }
        threads = Locked([events, output, ports])
      } catch {
        core.ports.stop()
        ports.join()
        throw error
      }
    } catch {
      core.reader.stop()
      output.join()
      throw error
    }
    self.core = core
  }

  deinit { shutdown() }

  /// A fresh id, for those who must know it before the first event.
  public func makeID() -> ProcessID { core.makeID() }

  /// Starts a program; events and output for it may come before this returns.
  ///
  /// - Throws: the exact reason, with the path that was tried.
  public func spawn(
    _ spec: LaunchSpec, as id: ProcessID? = nil, output: @escaping OutputSink
  ) throws(SpawnError) -> ProcessHandle {
    try core.spawn(spec, id: id ?? core.makeID(), sink: output)
  }

  /// Sends `signal` to the process group, then to the other processes of the tree, and after `grace` SIGKILL to all.
  ///
  /// `.treeEnded` tells the end. Another call while a stop is running sends its signal, and can only shorten the grace;
  /// for a tree that ended nothing happens.
  public func stop(_ id: ProcessID, signal: Signal = .terminate, grace: Duration = .seconds(5)) {
    core.stop(id, signal: signal, graceInMilliseconds: Self.milliseconds(grace))
  }

  /// SIGKILL to all processes of the tree, at once.
  public func kill(_ id: ProcessID) { core.stop(id, signal: .kill, graceInMilliseconds: 0) }

  /// Sends a signal to the program's process group.
  public func signal(_ id: ProcessID, _ signal: Signal) { core.signal(id, signal) }

  /// Stops all programs.
  public func stopAll(signal: Signal = .terminate, grace: Duration = .seconds(5)) {
    for id in core.livingIDs() { stop(id, signal: signal, grace: grace) }
  }

  /// Sets the size of the program's terminal, which tells it by SIGWINCH.
  public func resize(_ id: ProcessID, columns: Int, rows: Int) {
    core.terminal(of: id)?.resize(columns: columns, rows: rows)
  }

  /// Types `bytes` into the program's terminal.
  ///
  /// Returns how many were taken: none without a terminal, fewer when a MiB waits that nobody reads.
  @discardableResult
  public func write(_ bytes: [UInt8], to id: ProcessID) -> Int { core.terminal(of: id)?.write(bytes) ?? 0 }

  /// The programs of which a process is left.
  public var living: [ProcessID] { core.livingIDs() }

  /// Reaps orphans of programs that were started outside the guard (editors, browsers), which come to this process.
  ///
  /// Call it after such a program ended; `own` are children that somebody else waits for.
  public func reapStrays(except own: Set<Int32>) { core.reapStrays(except: own) }

  /// The guard's process; nil when it could not be replaced.
  public var guardPID: Int32? { core.guardPID }

  /// The living processes of a tree, its main process first; empty once it ended.
  public func processes(of id: ProcessID) -> [Int32] { core.processes(of: id) }

  /// What a tree uses now: one pass over /proc.
  public func sample(_ id: ProcessID) -> TreeSample { .of(core.processes(of: id)) }

  /// The TCP sockets on which a tree listens; well under 1 ms for a usual service.
  public func listeners(of id: ProcessID) -> [ListeningPort] { ListeningPort.of(core.processes(of: id)) }

  /// What a program's processes have in the file system that no other program can have at the same time: the absolute
  /// paths of Unix sockets that they listen on, and of pid files in and below `directory` that name one of them.
  public func claimedPaths(of id: ProcessID, in directory: String) -> [String] {
    ClaimedPaths.of(core.processes(of: id), in: directory)
  }

  /// Ends all programs (SIGTERM, 0.7 s, SIGKILL), the guard and the threads; blocks for 2 s at most.
  ///
  /// Stop programs with their own grace before. Not to be called from `onEvent` or an output sink.
  public func shutdown() {
    let threads = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    guard let events = threads.first else { return }
    core.close()
    events.join()
    core.reader.stop()
    core.ports.stop()
    for thread in threads.dropFirst() { thread.join() }
  }

  private static func milliseconds(_ duration: Duration) -> UInt32 {
    UInt32(clamping: max(0, duration.inNanoseconds) / 1_000_000)
  }
}
