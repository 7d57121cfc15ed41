import DevtopCore
import NIOCore

/// Deadlines of one kind in the order in which they pass.
///
/// Each is as long as the others, so that setting one means appending it; the event loop has one task for all of
/// them, set for the first, and none while there are none.
final class DeadlineList {
  private let loop: NIOIsolatedEventLoop
  private var first: Deadline?
  private unowned(unsafe) var last: Deadline?
  private var isArmed = false

  init(_ loop: any EventLoop) { self.loop = loop.assumeIsolated() }

  func set(_ deadline: Deadline, at nanoseconds: Int64) {
    deadline.list?.remove(deadline)
    deadline.nanoseconds = nanoseconds
    deadline.list = self
    // One step, unless durations changed meanwhile.
    var before = last
    while let other = before, other.nanoseconds > nanoseconds { before = other.previous }
    deadline.previous = before
    if let before {
      deadline.next = before.next
      before.next = deadline
    } else {
      deadline.next = first
      first = deadline
    }
    if let next = deadline.next { next.previous = deadline } else { last = deadline }
    arm()
  }

  /// A deadline so many nanoseconds from now, or a tick of the system less.
  func set(_ deadline: Deadline, in nanoseconds: Int64) {
    set(deadline, at: SystemClock.coarseNanoseconds + nanoseconds)
  }

  func remove(_ deadline: Deadline) {
    let previous = deadline.previous
    let next = deadline.next
    if let next { next.previous = previous } else { last = previous }
    if let previous { previous.next = next } else { first = next }
    deadline.previous = nil
    deadline.next = nil
    deadline.list = nil
  }

  private func arm() {
    guard !isArmed, let first else { return }
    isArmed = true
    _ = loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(max(0, first.nanoseconds)))) { [weak self] in
      self?.expire()
    }
  }

  private func expire() {
    isArmed = false
    let now = SystemClock.monotonicNanoseconds
    while let deadline = first, deadline.nanoseconds <= now {
      remove(deadline)
      deadline.owner.timedOut()
    }
    arm()
  }
}
