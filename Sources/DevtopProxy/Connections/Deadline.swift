/// What waits with a deadline: a connection has one at a time.
protocol Timed: AnyObject {
  /// The deadline was not met; it is no longer set.
  func timedOut()
}

/// A place in a `DeadlineList`.
final class Deadline {
  /// The owner takes itself out of its list before it goes.
  unowned let owner: any Timed
  var nanoseconds: Int64 = 0
  var list: DeadlineList?
  var next: Deadline?
  unowned(unsafe) var previous: Deadline?

  init(owner: any Timed) { self.owner = owner }

  func cancel() { list?.remove(self) }
}
