import DevtopCore

/// The timers that are set, by due time; nothing runs while none is.
struct Timers {
  private var due: [TimerID: Instant] = [:]

  mutating func set(_ timer: TimerID, at instant: Instant) { due[timer] = instant }

  mutating func cancel(_ timer: TimerID) { due[timer] = nil }

  /// Takes the timers that are due, the earliest first.
  mutating func takeDue(at now: Instant) -> [TimerID] {
    let ready = due.filter { $0.value <= now }.sorted { $0.value < $1.value }.map(\.key)
    for timer in ready { due[timer] = nil }
    return ready
  }

  var next: Instant? { due.values.min() }
}
