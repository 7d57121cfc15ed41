import DevtopCore
import DevtopLogs
import Testing

struct LogViewTests {
  @Test func `a filter shows the lines that match, and new ones as they come`() throws {
    let store = LogStore()
    let api = store.source()
    store.append("one\ntwo\nthree\n", from: api)
    let watched = WatchedView(store)
    try watched.show("t !three")
    #expect(watched.wait { $0.matched == 1 && $0.isComplete })
    #expect(watched.texts == ["two"])
    store.append("twelve\nnine\n", from: api)
    #expect(watched.wait { $0.matched == 2 && $0.isComplete })
    #expect(watched.texts == ["two", "twelve"])
  }
}
