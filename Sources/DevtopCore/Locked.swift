import Glibc

/// A value behind a POSIX mutex.
///
/// The one lock of the house: the thread sanitizer understands `pthread_mutex_t`, while
/// `Synchronization.Mutex` gives false reports under it.
package final class Locked<Value>: @unchecked Sendable {
  // Sendable: `value` is only reached between `pthread_mutex_lock` and `pthread_mutex_unlock`.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  package init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deinitialize(count: 1)
    mutex.deallocate()
  }

  /// Runs `body` with exclusive access to the value; `body` must not block for long.
  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
