import DevtopCore
import DevtopLogs
import Testing

/// A filter that narrows the one before it asks only what that one left.
struct NarrowingTests {
  private static func store() -> LogStore {
    let store = LogStore()
    var random = SeededGenerator(state: 7)
    let words = [
      "timeout", "time", "Tim", "healthz", "level=warn", "level=error", "status=500", "status=503", "id=7",
    ]
    let sources = [store.source("api", run: 1), store.source("web", run: 2), store.source("api", run: 3)]
    for number in 0..<30_000 {
      let line = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        words.randomElement(using: &random) ?? ""
      }
      store.append("\(number) \(line.joined(separator: " "))\n", from: sources[number / 7 % 3])
      if number % 500 == 0 { store.mark("── \(number) ──", level: .warn, service: "api", run: 3) }
    }
    return store
  }

  @Test(arguments: [
    ["t", "ti", "tim", "time", "timeo", "timeout"], ["T", "Ti", "Tim"], ["tim", "Tim"],
    ["Tim", "tim"],
    [
      "level:>=warn", "level:>=warn svc:api", "level:error svc:api", "level:error svc:api !healthz",
      "level:error svc:api !healthz .status:>=500",
    ],
    ["svc:api,web time", "svc:web time", "svc:api time"], ["!ti", "!time", "!timeout"],
    ["!timeout", "!time"],
    ["time | healthz", "timeout | healthz", "healthz"], ["has:status", ".status:>=500", ".status:503"],
    [".status:>500", ".status:>=500"], ["run:last", "run:last time"], ["/tim./", "/tim./ id"],
    ["svc:api", "svc:api run:3", "svc:api run:3 time"],
  ])
  func `it finds what asking anew finds`(_ filters: [String]) throws {
    let store = Self.store()
    for pause in [0, 1, 20] {
      let typed = WatchedView(store)
      for filter in filters {
        try typed.show(filter)
        if pause == 20 { #expect(typed.waitUntilComplete()) }
        if pause == 1 { typed.changes.wait(atMost: .milliseconds(5)) }
      }
      let anew = WatchedView(store)
      try anew.show(filters.last)
      #expect(typed.waitUntilComplete() && anew.waitUntilComplete())
      #expect(typed.view.counts == anew.view.counts)
      #expect(typed.view.counts.matched > 0)
      #expect(typed.numbers == anew.numbers)
    }
  }

  @Test func `a record that goes on with a refused word is refused as a whole`() throws {
    let store = LogStore()
    let api = store.source("api", run: 1)
    store.append("start of one\nstart of two\n", from: api)
    let watched = WatchedView(store, root: "/srv")
    try watched.show("!boom")
    #expect(watched.waitUntilComplete())
    try watched.show("!boom start")
    #expect(watched.waitUntilComplete())
    #expect(watched.texts == ["start of one", "start of two"])
    store.append("  boom\nstart of three\n", from: api)
    #expect(watched.waitUntilComplete())
    #expect(watched.texts == ["start of one", "start of three"])
  }

  @Test func `lines that come meanwhile are asked, too`() throws {
    let store = Self.store()
    let api = store.source("api", run: 3)
    let watched = WatchedView(store)
    try watched.show("time")
    #expect(watched.waitUntilComplete())
    let before = watched.view.counts.matched
    try watched.show("timeout")
    for _ in 0..<5_000 { store.append("a timeout, and a time\n", from: api) }
    #expect(watched.wait { $0.isComplete && $0.total == 35_000 })
    let anew = WatchedView(store)
    try anew.show("timeout")
    #expect(anew.waitUntilComplete())
    #expect(watched.numbers == anew.numbers && watched.view.counts.matched < before + 5_000)
  }
}

extension WatchedView {
  fileprivate var numbers: [Int] { view.rows(endingAt: nil, count: 1_000_000).map(\.sequence) }
}
