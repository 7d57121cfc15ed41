import CProcess
import DevtopCore
import Glibc

extension PortAnswerer {
  /// The program's socket first, then the public one: whoever connects finds both.
  mutating func listen(_ caller: PortCaller) -> PortOutcome {
    guard let process = caller.process() else { return .pass }
    do throws(PortRefusal) {
      let socket = try TakenSocket(caller.call.descriptor, of: process)
      guard caller.isWaiting else { return .none }
      return listen(caller, socket)
    } catch {
      switch error.code {
      case EPERM, EACCES, ENOSYS: return listenRewritten(caller, process: process)
      case _: return .pass
      }
    }
  }

  private func listen(_ caller: PortCaller, _ socket: borrowing TakenSocket) -> PortOutcome {
    guard let inode = socket.inode,
      let binding = ports.table.withLock({ $0.binding(inode, in: caller.run) }),
      let upstream = binding.upstream
    else { return .pass }
    let error = socket.listen(backlog: caller.call.argument)
    guard error == 0 else { return PortOutcome(answer: .done(code: error)) }
    return open(caller.id, caller.owner, binding, upstream: upstream, backlog: caller.call.argument)
  }

  /// Lets the public socket of a listening one listen, and tells it the first time.
  func open(
    _ id: ProcessID, _ owner: String, _ binding: PortTable.Binding, upstream: PortAddress, backlog: Int32
  ) -> PortOutcome {
    ports.table.withLock { table in
      guard table.reservations[binding.address]?.owner == owner, table.runs[id.number]?.isLetGo == false
      else {
        return PortOutcome(answer: .done(code: 0))
      }
      do throws(PortRefusal) {
        try ports.listen(binding.address, backlog: backlog, in: &table)
      } catch {
        return .refused(id, binding.address, error)
      }
      table.update(binding.inode, in: id.number) {
        $0.isListening = true
        $0.upstream = upstream
      }
      let listener = TakenListener(owner: owner, publicAddress: binding.address, upstream: upstream)
      return PortOutcome(
        answer: .done(code: 0), events: binding.isListening ? [] : [.listening(id, listener)])
    }
  }
}
