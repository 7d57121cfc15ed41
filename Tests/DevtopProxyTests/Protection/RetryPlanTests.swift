import DevtopCore
import DevtopProxy
import Testing

/// What is sent once more.
@Suite struct RetryPlanTests {
  private func plan(_ attempts: Int = 3, backoff: Duration = .milliseconds(100)) -> RetryPlan {
    var spec = RetrySpec()
    spec.attempts = attempts
    spec.backoff = backoff
    return RetryPlan(spec)
  }

  @Test(arguments: [
    ("GET", UpstreamEnd.connectFailed, RetryPlan.Progress.notSent, true, true),
    ("POST", .connectFailed, .notSent, true, true), ("POST", .connectFailed, .notSent, false, true),
    ("GET", .brokeOff, .sent, true, true), ("PUT", .timedOut, .sent, true, true),
    ("PUT", .timedOut, .sent, false, false), ("POST", .brokeOff, .sent, true, false),
    ("PATCH", .timedOut, .sent, true, false), ("get", .brokeOff, .sent, true, false),
    ("GET", .brokeOff, .answered, true, false), ("GET", .answered(status: 503), .sent, true, false),
    ("GET", .clientGone, .notSent, true, false), ("GET", .reloaded, .sent, true, true),
    ("DELETE", .brokeOff, .sent, true, true), ("HEAD", .brokeOff, .sent, true, true),
    ("CONNECT", .brokeOff, .sent, true, false),
  ])
  func `only what is safe`(
    _ method: String, _ end: UpstreamEnd, _ progress: RetryPlan.Progress, _ isBodyKept: Bool, _ expected: Bool
  ) {
    let decision = plan().next(after: 1, method: method, end: end, progress: progress, isBodyKept: isBodyKept)
    #expect(decision == (expected ? .retry(after: .milliseconds(100)) : .giveUp))
  }

  private func waits(_ plan: RetryPlan, _ attempts: ClosedRange<Int>) -> [Duration?] {
    attempts.map { attempt in
      let decision = plan.next(
        after: attempt, method: "GET", end: .timedOut, progress: .sent, isBodyKept: true)
      guard case .retry(let after) = decision else { return nil }
      return after
    }
  }

  @Test func `the wait doubles up to ten seconds, and the attempts end`() {
    #expect(waits(plan(), 1...4) == [.milliseconds(100), .milliseconds(200), nil, nil])
    #expect(waits(plan(9), 7...9) == [.milliseconds(6_400), .seconds(10), nil])
    #expect(waits(plan(200), 100...100) == [.seconds(10)])
    #expect(waits(plan(3, backoff: .seconds(60)), 1...1) == [.seconds(10)])
    #expect(waits(plan(3, backoff: .zero), 1...2) == [.zero, .zero])
    #expect(waits(plan(1), 1...1) == [nil])
    #expect(waits(plan(), 0...0) == [nil])
  }
}
