import CProcess
import Glibc

/// A running guard, and the launcher if there is one: what a `Supervisor` works with.
///
/// The guard is the process that starts all programs: a child of this one, single-threaded C code in a session of
/// its own. When this process ends, also by SIGKILL, the guard ends everything that it started.
public struct SupervisorHandles: Sendable {
  let raw: devtop_handles

  init(raw: devtop_handles) { self.raw = raw }

  /// Forks a guard for a program that is not devtop.
  ///
  /// Call it early, before there are threads and much memory: the guard is then small. A later call is safe as
  /// well (the guard's code is async-signal-safe); it keeps copies of no memory of more than 1 MiB a mapping.
  /// It makes this process a child subreaper (prctl(2)): orphaned descendants become its children.
  /// - Throws: `SupervisorError.cannotStart` when the process or its sockets cannot be made.
  public static func startGuard() throws(SupervisorError) -> SupervisorHandles {
    var raw = devtop_handles()
    raw.launcher = -1
    devtop_origin_init(&raw.origin)
    devtop_become_subreaper()
    let error = devtop_guard_start(&raw.origin, &raw.guard)
    guard error == 0 else { throw .cannotStart(what: "the guard process", code: error) }
    return SupervisorHandles(raw: raw)
  }
}
