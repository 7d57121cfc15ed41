import Testing

@testable import DevtopCore

/// No order of saves, crashes, keys and ends leads to a run that is forgotten or to one too many.
@Suite struct RandomReloadTests {
  @Test(arguments: 0..<40)
  func `whatever happens, runs are known, few, and gone at the end`(seed: Int) {
    for part in 0..<10 {
      var machine = Machine(seed: UInt64(seed * 10 + part))
      for _ in 0..<60 { machine.step() }
      machine.apply(.action(.quitNow))
      machine.settle()
      #expect(machine.hasExited)
      #expect(machine.runs.isEmpty)
    }
  }

  @Test(arguments: 0..<40)
  func `whatever happened, a good build serves in the end, alone`(seed: Int) {
    for part in 0..<10 {
      var machine = Machine(seed: UInt64(1_000 + seed * 10 + part))
      for _ in 0..<60 { machine.step() }
      machine.apply(.action(.start))
      machine.settle()
      machine.apply(.action(.rebuild), after: .seconds(60))
      machine.settle()
      let service = machine.session.service("api")
      #expect(service.older.isEmpty)
      #expect(machine.runs.count == 1)
      guard case .ready(let run, _, _, _) = service.process else {
        Issue.record("\(service.process)")
        continue
      }
      #expect(service.traffic == .routed(run))
      #expect(service.shownProblem == nil)
    }
  }
}
