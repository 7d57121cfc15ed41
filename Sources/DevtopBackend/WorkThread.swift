import DevtopCore
import Glibc

/// A thread that runs work items one after another, at once or later; asleep while there are none.
final class WorkThread: Sendable {
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

  private enum Turn {
    case run([@Sendable () -> Void])
    /// Nothing is due before this; nil: nothing at all.
    case sleep(until: Instant?)
    case end
  }

  private let state = Locked(State())
  private let wakeup = Wakeup()

  init() { startThread { [self] in loop() } }

  /// Runs `work` on the thread, after what was given before.
  func run(_ work: @escaping @Sendable () -> Void) {
    state.withLock { $0.items.append(work) }
    wakeup.ring()
  }

  /// Runs `work` on the thread when `delay` has passed; answers a number for `cancel`.
  @discardableResult
  func run(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> Int {
    let number = state.withLock { state in
      state.nextNumber += 1
      state.later.append(Later(due: SystemClock.instant + delay, number: state.nextNumber, work: work))
      return state.nextNumber
    }
    wakeup.ring()
    return number
  }

  func cancel(_ number: Int) { state.withLock { $0.later.removeAll { $0.number == number } } }

  /// Lets the thread end when its running item has; what is left never runs.
  func stop() {
    state.withLock { $0.isStopped = true }
    wakeup.ring()
  }

  private func loop() {
    while true {
      switch state.withLock({ Self.turn(&$0) }) {
      case .run(let items): for item in items { item() }
      case .sleep(let due?): wakeup.wait(atMost: max(.zero, due - SystemClock.instant))
      case .sleep(nil): wakeup.wait()
      case .end: return
      }
    }
  }

  private static func turn(_ state: inout State) -> Turn {
    if state.isStopped { return .end }
    if !state.items.isEmpty {
      defer { state.items = [] }
      return .run(state.items)
    }
    guard let first = state.later.indices.min(by: { state.later[$0].due < state.later[$1].due }) else {
      return .sleep(until: nil)
    }
    let due = state.later[first].due
    return due <= SystemClock.instant ? .run([state.later.remove(at: first).work]) : .sleep(until: due)
  }
}
