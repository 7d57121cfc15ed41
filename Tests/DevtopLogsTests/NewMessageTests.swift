import DevtopCore
import Testing

@testable import DevtopLogs

/// What a run says that no run before said.
struct NewMessageTests {
  private func template(_ line: String) -> UInt64 {
    Array(line.utf8).withUnsafeBufferPointer {
      MessageTemplates.template(of: $0, isDirty: LineText.isDirty($0))
    }
  }

  @Test(arguments: [
    ("paid order 17 in 12.3ms", "paid order 4218 in 1.7s"),
    ("2026/11/23 10:42:07 listening on 127.0.0.1:8080", "2026/11/24 00:00:00 listening on 10.1.2.3:80"),
    ("job 9f3a-12bc done", "job 77aa-0c01 done"),
    (
      "request 4e3c03ec-198a-4df8-abbe-00aa11bb22cc done", "request a9a1ef74-26a4-4cb5-beae-abcdefabcdef done"
    ),
    ("request=4E3C03EC-198A-4DF8-ABBE-00AA11BB22CC", "request=a9a1ef74-26a4-4cb5-beae-abcdefabcdef"),
    ("user=ann paid", "user=bob paid"), (#"user="ann b" paid"#, "user=bob paid"),
    (#"level=info msg="order paid" user=ann"#, #"level=warn msg="order paid" user=bob"#),
    (
      #"{"level":"info","msg":"paid","user":"ann","n":1}"#,
      #"{"level":"info","msg":"paid","user":"bob","n":22}"#
    ),
    ("\u{1B}[32mready\u{1B}[0m in 3 s", "ready in 14 s"),
    (
      "[GIN] 2026/11/23 - 10:42:07 | 200 |   12.3µs | ::1 | GET  \"/\"",
      "[GIN] 2026/11/23 - 10:42:08 | 200 |  1.03ms | ::1 | GET  \"/\""
    ),
  ]) func `is of one kind`(_ first: String, _ second: String) { #expect(template(first) == template(second)) }

  @Test(arguments: [
    ("paid order 17", "lost order 17"), ("a", "b"), ("a b", "ab"), ("", "a"),
    (#"level=info msg="order paid""#, #"level=info msg="order lost""#),
    (#"{"msg":"paid","user":"ann"}"#, #"{"msg":"lost","user":"ann"}"#),
    (#"{"msg":"paid","user":"ann"}"#, #"{"msg":"paid","name":"ann"}"#),
    ("GET /orders", "GET /users"),
  ]) func `is of two kinds`(_ first: String, _ second: String) {
    #expect(template(first) != template(second))
  }

  @Test func `a message in a message in a message is one`() {
    let deep = String(repeating: "msg=", count: 16_000)
    #expect(template(deep) == template(deep + "msg="))
    #expect(template("{\"msg\":\"\(deep)\"}") != template("{\"msg\":\"paid\"}"))
  }

  @Test(arguments: ["\"", "{\"", "{\"a", "{\"a\":", "{\"a\":\"\\", "a=", "a=\"", "a=\"\\", "1", "1.", "{"])
  func `text that ends anywhere has a kind`(_ line: String) { #expect(template(line) == template(line)) }

  /// A store whose lines somebody looks at, as in devtop, with the lines of two runs.
  private func store(_ runs: [String]) -> LogStore {
    let store = LogStore()
    let learned = Wakeup()
    store.onRequests { _ in learned.ring() }
    for (index, text) in runs.enumerated() {
      let source = store.source("api", run: RunNumber(index + 1))
      // The request tells that what comes before it was looked at.
      store.append(
        text + "127.0.0.1 - - [23/Nov/2026:10:42:07 +0000] \"GET / HTTP/1.1\" 200 2\n", from: source)
      #expect(learned.wait(atMost: .seconds(20)))
    }
    return store
  }

  private func new(_ store: LogStore) throws -> (badges: [String], filtered: [String]) {
    let watched = WatchedView(store, root: "/srv")
    #expect(watched.waitUntilComplete())
    let badges = watched.view.rows(endingAt: nil, count: 100).filter(\.isNew).map(\.plainText)
    try watched.show("is:new")
    #expect(watched.waitUntilComplete())
    return (badges, watched.texts)
  }

  @Test func `only what was not said before`() throws {
    let store = store(["start 1\npaid 17\n", "start 2\nlost 17\npaid 18\n", "lost 19\nend\n"])
    let found = try new(store)
    #expect(found.badges == ["lost 17", "end"])
    #expect(found.filtered == ["lost 17", "end"])
  }

  @Test func `a first run has nothing new`() throws {
    #expect(try new(store(["start\npaid\n"])).badges == [])
  }

  @Test func `a record is new as a whole, and has one badge`() throws {
    let found = try new(store(["start\n", "start\nboom\n  at a\n  at b\n"]))
    #expect(found.badges == ["boom"])
    #expect(found.filtered == ["boom", "  at a", "  at b"])
  }

  @Test func `nothing is called new when lines went by unread`() throws {
    let store = store(["start\n", "start\nlost\n"])
    store.templates.miss()
    let found = try new(store)
    #expect(found.badges == [])
    #expect(found.filtered == [])
  }

  @Test func `nor of a service that prints data`() throws {
    // Numbers would all be of one kind.
    let words = (0..<30_000).map { number in
      "row " + String(number, radix: 8).map { String(UnicodeScalar($0.asciiValue! + 0x31)) }.joined() + "\n"
    }
    let found = try new(store([words.joined(), "start\n"]))
    #expect(found.badges == [])
  }

  @Test func `builds and other services have nothing to do with it`() throws {
    let store = store(["start\n", "start\n"])
    store.append("compiling\n", from: store.source("api", run: 3, .build))
    store.append("hello\n", from: store.source("web", run: 3))
    #expect(try new(store).filtered == [])
  }

  @Test func `a word that is no state is refused with those that are`() {
    #expect(throws: FilterError.self) { try LogFilter.parse("is:old") }
  }
}
