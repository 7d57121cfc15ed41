import DevtopCore
@testable import DevtopTerminal
import Testing

@Suite struct FlowControlTests {
  private func time(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  private func check(_ flow: inout FlowControl, _ count: Int, at now: Instant, asks: Bool) {
    let isAsking = flow.wrote(count, at: now)
    #expect(isAsking == asks)
  }

  @Test func `small frames need no question`() {
    var flow = FlowControl(probed: time(0))
    flow.answered()
    for _ in 0..<8 { check(&flow, 1_000, at: time(1), asks: false) }
    #expect(flow.isOpen(at: time(1)))
    check(&flow, 1_000, at: time(1), asks: true)
    #expect(!flow.isOpen(at: time(2)))
    flow.answered()
    #expect(flow.isOpen(at: time(2)))
  }

  @Test func `the answer to the probe is not the answer to the frame`() {
    var flow = FlowControl(probed: time(0))
    check(&flow, 10_000, at: time(1), asks: true)
    flow.answered()
    #expect(!flow.isOpen(at: time(2)))
    flow.answered()
    #expect(flow.isOpen(at: time(2)))
  }

  @Test func `a terminal that never answers is waited for once`() {
    var flow = FlowControl(probed: time(0))
    check(&flow, 10_000, at: time(100), asks: true)
    #expect(!flow.isOpen(at: time(500)))
    #expect(flow.isOpen(at: time(700)))
    for index in 0..<10 { check(&flow, 100_000, at: time(700 + Int64(index)), asks: false) }
    #expect(flow.isOpen(at: time(720)))
  }

  @Test func `a terminal that stops answering is given up after a while`() {
    var flow = FlowControl(probed: time(0))
    flow.answered()
    check(&flow, 10_000, at: time(100), asks: true)
    #expect(!flow.isOpen(at: time(9_000)))
    #expect(flow.awaitsAnswer(at: time(9_000)))
    #expect(flow.isOpen(at: time(11_000)))
    #expect(!flow.awaitsAnswer(at: time(11_000)))
  }

  @Test func `a terminal that was waited for in vain is not waited for again, also behind an editor`() {
    var flow = FlowControl(probed: time(0))
    check(&flow, 10_000, at: time(100), asks: true)
    check(&flow, 100, at: time(700), asks: false)
    flow.resumed(at: time(5_000))
    for index in 0..<10 { check(&flow, 10_000, at: time(5_010 + Int64(index)), asks: false) }
    #expect(flow.isOpen(at: time(5_030)))
    #expect(!flow.awaitsAnswer(at: time(5_030)))
  }

  @Test func `one that fell silent is asked again once it has answered`() {
    var flow = FlowControl(probed: time(0))
    flow.answered()
    check(&flow, 10_000, at: time(100), asks: true)
    check(&flow, 10_000, at: time(11_000), asks: false)
    check(&flow, 10_000, at: time(11_001), asks: false)
    flow.answered()
    check(&flow, 10_000, at: time(11_002), asks: true)
    #expect(!flow.isOpen(at: time(11_003)))
  }

  @Test func `behind an editor the probe's answer is awaited, and is not the frame's`() {
    var flow = FlowControl(probed: time(0))
    flow.answered()
    #expect(!flow.awaitsAnswer(at: time(1)))
    flow.resumed(at: time(5_000))
    // Leaving now would type the answer into the shell.
    #expect(flow.awaitsAnswer(at: time(5_001)))
    check(&flow, 10_000, at: time(5_002), asks: true)
    flow.answered()
    #expect(!flow.isOpen(at: time(5_003)))
    flow.answered()
    #expect(flow.isOpen(at: time(5_003)))
    #expect(!flow.awaitsAnswer(at: time(5_003)))
  }
}
