import DevtopCore
import DevtopLogs
import Testing

/// Lines around what a filter finds.
struct ContextTests {
  private static func store() -> LogStore {
    let store = LogStore()
    let (api, web) = (store.source("api", run: 1), store.source("web", run: 1))
    for number in 0..<20 {
      store.append("api \(number)\(number == 3 || number == 15 ? " hit" : "")\n", from: api)
      store.append("web \(number)\n", from: web)
    }
    return store
  }

  private func numbers(_ filter: String, context: Int = 0, _ store: LogStore = store()) throws -> [String] {
    let watched = WatchedView(store)
    watched.view.setContext(context)
    try watched.show(filter)
    #expect(watched.waitUntilComplete())
    #expect(watched.view.counts.matched == 2)
    return watched.view.rows(endingAt: nil, count: 100).map { row in
      #expect(row.isContext == !row.plainText.hasSuffix("hit"))
      return String(row.plainText.split(separator: " ")[1])
    }
  }

  @Test func `they are of the same service, on both sides`() throws {
    #expect(try numbers("hit") == ["3", "15"])
    #expect(try numbers("hit", context: 2) == ["1", "2", "3", "4", "5", "13", "14", "15", "16", "17"])
    #expect(try numbers("hit near:1") == ["2", "3", "4", "14", "15", "16"])
    #expect(try numbers("hit near:10", context: 1).count == 20)
    #expect(try numbers("hit near:4").prefix(4) == ["0", "1", "2", "3"])
  }

  @Test func `they are found over the edges of stretches, and for lines that come later`() throws {
    let store = LogStore()
    let api = store.source("api", run: 1)
    let watched = WatchedView(store)
    try watched.show("hit near:2")
    // One after the other, so that the view asks them one after the other.
    for number in 0..<40 {
      store.append("line \(number)\(number % 10 == 5 ? " hit" : "")\n", from: api)
      #expect(watched.wait { $0.isComplete && $0.total == number + 1 })
    }
    let expected = (0..<4).flatMap { ten in (3...7).map { "line \(ten * 10 + $0)\($0 == 5 ? " hit" : "")" } }
    #expect(watched.texts == expected)
    let many = LogStore()
    let source = many.source("api", run: 1)
    for number in 0..<9_000 {
      many.append("\(number)\(number == 4_095 || number == 8_192 ? " hit" : "")\n", from: source)
    }
    let anew = WatchedView(many)
    try anew.show("hit near:1")
    #expect(anew.waitUntilComplete())
    #expect(anew.texts == ["4094", "4095 hit", "4096", "8191", "8192 hit", "8193"])
  }

  @Test func `they are written to a file, too`() throws {
    let watched = WatchedView(Self.store())
    try watched.show("hit near:1")
    var text = ""
    let count = watched.view.export(.text, from: 0) { piece in
      text += String(decoding: piece, as: UTF8.self)
      return true
    }
    let numbers = text.split(separator: "\n").map { $0.split(separator: " ")[4] }
    #expect(count == 6 && numbers == ["2", "3", "4", "14", "15", "16"])
  }

  @Test func `it can be taken back`() throws {
    let watched = WatchedView(Self.store())
    try watched.show("hit")
    #expect(watched.waitUntilComplete())
    watched.view.setContext(3)
    #expect(watched.wait { $0.isComplete && watched.texts.count == 14 })
    watched.view.setContext(0)
    #expect(watched.wait { $0.isComplete && watched.texts.count == 2 })
  }
}
