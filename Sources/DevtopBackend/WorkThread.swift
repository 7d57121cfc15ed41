import DevtopCore
import Glibc

/// A thread that runs work items one after another, at once or later; asleep while there are none.
final class WorkThread: @unchecked Sendable {
  // Sendable: `state` is only touched while `mutex` is held.
  private struct Later {
    var due: Instant
    var number: Int
    var work: @Sendable () -> Void
  }

  private struct State {
    var items: [@Sendable () -> Void] = []
    var later: [Later] = []
    var nextNumber = 0
    var isStopped = false
  }

  private var state = State()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    changed.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
    startThread { [self] in loop() }
  }

  /// Runs `work` on the thread, after what was given before.
  func run(_ work: @escaping @Sendable () -> Void) {
    locked {
      state.items.append(work)
      pthread_cond_signal(changed)
    }
  }

  /// Runs `work` on the thread when `delay` has passed; answers a number for `cancel`.
  @discardableResult
  func run(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> Int {
    locked {
      state.nextNumber += 1
      state.later.append(Later(due: Self.now + delay, number: state.nextNumber, work: work))
      pthread_cond_signal(changed)
      return state.nextNumber
    }
  }

  func cancel(_ number: Int) { locked { state.later.removeAll { $0.number == number } } }

  /// Lets the thread end when its running item has; what is left never runs.
  func stop() {
    locked {
      state.isStopped = true
      pthread_cond_signal(changed)
    }
  }

  private func loop() {
    while let work = next() { work() }
  }

  private func next() -> (@Sendable () -> Void)? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !state.isStopped {
      if !state.items.isEmpty { return state.items.removeFirst() }
      guard let first = state.later.indices.min(by: { state.later[$0].due < state.later[$1].due }) else {
        pthread_cond_wait(changed, mutex)
        continue
      }
      let due = state.later[first].due
      if due <= Self.now { return state.later.remove(at: first).work }
      var time = timespec(
        tv_sec: Int(due.nanoseconds / 1_000_000_000), tv_nsec: Int(due.nanoseconds % 1_000_000_000))
      pthread_cond_timedwait(changed, mutex, &time)
    }
    return nil
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
