import CProcess

/// Whether ports of programs can be taken over on this system, and how.
public enum TakeoverSupport: Hashable, Sendable {
  /// The sockets of programs are bound for them (pidfd_getfd(2)).
  case direct
  /// Sockets cannot be taken (a container's rules): the addresses in the programs' memory are rewritten instead.
  case rewriting
  /// Neither; an errno: EBUSY within another takeover, ENOSYS or EINVAL without seccomp(2), EPERM where it is refused.
  case none(code: Int32)

  /// Tries it on a process of its own, for about 1 ms.
  public static func probe() -> TakeoverSupport {
    switch devtop_ports_probe() {
    case Int32(DEVTOP_PORTS_DIRECT.rawValue): .direct
    case Int32(DEVTOP_PORTS_REWRITTEN.rawValue): .rewriting
    case let error: .none(code: -error)
    }
  }
}
