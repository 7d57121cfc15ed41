import Glibc

/// A doorbell between threads: a ring before the wait is not lost, several rings are one.
package final class Wakeup: @unchecked Sendable {
  // Sendable: `isRung` is only reached between lock and unlock of `mutex`; the rest never changes. It is the one
  // place besides `Locked` with a mutex, because a condition variable needs it.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var isRung = false

  package init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deinitialize(count: 1)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deinitialize(count: 1)
    mutex.deallocate()
  }

  package func ring() {
    pthread_mutex_lock(mutex)
    isRung = true
    pthread_mutex_unlock(mutex)
    pthread_cond_broadcast(condition)
  }

  /// Blocks until the next ring.
  package func wait() {
    pthread_mutex_lock(mutex)
    while !isRung { pthread_cond_wait(condition, mutex) }
    isRung = false
    pthread_mutex_unlock(mutex)
  }

  /// Blocks until the next ring, or until the time is over.
  ///
  /// - Returns: whether it rang.
  @discardableResult
  package func wait(atMost limit: Duration) -> Bool {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    let (seconds, attoseconds) = limit.components
    let nanoseconds = Int64(deadline.tv_nsec) + attoseconds / 1_000_000_000
    deadline.tv_sec += Int(seconds + nanoseconds / 1_000_000_000)
    deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
    pthread_mutex_lock(mutex)
    defer {
      isRung = false
      pthread_mutex_unlock(mutex)
    }
    while !isRung {
      if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return isRung }
    }
    return true
  }
}
