import DevtopCore
import DevtopProxy
import Testing

/// Trouble on purpose.
@Suite struct FaultPlanTests {
  @Test func `delays stay within the jitter, errors come as often as told`() {
    var spec = FaultSpec()
    spec.delay = .milliseconds(300)
    spec.jitter = .milliseconds(100)
    spec.errors = 0.05
    spec.status = 502
    var random = SeededGenerator(seed: 9)
    let plan = FaultPlan(spec)
    let faults = (0..<20_000).map { _ in plan.next(using: &random) }
    #expect(faults.allSatisfy { (.milliseconds(200) ... .milliseconds(400)).contains($0.delay) })
    #expect(
      faults.contains { $0.delay < .milliseconds(210) } && faults.contains { $0.delay > .milliseconds(390) })
    #expect(faults.allSatisfy { $0.status == nil || $0.status == 502 })
    #expect((800...1_200).contains(faults.count { $0.status != nil }))
    #expect(plan.pacer == nil)
  }

  @Test func `no fault, all faults, and a jitter larger than the delay`() {
    var random = SeededGenerator(seed: 9)
    let quiet = FaultPlan(FaultSpec()).next(using: &random)
    #expect(quiet.delay == .zero && quiet.status == nil)
    var spec = FaultSpec()
    spec.errors = 1
    spec.jitter = .milliseconds(50)
    let faults = (0..<500).map { _ in FaultPlan(spec).next(using: &random) }
    #expect(faults.allSatisfy { $0.status == 503 && $0.delay >= .zero })
    spec.jitter = .seconds(-1)
    #expect(FaultPlan(spec).next(using: &random).delay == .zero)
  }

  @Test func `bytes flow at the rate`() {
    var pacer = BandwidthPacer(bytesPerSecond: 64 << 10)
    #expect(pacer.pieceInBytes == 3_276)
    var now = Instant(nanoseconds: 5)
    var left = 1 << 20
    while left > 0 {
      let piece = min(left, pacer.pieceInBytes)
      let next = pacer.sent(piece, at: now)
      #expect(next > now)
      now = next
      left -= piece
    }
    let late = (now - Instant(nanoseconds: 5)) - .seconds(16)
    #expect(late >= .zero && late < .microseconds(1))
  }

  @Test func `a pause is not made up for, and odd rates trap nowhere`() {
    var pacer = BandwidthPacer(bytesPerSecond: 1_000)
    #expect(pacer.sent(100, at: .zero) == Instant(nanoseconds: 100_000_000))
    let later = Instant(nanoseconds: 60_000_000_000)
    #expect(pacer.sent(100, at: later) == later + .milliseconds(100))
    #expect(pacer.sent(0, at: later) == later + .milliseconds(100))
    var slow = BandwidthPacer(bytesPerSecond: 0)
    #expect(slow.pieceInBytes == 1)
    #expect(slow.sent(.max, at: .zero) == Instant(nanoseconds: .max))
    var fast = BandwidthPacer(bytesPerSecond: .max)
    #expect(fast.sent(1, at: .zero) == Instant(nanoseconds: 1))
    #expect(fast.sent(-1, at: .zero) == Instant(nanoseconds: 1))
  }
}
