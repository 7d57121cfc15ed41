/// A change that waits to become clear.
struct Pending {
  enum Kind {
    /// Removed or renamed away: a replacement may come.
    case gone
    /// A new name, which may be temporary; `isComplete`: nobody writes to it any more, as far as is known.
    case fresh(isComplete: Bool)
    /// The name was gone and came back.
    case back(isComplete: Bool)
    /// Its attributes changed; the content may be about to.
    case attributes
    /// A created file that was not closed within the wait: taken when it stays as it is.
    case quiet(size: Int64, modified: Int64)
    /// A directory that was renamed away and may turn up at another place.
    case moving(cookie: UInt32)
  }

  var kind: Kind
  /// CLOCK_MONOTONIC nanoseconds.
  var deadline: Int64
}

/// Nodes in the order of their deadlines; all waits of one queue are of one length.
struct DeadlineQueue {
  private var items: [(deadline: Int64, node: NodeID)] = []
  private var head = 0

  var next: Int64? { head < items.count ? items[head].deadline : nil }

  mutating func append(_ node: NodeID, _ deadline: Int64) { items.append((deadline, node)) }

  mutating func popDue(_ now: Int64) -> (deadline: Int64, node: NodeID)? {
    guard head < items.count, items[head].deadline <= now else { return nil }
    head += 1
    let item = items[head - 1]
    if head == items.count {
      items.removeAll()
      head = 0
    }
    return item
  }
}
