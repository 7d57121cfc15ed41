import DevtopCore
import Glibc

/// Standard output in plain and JSON mode, behind a bounded buffer and a thread of its own.
///
/// A reader that does not read never stalls a service: when the buffer is full, lines are dropped and counted,
/// and the count is written as soon as there is room.
final class OutputWriter: @unchecked Sendable {
  // Sendable: `state` is only touched while `mutex` is held.
  private struct State {
    var buffer: [UInt8] = []
    var dropped = 0
    var isClosed = false
    var isFinished = false
  }

  /// What a line is: events are fewer than log lines and matter more, so that the buffer keeps room for them.
  enum Kind {
    case event
    case log

    fileprivate var capacityInBytes: Int {
      switch self {
      case .event: 5 << 20
      case .log: 4 << 20
      }
    }
  }

  private let descriptor: Int32
  /// Makes the line that tells of dropped ones.
  private let lossLine: @Sendable (Int) -> String
  private var state = State()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(descriptor: Int32, lossLine: @escaping @Sendable (Int) -> String) {
    self.descriptor = descriptor
    self.lossLine = lossLine
    mutex.initialize(to: pthread_mutex_t())
    changed.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
    startThread { [self] in run() }
  }

  /// Adds a line; never blocks.
  func write(_ line: String, _ kind: Kind) {
    pthread_mutex_lock(mutex)
    let size = line.utf8.count + 1
    if state.isClosed {
      pthread_mutex_unlock(mutex)
      return
    }
    if state.buffer.count + size > kind.capacityInBytes {
      state.dropped += 1
    } else {
      appendLoss()
      state.buffer.append(contentsOf: line.utf8)
      state.buffer.append(UInt8(ascii: "\n"))
    }
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Tells of dropped lines at their place; called with the lock held.
  private func appendLoss() {
    guard state.dropped > 0 else { return }
    state.buffer.append(contentsOf: (lossLine(state.dropped) + "\n").utf8)
    state.dropped = 0
  }

  /// Waits until everything is written, for `seconds` at most; later lines are dropped.
  func finish(within seconds: Int) {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    deadline.tv_sec += seconds
    pthread_mutex_lock(mutex)
    state.isClosed = true
    pthread_cond_broadcast(changed)
    while !state.isFinished {
      if pthread_cond_timedwait(changed, mutex, &deadline) != 0 { break }
    }
    pthread_mutex_unlock(mutex)
  }

  private func run() {
    while let bytes = next() {
      var start = 0
      while start < bytes.count {
        let written = bytes.withUnsafeBytes {
          Glibc.write(descriptor, $0.baseAddress?.advanced(by: start), bytes.count - start)
        }
        if written > 0 {
          start += written
        } else if errno == EAGAIN {
          var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&ready, 1, -1)
        } else if errno != EINTR {
          break
        }
      }
    }
    pthread_mutex_lock(mutex)
    state.isFinished = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }

  /// The next bytes to write; nil when it is closed and empty.
  private func next() -> [UInt8]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while state.buffer.isEmpty, state.dropped == 0 {
      if state.isClosed { return nil }
      pthread_cond_wait(changed, mutex)
    }
    // There is room now: a loss at the end is told also when no line follows.
    appendLoss()
    let bytes = state.buffer
    state.buffer = []
    return bytes
  }
}
