import DevtopCore
import DevtopSupervisor

/// Who holds a port that a service asked for, and ending it when a person wants that.
enum HolderLookup {
  private static let grace: Duration = .seconds(3)

  /// The listener on a port, as far as it can be named.
  static func find(port: UInt16) -> DevtopCore.PortHolder {
    switch DevtopSupervisor.PortHolder.find(port: Int(port)) {
    case .process(let process)?:
      DevtopCore.PortHolder(
        port: port, pid: process.pid, command: process.command,
        since: WallTime(milliseconds: process.startMilliseconds))
    case .otherUser(_, let name)?: DevtopCore.PortHolder(port: port, otherUser: name)
    case nil: DevtopCore.PortHolder(port: port)
    }
  }

  /// Ends the holder of `port` if it is still the process `pid`, and tells how that went.
  static func end(
    _ pid: Int32, port: UInt16, for service: ServiceID, _ send: @escaping @Sendable (Event) -> Void
  ) {
    guard case .process(let process)? = DevtopSupervisor.PortHolder.find(port: Int(port)), process.pid == pid
    else {
      return send(.holderEnded(service, pid: pid))
    }
    do throws(SupervisorError) {
      try process.end(grace: grace) { ending in
        switch ending {
        case .ended, .alreadyGone: send(.holderEnded(service, pid: pid))
        case .refused:
          send(.warned(ConfigurationNotice("pid \(pid) may not be ended by this user: sudo kill \(pid)")))
        case .unkillable:
          send(.warned(ConfigurationNotice("pid \(pid) waits in the kernel and cannot be ended yet")))
        }
      }
    } catch {
      send(.warned(ConfigurationNotice("\(error)")))
    }
  }
}
