/// Who listens on a port that a service asked for.
package struct PortHolder: Equatable, Sendable {
  package var port: UInt16
  /// Nil where the holder belongs to another user and cannot be named.
  package var pid: Int32?
  package var command: String?
  /// When it was started.
  package var since: WallTime?
  /// The holder's user, where it is not ours.
  package var otherUser: String?

  package init(
    port: UInt16, pid: Int32? = nil, command: String? = nil, since: WallTime? = nil, otherUser: String? = nil
  ) {
    self.port = port
    self.pid = pid
    self.command = command
    self.since = since
    self.otherUser = otherUser
  }
}

extension PortHolder {
  /// Who holds the port and for how long, and the way out.
  package func sentence(at now: WallTime) -> String {
    if let otherUser {
      return "port \(port) is held by a process of user \(otherUser) (see: sudo ss -ltnp)"
    }
    guard let pid else {
      return "port \(port) is held by a process that cannot be named (see: sudo ss -ltnp)"
    }
    let name = shortCommand.map { " (\($0))" } ?? ""
    let age =
      since.map { " for \(Duration.milliseconds(max(0, now.milliseconds - $0.milliseconds)).short)" } ?? ""
    return "port \(port) is held by pid \(pid)\(name)\(age); x in the Build pane, or kill \(pid), ends it"
  }

  /// The command with its program's name in place of the program's path; the end of a very long one is left out.
  package var shortCommand: String? {
    guard var command else { return nil }
    if command.hasPrefix("/") {
      let end = command.firstIndex(of: " ") ?? command.endIndex
      let name = command[..<end].split(separator: "/").last ?? command[..<end]
      command = String(name + command[end...])
    }
    return command.count > Self.longestCommand ? command.prefix(Self.longestCommand) + "..." : command
  }

  /// In characters: enough for a program and what it serves, too little for a class path.
  private static let longestCommand = 120
}
