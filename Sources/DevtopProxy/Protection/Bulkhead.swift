/// Lets so many requests be under way at once; some more wait, first come, first served.
package struct Bulkhead<ID: Hashable & Sendable>: Sendable {
  package enum Verdict: Equatable, Sendable {
    case admit
    /// It passes when `leave` names it.
    case wait
    /// Answer with 503.
    case reject
  }

  private let maxInFlight: Int
  private let maxQueue: Int
  package private(set) var inFlight = 0
  /// In the order of their coming.
  private var queue: [ID] = []

  /// Fewer than one under way counts as one; without a queue nothing waits.
  package init(maxInFlight: Int, maxQueue: Int?) {
    self.maxInFlight = max(1, maxInFlight)
    self.maxQueue = max(0, maxQueue ?? 0)
  }

  package var waiting: Int { queue.count }
  package var hasRoom: Bool { inFlight < maxInFlight }

  /// What happens to a request that comes now.
  package mutating func enter(_ id: ID) -> Verdict {
    if inFlight < maxInFlight {
      inFlight += 1
      return .admit
    }
    guard queue.count < maxQueue else { return .reject }
    queue.append(id)
    return .wait
  }

  /// Ends a request that was admitted, and names the one that passes in its place.
  package mutating func leave() -> ID? {
    guard inFlight > 0 else { return nil }
    guard !queue.isEmpty else {
      inFlight -= 1
      return nil
    }
    return queue.removeFirst()
  }

  /// Takes a request that waits out; false: it does not wait.
  package mutating func giveUp(_ id: ID) -> Bool {
    guard let place = queue.firstIndex(of: id) else { return false }
    queue.remove(at: place)
    return true
  }
}
