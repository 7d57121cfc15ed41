/// Who answers when a program binds a TCP port.
public enum PortHandling: Hashable, Sendable {
  /// The kernel, as always.
  case own
  /// The supervisor: it keeps the port itself, for the service named, and gives the program an address of its run.
  ///
  /// The program and its descendants gain no privileges any more (PR_SET_NO_NEW_PRIVS): sudo and ping do not work.
  case takenOver(by: String)
}
