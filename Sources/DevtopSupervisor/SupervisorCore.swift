import CProcess
import DevtopCore
import Glibc

/// What the callers' threads and the event thread share.
final class SupervisorCore: Sendable {
  /// One tree, from before its spawn until its last process ended.
  struct Record: Sendable {
    /// 0 while the spawn is under way.
    var pid: Int32 = 0
    var label: String
    var exited = false
    /// Its guard died, so this process is its parent now.
    var adopted = false
    var terminal: OutputDescriptor?
    /// The program's end of its terminal, kept until its tree ended: a program may close its own and open it
    /// again, and closing the other end meanwhile would send it SIGHUP.
    var peer: OutputDescriptor?
    var stop: StopRequest?
  }
  struct StopRequest: Sendable {
    var signal: Int32
    /// On the monotonic clock, in milliseconds.
    var deadline: Int64
  }
  /// What only the event thread may do, since it owns the adopted trees.
  enum Command: Sendable {
    case stop(UInt64, signal: Int32, graceInMilliseconds: UInt32)
    case signal(UInt64, Int32)
  }
  struct State: Sendable {
    var records: [UInt64: Record] = [:]
    var commands: [Command] = []
    var nextID: UInt64 = 1
    /// Counts the guards.
    var generation = 0
    var guardPID: Int32?
    var waiters: [WakeUp] = []
    var closing = false
    /// Of the thread that answers for ports, in order; told by the event thread.
    var portEvents: [PortEvent] = []
  }

  let handles: devtop_handles
  let reader: OutputReader
  let ports: PortTakeover
  let wake: WakeUp
  let onEvent: @Sendable (SupervisorEvent) -> Void
  let state: Locked<State>
  /// The request socket, for one request at a time; nil without a guard.
  let requests: Locked<Int32?>

  init(
    _ handles: SupervisorHandles, onEvent: @escaping @Sendable (SupervisorEvent) -> Void
  ) throws(SupervisorError) {
    self.handles = handles.raw
    self.onEvent = onEvent
    reader = try OutputReader()
    ports = try PortTakeover()
    wake = try WakeUp()
    state = Locked(State(guardPID: handles.raw.guard.pid))
    requests = Locked(handles.raw.guard.rpc)
  }

  var guardPID: Int32? { state.withLock { $0.guardPID } }

  func makeID() -> ProcessID {
    state.withLock { state in
      defer { state.nextID += 1 }
      return ProcessID(number: state.nextID)
    }
  }

  func livingIDs() -> [ProcessID] {
    state.withLock { $0.records.keys.sorted().map(ProcessID.init(number:)) }
  }

  func terminal(of id: ProcessID) -> OutputDescriptor? {
    state.withLock { $0.records[id.number]?.terminal }
  }

  /// Closes the guard's connection: it ends everything and exits, and the event thread follows.
  func close() {
    state.withLock { $0.closing = true }
    requests.withLock { socket in
      if let socket { Glibc.close(socket) }
      socket = nil
    }
    wake.signal()
  }

  /// Answers for the programs' ports until `ports.stop()`.
  func runPorts() {
    PortAnswerer(ports, processes: processes(of:)) { [self] event in
      state.withLock { $0.portEvents.append(event) }
      wake.signal()
    }.run()
  }

  // MARK: stopping

  func stop(_ id: ProcessID, signal: Signal, graceInMilliseconds: UInt32) {
    let grace = signal == .kill ? 0 : graceInMilliseconds
    let deadline = SystemClock.monotonicMilliseconds + Int64(grace)
    let known = state.withLock { state in
      guard var record = state.records[id.number] else { return false }
      record.stop = StopRequest(
        signal: signal.rawValue, deadline: min(deadline, record.stop?.deadline ?? .max))
      state.records[id.number] = record
      if record.adopted {
        state.commands.append(.stop(id.number, signal: signal.rawValue, graceInMilliseconds: grace))
      }
      return true
    }
    guard known else { return }
    // A guard that dies before it reads this leaves `stop` in the record, which is carried out at the adoption.
    _ = request { devtop_guard_stop($0, id.number, signal.rawValue, grace) }
    wake.signal()
  }

  func signal(_ id: ProcessID, _ signal: Signal) {
    let known = state.withLock { state in
      guard let record = state.records[id.number] else { return false }
      if record.adopted { state.commands.append(.signal(id.number, signal.rawValue)) }
      return true
    }
    guard known else { return }
    _ = request { devtop_guard_signal($0, id.number, signal.rawValue) }
    wake.signal()
  }

  /// False when there is no guard.
  private func request(_ send: (Int32) -> Int32) -> Bool {
    requests.withLock { socket in
      guard let socket else { return false }
      return send(socket) == 0
    }
  }

  // MARK: looking

  func processes(of id: ProcessID) -> [Int32] {
    let record = state.withLock { state in
      state.records[id.number].map { ($0.pid, $0.exited, state.guardPID) }
    }
    guard let (pid, exited, guardPID) = record, pid > 0 else { return [] }
    let parents = [guardPID, getpid()].compactMap { $0 }
    let marker = "DEVTOP_TREE=" + hexadecimal(handles.origin.nonce) + ".\(id.number)"
    return ProcessTree.processes(
      main: exited ? nil : pid, session: pid, reapers: parents, marker: Array(marker.utf8))
  }

  func reapStrays(except own: Set<Int32>) {
    let (guardPID, isAdopting, mains) = state.withLock { state in
      let records = state.records.values
      return (state.guardPID, records.contains { $0.adopted }, Set(records.map(\.pid)))
    }
    // While there are trees without a guard, the event thread takes the statuses of their processes.
    guard !isAdopting else { return }
    for child in ProcessTree.children(of: getpid())
    where child != guardPID && !own.union(mains).contains(child) {
      var status: Int32 = 0
      if ProcessStat(child)?.state == UInt8(ascii: "Z") { waitpid(child, &status, WNOHANG) }
    }
  }

  private func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
