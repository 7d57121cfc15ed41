import CProcess
import DevtopCore
import Glibc

/// The process that the shell started, seen from devtop proper.
///
/// It holds the terminal's foreground group, exits with devtop proper's status (128+n on a signal), and restores the
/// terminal when devtop proper cannot. Signals that a process sends to it arrive here by sigqueue(3), with its own
/// pid as sender and the original sender's as value; what the terminal sends arrives only once, directly.
public final class Launcher: Sendable {
  /// What the launcher tells.
  public enum Notice: Hashable, Sendable {
    /// It was continued (`fg`, or SIGCONT): take the terminal again and redraw.
    case resumed
    /// Ctrl-Z in a cooked terminal: give back the terminal and call `suspend()`.
    case suspendAsked
    /// No shell could continue it, so it did not stop.
    case suspendRefused
    /// It is gone; everything ends. Restore the terminal and exit.
    case lost
  }

  /// For `Supervisor.init`.
  public let handles: SupervisorHandles

  private init(_ handles: SupervisorHandles) { self.handles = handles }

  /// Splits this process into launcher, devtop proper and guard, and runs `main` in devtop proper.
  ///
  /// Call it first, while there is one thread. In devtop proper SIGTSTP, SIGTTIN, SIGTTOU and SIGPIPE are
  /// then ignored, and crashes end it at once (unless SWIFT_BACKTRACE is set).
  ///
  /// `main` has a thread of its own, with the calling thread's signal mask, as the forked one may not run Swift beside
  /// other threads: Swift's runtime keeps the thread's id in the thread's storage, where fork(2) leaves the parent's,
  /// and its locks are then taken under an id that is not the caller's. As soon as two threads meet in one, the
  /// kernel refuses it (futex(2), FUTEX_LOCK_PI: EPERM), and all of them spin for ever.
  /// - Throws: `SupervisorError.cannotStart` when a process or the thread cannot be made.
  public static func launch(_ main: @escaping @Sendable (Launcher) -> Never) throws(SupervisorError) -> Never
  {
    var raw = devtop_handles()
    let error = devtop_launch(&raw)
    guard error == 0 else { throw .cannotStart(what: "devtop's processes", code: error) }
    let launcher = Launcher(SupervisorHandles(raw: raw))
    // No signal may meet this thread any more: `main`'s decides what becomes of them.
    var all = sigset_t()
    sigfillset(&all)
    var mask = sigset_t()
    pthread_sigmask(SIG_SETMASK, &all, &mask)
    let thread: Thread
    do throws(ThreadError) {
      thread = try Thread(named: "devtop-main", stackInBytes: mainStackInBytes) { [mask] in
        var mask = mask
        pthread_sigmask(SIG_SETMASK, &mask, nil)
        main(launcher)
      }
    } catch {
      throw .cannotStart(what: "devtop's main thread", code: error.code)
    }
    thread.join()
    preconditionFailure("main never returns")
  }

  /// What a process's first thread usually has (getrlimit(2), RLIMIT_STACK).
  private static let mainStackInBytes = 8 << 20

  /// The launcher's process.
  public var pid: Int32 { handles.raw.launcher_pid }

  /// Readable when `nextNotice()` has something.
  public var descriptor: Int32 { handles.raw.launcher }

  /// The next notice, nil when there is none now.
  public func nextNotice() -> Notice? {
    while true {
      switch devtop_launcher_receive(descriptor) {
      case 0: return nil
      case Int32(DEVTOP_LAUNCHER_CONTINUED.rawValue): return .resumed
      case Int32(DEVTOP_LAUNCHER_SUSPEND_ASKED.rawValue): return .suspendAsked
      case Int32(DEVTOP_LAUNCHER_REFUSED.rawValue): return .suspendRefused
      case -1: return .lost
      case _: continue
      }
    }
  }

  /// Asks the launcher to stop itself, so that the shell takes over; returns at once.
  ///
  /// Restore the terminal first and leave it alone until `.resumed` (or `.suspendRefused`) comes; services go on.
  public func suspend() { _ = devtop_launcher_send(descriptor, Int32(DEVTOP_LAUNCHER_SUSPEND.rawValue)) }

  /// Says that the terminal is as it was and that the exit that follows is meant.
  public func sayGoodbye() { _ = devtop_launcher_send(descriptor, Int32(DEVTOP_LAUNCHER_GOODBYE.rawValue)) }
}
