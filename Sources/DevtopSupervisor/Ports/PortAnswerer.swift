import CProcess
import DevtopCore
import Glibc

/// The thread that answers programs which bind and listen.
struct PortAnswerer: ~Copyable {
  let ports: PortTakeover
  /// The living processes of a tree.
  let processes: @Sendable (ProcessID) -> [Int32]
  let emit: @Sendable (PortEvent) -> Void
  /// Listeners whose upstream port only the kernel knows yet.
  var lookups: [PortLookup] = []

  init(
    _ ports: PortTakeover, processes: @escaping @Sendable (ProcessID) -> [Int32],
    emit: @escaping @Sendable (PortEvent) -> Void
  ) {
    self.ports = ports
    self.processes = processes
    self.emit = emit
  }

  /// Answers until `PortTakeover.stop()`.
  consuming func run() {
    var keys = [UInt64](repeating: 0, count: 64)
    while true {
      let count = devtop_epoll_wait(ports.epoll, &keys, Int32(keys.count), lookups.isEmpty ? -1 : 1)
      for key in keys.prefix(Int(max(0, count))) {
        if key == 0 {
          ports.wake.clear()
        } else {
          answerNext(of: ProcessID(number: key))
        }
      }
      advanceLookups()
      if ports.table.withLock({ $0.isClosing }) { break }
    }
    ports.table.withLock { table in
      table = PortTable(firstHost: 1)
      table.isClosing = true
    }
  }

  /// One call of one program, so that a busy one does not starve the others.
  private mutating func answerNext(of id: ProcessID) {
    guard let run = ports.table.withLock({ $0.runs[id.number] }), let notifications = run.notifications else {
      return
    }
    var call = devtop_port_call()
    switch devtop_ports_next(notifications.number, &call) {
    case 1: break
    case 0: return
    case _:
      devtop_epoll_remove(ports.epoll, notifications.number)
      return ports.table.withLock { $0.runs[id.number]?.notifications = nil }
    }
    let caller = PortCaller(id: id, owner: run.owner, notifications: notifications, call: call)
    let outcome = call.is_bind != 0 ? bind(caller) : listen(caller)
    // Before the answer: a program may end on it.
    for event in outcome.events { emit(event) }
    switch outcome.answer {
    case .done(let code): _ = devtop_ports_answer(notifications.number, call.id, code)
    case .pass: _ = devtop_ports_pass(notifications.number, call.id)
    case .none: break
    }
  }

  /// Which of these sockets no process of the run holds any more.
  func gone(_ inodes: Set<UInt64>, of id: ProcessID) -> Set<UInt64> {
    var left = inodes
    for pid in processes(id) {
      for number in directoryNumbers("/proc/\(pid)/fd") {
        guard let inode = socketInode("/proc/\(pid)/fd/\(number)") else { continue }
        left.remove(inode)
        if left.isEmpty { return left }
      }
    }
    return left
  }
}

/// The inode of the socket behind a link of /proc/PID/fd.
func socketInode(_ path: String) -> UInt64? {
  guard let link = readLink(path), link.hasPrefix("socket:[") else { return nil }
  return UInt64(link.dropFirst(8).dropLast())
}
