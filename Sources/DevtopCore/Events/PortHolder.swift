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
