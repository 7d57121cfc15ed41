import Glibc

/// A thread of our own for work that blocks or is long: the cooperative pool must never be blocked.
///
/// All signals are blocked in it, so that they reach the thread that waits for them.
package struct Thread: Sendable {
  /// Enough for everything here; the system's default of 8 MiB is address space only, but counts against limits.
  package static let usualStackInBytes = 1 << 20

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private let handle: pthread_t

  /// Starts a thread that has to be joined or detached; tools show its name, cut at 15 bytes.
  ///
  /// - Throws: `ThreadError` when the system has no more (pthread_create(3): EAGAIN).
  package init(
    named name: String = "devtop", stackInBytes: Int = usualStackInBytes,
    _ body: @escaping @Sendable () -> Void
  ) throws(ThreadError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackInBytes)
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let box = Unmanaged.passRetained(
      Body {
        Self.setName(name)
        body()
      })
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      throw ThreadError(code: code)
    }
    handle = thread
  }

  /// proc_pid_comm(5): pthread_setname_np(3) is not in Swift's Glibc.
  private static func setName(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    let bytes = Array(name.utf8.prefix(15))
    _ = write(file, bytes, bytes.count)
  }

  /// Whether this is the calling thread.
  package var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

  /// Waits for the end of the body.
  package func join() { pthread_join(handle, nil) }

  /// Lets the thread end by itself, unobserved.
  package func detach() { pthread_detach(handle) }

  /// Runs `body` on a new thread that nobody waits for; false when the system has none.
  @discardableResult
  package static func startDetached(_ body: @escaping @Sendable () -> Void) -> Bool {
    do throws(ThreadError) {
      try Thread(body).detach()
      return true
    } catch {
      return false
    }
  }
}

/// There is no thread to be had.
package struct ThreadError: Error, Equatable, Sendable {
  /// An errno.
  package let code: Int32
}

/// Starts a thread without which devtop cannot work at all, and which runs to the end.
package func startThread(_ body: @escaping @Sendable () -> Void) {
  let isStarted = Thread.startDetached(body)
  precondition(isStarted, "devtop needs one more thread than the system has (see ulimit -u)")
}
