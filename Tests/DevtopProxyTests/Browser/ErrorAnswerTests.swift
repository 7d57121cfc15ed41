import DevtopCore
import DevtopProxy
import Testing

/// What is answered where no process does.
@Suite struct ErrorAnswerTests {
  private static let hostile = "a\"'><script>alert(1)</script>&\u{1B}[31m"
  private let problem = BrowserProblem(
    title: "build #7 failed \(hostile)",
    diagnostics: [
      Diagnostic(
        severity: .error, file: "main\(hostile).go", line: 12, column: 5, message: "undefined: \(hostile)",
        detail: ["> 12 | \(hostile)", "     |   ^", "plain"], tool: "vet")
    ], output: ["exit \(hostile)"])

  private func answer(
    _ head: [HeaderField], method: String = "GET", change: (inout ErrorAnswer) -> Void = { _ in }
  )
    -> OwnAnswer
  {
    var error = ErrorAnswer(
      title: "api does not answer", service: "api\(Self.hostile)", problem: problem,
      version: PageVersion(session: "a", run: 7))
    change(&error)
    var random = SeededGenerator(seed: 1)
    return error.answer(method: method, fields: head, using: &random)
  }

  private func value(_ name: String, _ answer: OwnAnswer) -> String? {
    answer.fields.first { $0.name == name }?.value
  }

  @Test func `a navigation gets a page that nothing hostile breaks out of`() throws {
    let answer = answer([HeaderField("Sec-Fetch-Dest", "document")])
    #expect(answer.status == 503)
    #expect(value("Retry-After", answer) == "1")
    #expect(value("Content-Type", answer) == "text/html; charset=utf-8")
    #expect(value("Cache-Control", answer) == "no-store")
    #expect(value("Content-Length", answer) == String(answer.body.count))
    let policy = try #require(value("Content-Security-Policy", answer))
    #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"))
    let page = String(decoding: answer.body, as: UTF8.self)
    let nonce = try #require(policy.split(separator: "'").first { $0.hasPrefix("nonce-") }?.dropFirst(6))
    #expect(page.contains("<style nonce=\"\(nonce)\">"))
    #expect(page.hasPrefix("<!doctype html>\n"))
    #expect(page.contains("data-version=\"a.7.0\" data-problem=\""))
    let escaped = "a&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;\u{FFFD}[31m"
    #expect(page.contains("<h1>build #7 failed \(escaped)</h1>"))
    #expect(page.contains("<b>error</b> main\(escaped).go:12:5 · vet"))
    #expect(
      page.contains(
        "<span class=\"mark\">&gt; 12 | \(escaped)</span><span class=\"mark\">     |   ^</span><span>plain</span>"
      ))
    #expect(page.contains("<span>exit \(escaped)</span>"))
    #expect(page.split(separator: "<script").count == 2)
    #expect(!page.contains("\u{1B}"))
  }

  @Test func `another page has another nonce`() {
    var random = SeededGenerator(seed: 1)
    let error = ErrorAnswer(title: "a", service: "b")
    let head = [HeaderField("Accept", "text/html")]
    let first = error.answer(method: "GET", fields: head, using: &random)
    #expect(error.answer(method: "GET", fields: head, using: &random) != first)
  }

  @Test func `a page that nothing else renews asks again by itself`() {
    func page(_ change: (inout ErrorAnswer) -> Void) -> String {
      String(decoding: answer([HeaderField("Accept", "text/html")], change: change).body, as: UTF8.self)
    }
    let refresh = "<meta http-equiv=\"refresh\" content=\"2\">"
    #expect(page { _ in }.contains("<noscript>\(refresh)</noscript>"))
    #expect(page { $0.problem = nil }.contains("\n\(refresh)\n"))
    #expect(page { $0.problem = nil }.contains("<h1>api does not answer</h1>"))
    #expect(page { $0.problem = nil }.contains("data-problem=\"\""))
    let plain = page { $0.version = nil }
    #expect(plain.contains("\n\(refresh)\n") && !plain.contains("<script"))
    let final = page {
      $0.version = nil
      $0.retryAfter = nil
    }
    #expect(!final.contains("http-equiv") && !final.contains("<script") && !final.contains("by itself"))
  }

  @Test(arguments: [
    ("", false), ("*/*", false), ("application/json", true), ("application/problem+json;q=0.5", true),
    ("application/json;q=0", false), ("text/plain, application/json", true),
    ("text/plain, application/json; q=0.5", false), ("application/json, text/plain, */*", true),
  ])
  func `a program gets the form it asks for`(_ accept: String, _ isJSON: Bool) {
    let answer = answer(accept.isEmpty ? [] : [HeaderField("Accept", accept)])
    #expect(answer.status == 503)
    #expect(value("Content-Type", answer) == (isJSON ? "application/json" : "text/plain; charset=utf-8"))
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(text.hasPrefix(isJSON ? "{\"error\":\"build #7 failed a\\\"'\\u003e" : "devtop: api"))
    #expect(text.contains("main") && text.contains(":12:5"))
    #expect(!text.contains("\u{1B}") && text.hasSuffix("\n"))
  }

  @Test func `HEAD gets the same head, and other states their own`() {
    let head = answer([], method: "HEAD")
    #expect(head.body.isEmpty)
    #expect(value("Content-Length", head) == value("Content-Length", answer([])))
    let other = answer([]) {
      $0.status = 429
      $0.retryAfter = .milliseconds(2_001)
    }
    #expect(other.status == 429)
    #expect(value("Retry-After", other) == "3")
    #expect(value("Retry-After", answer([]) { $0.retryAfter = nil }) == nil)
  }
}
