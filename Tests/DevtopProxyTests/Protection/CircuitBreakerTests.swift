import DevtopCore
import DevtopProxy
import Testing

/// When a service is left alone, and when it is tried again.
@Suite struct CircuitBreakerTests {
  private func breaker(_ change: (inout BreakerSpec) -> Void = { _ in }) -> CircuitBreaker {
    var spec = BreakerSpec()
    spec.min = 4
    change(&spec)
    return CircuitBreaker(spec)
  }

  private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  private func pass(_ breaker: inout CircuitBreaker, _ milliseconds: Int64) throws -> CircuitBreaker.Ticket {
    guard case .pass(let ticket) = breaker.request(at: at(milliseconds)) else { throw Rejected() }
    return ticket
  }

  /// One request that begins and ends at once.
  private func run(_ breaker: inout CircuitBreaker, _ end: UpstreamEnd, _ milliseconds: Int64) throws {
    breaker.ended(try pass(&breaker, milliseconds), end, at: at(milliseconds))
  }

  private struct Rejected: Error {}

  @Test func `it opens with the request that makes the share of failures too large`() throws {
    var breaker = breaker()
    for end in [UpstreamEnd.answered(status: 500), .connectFailed, .answered(status: 200)] {
      try run(&breaker, end, 1_000)
    }
    #expect(breaker.shown == .closed)
    try run(&breaker, .answered(status: 404), 1_000)
    #expect(breaker.shown == .open, "two of four")
    #expect(breaker.request(at: at(1_000)) == .reject(retryAfter: .seconds(5)))
    #expect(breaker.request(at: at(5_999)) == .reject(retryAfter: .milliseconds(1)))
    #expect(breaker.shown == .open)
  }

  @Test func `fewer requests than its least number, or fewer failures, never open it`() throws {
    var few = breaker()
    for _ in 0..<3 { try run(&few, .timedOut, 0) }
    #expect(few.shown == .closed)
    var good = breaker()
    for index in 0..<1_000 { try run(&good, .answered(status: index % 3 == 2 ? 503 : 200), 0) }
    #expect(good.shown == .closed)
    var none = breaker { $0.failures = 0 }
    for _ in 0..<10 { try run(&none, .answered(status: 200), 0) }
    #expect(none.shown == .closed)
    try run(&none, .brokeOff, 0)
    #expect(none.shown == .open)
  }

  @Test func `what is not the service's fault does not count`() throws {
    var breaker = breaker()
    for end in [UpstreamEnd.clientGone, .reloaded] {
      for _ in 0..<50 { try run(&breaker, end, 0) }
    }
    for _ in 0..<3 { try run(&breaker, .answered(status: 500), 0) }
    #expect(breaker.shown == .closed)
    try run(&breaker, .answered(status: 500), 0)
    #expect(breaker.shown == .open)
  }

  @Test func `failures are forgotten with their part of the window`() throws {
    var breaker = breaker()
    for _ in 0..<3 { try run(&breaker, .brokeOff, 999) }
    // The part of 0 to 1 s leaves when that of 10 to 11 s begins.
    var late = breaker
    try run(&breaker, .brokeOff, 9_999)
    #expect(breaker.shown == .open)
    try run(&late, .brokeOff, 10_000)
    #expect(late.shown == .closed)
    for _ in 0..<2 { try run(&late, .brokeOff, 10_000) }
    #expect(late.shown == .closed)
    try run(&late, .brokeOff, 19_999)
    #expect(late.shown == .open)
  }

  private func halfOpen() throws -> (CircuitBreaker, [CircuitBreaker.Ticket]) {
    var breaker = breaker()
    for _ in 0..<4 { try run(&breaker, .brokeOff, 0) }
    var tickets: [CircuitBreaker.Ticket] = []
    for _ in 0..<3 { tickets.append(try pass(&breaker, 5_000)) }
    #expect(breaker.shown == .halfOpen)
    #expect(breaker.request(at: at(5_000)) == .reject(retryAfter: .seconds(1)))
    return (breaker, tickets)
  }

  @Test func `after its time some requests try, and all of them close it`() throws {
    var (breaker, tickets) = try halfOpen()
    for ticket in tickets.dropLast() { breaker.ended(ticket, .answered(status: 200), at: at(5_100)) }
    #expect(breaker.shown == .halfOpen)
    #expect(breaker.request(at: at(5_100)) == .reject(retryAfter: .seconds(1)))
    breaker.ended(tickets[2], .answered(status: 499), at: at(5_200))
    #expect(breaker.shown == .closed)
    for _ in 0..<3 { try run(&breaker, .brokeOff, 5_300) }
    #expect(breaker.shown == .closed, "counting began anew")
  }

  @Test func `one failure among them opens it again, and what comes later of the others says nothing`() throws
  {
    var (breaker, tickets) = try halfOpen()
    breaker.ended(tickets[0], .answered(status: 200), at: at(5_100))
    breaker.ended(tickets[1], .timedOut, at: at(6_000))
    #expect(breaker.shown == .open)
    breaker.ended(tickets[2], .answered(status: 200), at: at(6_100))
    #expect(breaker.request(at: at(10_999)) == .reject(retryAfter: .milliseconds(1)))
    for _ in 0..<3 { _ = try pass(&breaker, 11_000) }
    breaker.ended(tickets[2], .answered(status: 200), at: at(11_000))
    #expect(breaker.request(at: at(11_000)) == .reject(retryAfter: .seconds(1)))
  }

  @Test func `a try that its client gave up is free for another`() throws {
    var (breaker, tickets) = try halfOpen()
    breaker.ended(tickets[0], .clientGone, at: at(5_100))
    let again = try pass(&breaker, 5_100)
    #expect(breaker.request(at: at(5_100)) == .reject(retryAfter: .seconds(1)))
    for ticket in [again] + tickets.dropFirst() {
      breaker.ended(ticket, .answered(status: 204), at: at(5_200))
    }
    #expect(breaker.shown == .closed)
  }

  @Test func `requests from before it opened do not count when it is closed again`() throws {
    var breaker = breaker { $0.probes = 1 }
    let old = try (0..<10).map { _ in try pass(&breaker, 0) }
    for _ in 0..<4 { try run(&breaker, .brokeOff, 0) }
    try run(&breaker, .answered(status: 200), 5_000)
    #expect(breaker.shown == .closed)
    for ticket in old { breaker.ended(ticket, .timedOut, at: at(5_000)) }
    #expect(breaker.shown == .closed)
  }
}
