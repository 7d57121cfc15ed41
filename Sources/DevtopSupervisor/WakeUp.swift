import CProcess
import Glibc

/// An eventfd that wakes a thread out of poll(2).
final class WakeUp: Sendable {
  let descriptor: Int32

  init() throws(SupervisorError) {
    descriptor = devtop_eventfd()
    guard descriptor >= 0 else { throw .cannotStart(what: "an eventfd", code: errno) }
  }

  deinit { close(descriptor) }

  func signal() {
    var one: UInt64 = 1
    write(descriptor, &one, 8)
  }

  func clear() {
    var count: UInt64 = 0
    read(descriptor, &count, 8)
  }

  /// Waits for a signal; false when `milliseconds` passed first.
  func wait(milliseconds: Int32) -> Bool {
    var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&one, 1, milliseconds) > 0
  }
}
