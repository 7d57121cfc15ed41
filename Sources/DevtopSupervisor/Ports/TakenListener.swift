import Glibc

/// A port of a program that the supervisor has taken over.
public struct TakenListener: Hashable, Sendable {
  /// Whose port it is, from the `LaunchSpec`.
  public let owner: String
  /// What the program asked for: the supervisor's own socket (`Supervisor.publicSocket(_:of:)`) is bound to it.
  public let publicAddress: PortAddress
  /// Where this run of the program accepts connections.
  public let upstream: PortAddress
}

/// Why a port was not to be had.
public enum PortRefusal: Error, Hashable, Sendable {
  /// The kernel said so, as it would have to the program: EADDRINUSE, EACCES (a port under 1024), EADDRNOTAVAIL, …
  case stranger(code: Int32)
  /// Another owner of this supervisor has it, or the same program for a second socket.
  case owner(String)

  /// What the program is told.
  public var code: Int32 {
    switch self {
    case .stranger(let code): code
    case .owner: EADDRINUSE
    }
  }
}
