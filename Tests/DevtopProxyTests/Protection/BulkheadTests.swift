import DevtopProxy
import Testing

/// How many requests are under way at once, and who is next.
@Suite struct BulkheadTests {
  @Test func `some pass, some wait in order, the rest is refused`() {
    var bulkhead = Bulkhead<Int>(maxInFlight: 2, maxQueue: 3)
    let verdicts = (1...6).map { bulkhead.enter($0) }
    #expect(verdicts == [.admit, .admit, .wait, .wait, .wait, .reject])
    #expect(bulkhead.inFlight == 2 && bulkhead.waiting == 3)
    #expect(bulkhead.leave() == 3)
    #expect(bulkhead.inFlight == 2)
    let gone = [4, 4, 1].map { bulkhead.giveUp($0) }
    #expect(gone == [true, false, false])
    #expect(bulkhead.enter(7) == .wait)
    #expect(bulkhead.leave() == 5)
    #expect(bulkhead.leave() == 7)
    #expect(bulkhead.leave() == nil)
    #expect(bulkhead.inFlight == 1)
    #expect(bulkhead.enter(8) == .admit)
    #expect(bulkhead.leave() == nil)
    #expect(bulkhead.leave() == nil)
    #expect(bulkhead.leave() == nil)
    #expect(bulkhead.inFlight == 0)
  }

  @Test func `without a queue nothing waits, and one always passes`() {
    for queue in [nil, 0, -1] {
      var bulkhead = Bulkhead<Int>(maxInFlight: 0, maxQueue: queue)
      #expect(bulkhead.enter(1) == .admit)
      #expect(bulkhead.enter(2) == .reject)
    }
  }

  @Test func `whatever comes and goes, the counts are right`() {
    var random = SeededGenerator(seed: 5)
    var bulkhead = Bulkhead<Int>(maxInFlight: 3, maxQueue: 4)
    var under = 0
    var queue: [Int] = []
    for id in 0..<20_000 {
      switch Int.random(in: 0..<5, using: &random) {
      case 0...1:
        let verdict = bulkhead.enter(id)
        if under < 3 {
          #expect(verdict == .admit)
          under += 1
        } else if queue.count < 4 {
          #expect(verdict == .wait)
          queue.append(id)
        } else {
          #expect(verdict == .reject)
        }
      case 2...3:
        let next = bulkhead.leave()
        #expect(next == queue.first)
        if queue.isEmpty { under = max(0, under - 1) } else { queue.removeFirst() }
      default:
        guard let gone = queue.randomElement(using: &random) else { continue }
        let waited = bulkhead.giveUp(gone)
        #expect(waited)
        queue.removeAll { $0 == gone }
      }
      #expect(bulkhead.inFlight == under && bulkhead.waiting == queue.count)
    }
  }
}
