import DevtopCore
import Glibc

/// A wait ended without what was awaited; says what there was instead.
struct DeadlinePassed: Error, CustomStringConvertible {
  var description: String
}

/// Runs blocking work on a thread of its own, so that the other tests keep theirs.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    startThread { continuation.resume(with: Result(catching: body)) }
  }
}

/// Begins blocking work on a thread of its own; its value is awaited later.
func onThreadTask<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) -> Task<Value, any Error> {
  Task { try await onThread(body) }
}

/// Waits for something that sends no event: a process that is gone, the screen of a terminal, an HTTP answer.
///
/// - Throws: `DeadlinePassed` when it does not come.
@discardableResult
func eventually<Value: Sendable>(
  _ what: String, within limit: Duration = .seconds(60), _ look: @escaping @Sendable () throws -> Value?
) async throws -> Value {
  try await onThread {
    let deadline = ContinuousClock.now + limit
    while true {
      if let value = try look() { return value }
      guard ContinuousClock.now < deadline else {
        throw DeadlinePassed(description: "this did not happen within \(limit): \(what)")
      }
      poll(nil, 0, 20)
    }
  }
}

/// As above, for a condition without a value.
func eventually(
  _ what: String, within limit: Duration = .seconds(60), holds condition: @escaping @Sendable () -> Bool
) async throws {
  try await eventually(what, within: limit) { condition() ? () : nil }
}
