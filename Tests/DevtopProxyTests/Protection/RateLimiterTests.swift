import DevtopCore
import DevtopProxy
import Testing

/// How many requests pass, and when.
@Suite struct RateLimiterTests {
  private func limiter(_ kind: RateLimitSpec.Kind, _ requests: Int, per: Duration, burst: Int) -> RateLimiter
  {
    var spec = RateLimitSpec(requests: requests, per: per, burst: burst)
    spec.kind = kind
    return RateLimiter(spec)
  }

  private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  @Test func `a bucket of tokens lets a burst through, then the rate`() {
    var limiter = limiter(.token, 10, per: .seconds(1), burst: 3)
    for _ in 0..<3 { #expect(limiter.admit(at: at(5_000)) == .admit) }
    #expect(limiter.admit(at: at(5_000)) == .reject(retryAfter: .milliseconds(100)))
    #expect(limiter.admit(at: at(5_099)) == .reject(retryAfter: .milliseconds(1)))
    #expect(limiter.admit(at: at(5_100)) == .admit)
    #expect(limiter.admit(at: at(5_100)) == .reject(retryAfter: .milliseconds(100)))
    // Two tokens came meanwhile; after a long time three, not more.
    for expected in [RateLimiter.Verdict.admit, .admit, .reject(retryAfter: .milliseconds(100))] {
      #expect(limiter.admit(at: at(5_300)) == expected)
    }
    for _ in 0..<3 { #expect(limiter.admit(at: at(1_000_000)) == .admit) }
    #expect(limiter.admit(at: at(1_000_000)) == .reject(retryAfter: .milliseconds(100)))
  }

  @Test func `a leaky bucket lets requests through evenly, and a burst waits`() {
    var limiter = limiter(.leaky, 10, per: .seconds(1), burst: 2)
    #expect(limiter.admit(at: at(0)) == .admit)
    #expect(limiter.admit(at: at(0)) == .wait(until: at(100)))
    #expect(limiter.admit(at: at(10)) == .wait(until: at(200)))
    #expect(limiter.admit(at: at(10)) == .reject(retryAfter: .milliseconds(90)))
    #expect(limiter.admit(at: at(99)) == .reject(retryAfter: .milliseconds(1)))
    #expect(limiter.admit(at: at(100)) == .wait(until: at(300)))
    #expect(limiter.admit(at: at(400)) == .admit)
    #expect(limiter.admit(at: at(450)) == .wait(until: at(500)))
  }

  @Test(arguments: [RateLimitSpec.Kind.token, .leaky])
  func `odd rates are exact over a long time`(_ kind: RateLimitSpec.Kind) {
    // Seven in three seconds: no whole number of nanoseconds lies between two.
    var limiter = limiter(kind, 7, per: .seconds(3), burst: 1)
    var now = Instant.zero
    var admitted = 0
    while now < Instant(nanoseconds: 3_000 * 1_000_000_000) {
      switch limiter.admit(at: now) {
      case .admit:
        admitted += 1
        now = now + .nanoseconds(1)
      case .wait(let until):
        admitted += 1
        now = until
      case .reject(let retryAfter):
        #expect(retryAfter > .zero)
        now = now + retryAfter
      }
    }
    // A nanosecond is lost with each that had to be asked for twice at most, which makes 7,000 of them 7 µs.
    #expect((7_000 - admitted).magnitude <= 2)
  }

  @Test func `no time span holds more than the burst and the rate`() {
    var random = SeededGenerator(seed: 3)
    var limiter = limiter(.token, 5, per: .milliseconds(70), burst: 4)
    var admitted: [Instant] = []
    var now = Instant.zero
    for _ in 0..<5_000 {
      now = now + .microseconds(Int64.random(in: 0...9_000, using: &random))
      if limiter.admit(at: now) == .admit { admitted.append(now) }
    }
    #expect(admitted.count > 500)
    for first in stride(from: 0, to: admitted.count, by: 7) {
      for last in first..<min(first + 60, admitted.count) {
        let span = Double((admitted[last] - admitted[first]).inNanoseconds)
        #expect(Double(last - first + 1) <= 4 + span * 5 / 70e6)
      }
    }
  }

  @Test func `odd settings trap nowhere`() {
    for kind in RateLimitSpec.Kind.allCases {
      for requests in [0, -1, Int.max] {
        for per in [Duration.zero, .seconds(-1), .nanoseconds(Int64.max)] {
          for burst in [0, Int.min, Int.max] {
            var limiter = limiter(kind, requests, per: per, burst: burst)
            #expect(limiter.admit(at: Instant(nanoseconds: .max - 1)) == .admit)
            for time: Int64 in [Int64.max, Int64.max - 1, 0] {
              switch limiter.admit(at: Instant(nanoseconds: time)) {
              case .admit: break
              case .wait(let until): #expect(until >= Instant(nanoseconds: time))
              case .reject(let retryAfter): #expect(retryAfter.inRetrySeconds >= 1)
              }
            }
          }
        }
      }
    }
  }

  @Test func `Retry-After is in whole seconds`() {
    for (nanoseconds, seconds) in [
      (0, 1), (1, 1), (1_000_000_000, 1), (1_000_000_001, 2), (-5, 1), (.max, 9_223_372_037),
    ]
      as [(Int64, Int64)]
    {
      #expect(Duration.nanoseconds(nanoseconds).inRetrySeconds == seconds)
    }
  }
}
