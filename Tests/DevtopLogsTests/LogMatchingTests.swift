import DevtopCore
import DevtopLogs
import Testing

struct LogMatchingTests {
  @Test func `an expression that never ends is stopped, and the rest goes on`() throws {
    let store = LogStore()
    let api = store.source()
    store.append(
      (0..<3000).map { "GET /a\($0)/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb x9z y\n" }.joined(),
      from: api)
    let watched = WatchedView(store)
    try watched.show("/(.*)*x9z$/")
    #expect(watched.wait { $0.isComplete })
    let problem = try #require(watched.view.counts.problem)
    #expect(problem.contains("too slow"))
    #expect(watched.view.counts.matched == 0)
    try watched.show("a17/")
    #expect(watched.wait { $0.isComplete && $0.matched == 1 })
    #expect(watched.view.counts.problem == nil)
  }

  @Test func `a match never comes from another line`() throws {
    let store = LogStore()
    store.append("foo\nbar\n\nbaz\r\nqux \n", from: store.source())
    let watched = WatchedView(store)
    let cases: [(String, [String])] = [
      ("/foo\\s+bar/", []), ("/foo[\\s]bar/", []), ("/foo[^x]bar/", []), ("/^$/", [""]), ("/baz$/", ["baz"]),
      ("/\\Abaz\\z/", ["baz"]), ("/baz[^y]/", []), ("/o\\W*b|qux/", ["qux "]), ("/x\\s$/", ["qux "]),
      ("/(?s)o.b/", []),
      ("/(?i)FOO/", ["foo"]), ("/a(?!z)/", ["bar"]), ("/(?<!b)a/", []), ("/\\x0a/", []),
      ("/o{2}\\s*+$/", ["foo"]),
      ("/[^]x]a/", ["bar", "baz"]), ("/[[:alpha:]]{3}/", ["foo", "bar", "baz", "qux "]),
      ("/^.?.?.?$/", ["foo", "bar", "", "baz"]),
    ]
    for (filter, lines) in cases {
      try watched.show(filter)
      #expect(watched.wait { $0.isComplete })
      #expect(watched.texts == lines, "\(filter)")
    }
  }

  @Test func `an empty last line is a line`() throws {
    let store = LogStore()
    store.append("foo\n\nbar\n\r\n", from: store.source())
    let watched = WatchedView(store)
    for filter in ["/^$/", "/^/ !foo !bar", "/$/ !/./"] {
      try watched.show(filter)
      #expect(watched.wait { $0.isComplete })
      #expect(watched.view.rows(endingAt: nil, count: 9).map(\.sequence) == [1, 3], "\(filter)")
    }
  }

  @Test func `case and classes are those of Unicode`() throws {
    let store = LogStore()
    store.append("Ärger\nümlaut\naéb\na b\n日本語\nstraße\n", from: store.source())
    let watched = WatchedView(store)
    let cases: [(String, [String])] = [
      ("ärger", ["Ärger"]), ("Ümlaut", []), ("/ÜMLAUT/i", ["ümlaut"]), ("/^a.b$/", ["aéb", "a b"]),
      ("/^\\w{3}$/", ["aéb", "日本語"]),
      ("/日.語/", ["日本語"]), ("/[äü]/i", ["Ärger", "ümlaut"]), ("/^.{6}$/", ["ümlaut", "straße"]),
      ("本", ["日本語"]),
    ]
    for (filter, lines) in cases {
      try watched.show(filter)
      #expect(watched.wait { $0.isComplete })
      #expect(watched.texts == lines, "\(filter)")
    }
  }
}
