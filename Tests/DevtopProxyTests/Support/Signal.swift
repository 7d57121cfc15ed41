import Glibc

/// A value that tests wait for.
final class Signal<Value>: @unchecked Sendable {
  // Sendable: `value` is only reached between `pthread_mutex_lock` and `pthread_mutex_unlock`.
  struct TimedOut: Error, CustomStringConvertible {
    var description: String
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  init(_ value: sending Value) {
    self.value = value
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func change(_ body: (inout Value) -> Void) {
    pthread_mutex_lock(mutex)
    body(&value)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  func read<Result>(_ body: (Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(value)
  }

  /// Waits until the closure has a result.
  func wait<Result>(_ what: String, seconds: Int = 20, _ body: (Value) -> Result?) throws -> Result {
    var deadline = timespec()
    clock_gettime(CLOCK_REALTIME, &deadline)
    deadline.tv_sec += seconds
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(value) { return result }
      if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT {
        throw TimedOut(description: "not in \(seconds) s: \(what); there is \(value)")
      }
    }
  }

  func wait(_ what: String, until body: (Value) -> Bool) throws {
    try wait(what) { body($0) ? () : nil }
  }
}
