import DevtopCore
import DevtopProxy
import Testing

/// What open pages are sent.
@Suite struct EventStreamTests {
  private let version = PageVersion(session: "a", run: 7)

  private func text(_ news: BrowserNews) -> String {
    String(decoding: EventStreamText.message(news, version: version), as: UTF8.self)
  }

  @Test func `news are messages with JSON`() {
    #expect(text(.reload) == "event: reload\nid: a.7.0\ndata: {\"version\":\"a.7.0\"}\n\n")
    #expect(
      text(.styles(["a\n\"b\\.css", "c"]))
        == "event: styles\nid: a.7.0\ndata: {\"version\":\"a.7.0\",\"paths\":[\"a\\n\\\"b\\\\.css\",\"c\"]}\n\n"
    )
    #expect(text(.images([])) == "event: images\nid: a.7.0\ndata: {\"version\":\"a.7.0\",\"paths\":[]}\n\n")
    #expect(text(.mended) == "event: mended\nid: a.7.0\ndata: {}\n\n")
  }

  @Test func `no text breaks out of its line`() {
    let hostile = "</script>\r\n\ndata: x\u{0}\u{1B}[2J\u{2028}\u{85}é"
    let diagnostic = Diagnostic(
      severity: .error, file: hostile, line: 1, column: 2, message: hostile, detail: [hostile], tool: hostile)
    let message = text(.problem(BrowserProblem(title: hostile, diagnostics: [diagnostic], output: [hostile])))
    #expect(message.split(separator: "\n", omittingEmptySubsequences: false).count == 5)
    #expect(!message.contains("\r") && !message.contains("<") && message.contains("é"))
    #expect(message.contains("\\u003c/script\\u003e\\r\\n\\ndata: x\\u0000\\u001b[2J\\u2028\\u0085é:1:2"))
  }

  @Test func `a problem is bounded, and what is left out is counted`() {
    let long = String(repeating: "é", count: 3_000)
    let diagnostic = Diagnostic(
      severity: .error, file: "a", line: 1, message: long, detail: Array(repeating: "b", count: 203))
    let problem = BrowserProblem(
      title: long, diagnostics: Array(repeating: diagnostic, count: 60),
      output: (0..<250).map { "line \($0)." })
    let message = text(.problem(problem))
    #expect(message.contains("and \(10 + 50 + 50 * 3) more"))
    #expect(message.contains(String(repeating: "é", count: 2_000) + "…\""))
    #expect(message.contains("line 50.") && message.contains("line 249.") && !message.contains("line 49."))
    #expect(message.utf8.count < 1 << 20)
  }

  @Test func `pages are told of a run once, and of each change without one`() {
    var board = BrowserBoard(session: "a", run: 0)
    func told(_ news: BrowserNews) -> String? {
      board.tell(news).map { String(decoding: $0, as: UTF8.self) }
    }
    board.route(to: 1)
    #expect(board.version.description == "a.1.0")
    #expect(told(.reload)?.contains("\"a.1.0\"") == true)
    board.route(to: 1)
    #expect(told(.styles(["a.css"]))?.contains("\"a.1.1\"") == true)
    #expect(told(.reload)?.contains("\"a.1.2\"") == true)
    board.route(to: 2)
    #expect(told(.images(["a.png"]))?.contains("\"a.2.0\"") == true)
    #expect(told(.mended) == nil)
    let problem = BrowserProblem(title: "build #3 failed")
    #expect(told(.problem(problem)) != nil)
    #expect(board.version.description == "a.2.0")
    let hello = String(decoding: board.hello, as: UTF8.self)
    #expect(
      hello.hasPrefix(
        "retry: 500\nevent: hello\nid: a.2.0\ndata: {\"version\":\"a.2.0\",\"problem\":{\"id\":\""))
    #expect(told(.mended) == "event: mended\nid: a.2.0\ndata: {}\n\n")
    #expect(String(decoding: board.hello, as: UTF8.self).contains("\"problem\":null"))
  }
}
