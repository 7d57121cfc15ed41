import CProcess
import Glibc

/// A thread of our own for work that blocks; the cooperative pool must never be blocked.
struct WorkerThread: Sendable {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private let thread: pthread_t

  /// Starts `body` with all signals blocked, so that the main thread gets them.
  ///
  /// - Throws: `SupervisorError.cannotStart` when there is no thread to be had.
  init(named name: String, _ body: @escaping @Sendable () -> Void) throws(SupervisorError) {
    let box = Unmanaged.passRetained(Body(body))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    var thread = pthread_t()
    let error = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, box.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard error == 0 else {
      box.release()
      throw .cannotStart(what: "the thread \(name)", code: error)
    }
    devtop_name_thread(thread, name)
    self.thread = thread
  }

  /// Waits for the end of the body.
  func join() { pthread_join(thread, nil) }
  /// Lets the thread end by itself, unobserved.
  func detach() { pthread_detach(thread) }
}
