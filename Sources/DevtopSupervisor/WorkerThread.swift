import DevtopCore

/// A thread of the supervisor, for work that blocks.
struct WorkerThread: Sendable {
  private let thread: Thread

  /// Starts `body`; `name` is for tools and for the error.
  ///
  /// - Throws: `SupervisorError.cannotStart` when there is no thread to be had.
  init(named name: String, _ body: @escaping @Sendable () -> Void) throws(SupervisorError) {
    do throws(ThreadError) {
      thread = try Thread(named: name, body)
    } catch {
      throw .cannotStart(what: "the thread \(name)", code: error.code)
    }
  }

  /// Waits for the end of the body.
  func join() { thread.join() }
  /// Lets the thread end by itself, unobserved.
  func detach() { thread.detach() }
}
