import DevtopCore
import DevtopProxy
import Testing

/// Which answers get the script, and what becomes of the heads.
@Suite struct InjectionPolicyTests {
  private let version = PageVersion(session: "5f3a", run: 7)

  private func fields(_ text: String) -> [HeaderField] {
    text.split(separator: "\n").map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return HeaderField(String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
    }
  }

  private func text(_ fields: [HeaderField]) -> String {
    fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
  }

  @Test(arguments: [
    ("GET", "Sec-Fetch-Dest: document", true), ("GET", "SEC-FETCH-DEST: iframe\nX-Requested-With: x", true),
    ("GET", "Sec-Fetch-Dest: empty\nAccept: text/html", false), ("GET", "Accept: text/html", true),
    ("GET", "Accept: application/xml;q=0.9, Text/HTML;q=0.8, */*;q=0.1", true), ("GET", "Accept: */*", false),
    ("GET", "", false), ("POST", "Sec-Fetch-Dest: document", false), ("HEAD", "Accept: text/html", false),
    ("GET", "Accept: text/html\nX-Requested-With: XMLHttpRequest", false),
    ("GET", "HX-Request: true\nAccept: text/html", false),
    ("GET", "Accept: text/html\nTurbo-Frame: a", false),
    ("GET", "Accept: text/htmlx", false),
  ])
  func `a navigation is what a browser shows as a page`(_ method: String, _ head: String, _ expected: Bool) {
    #expect(InjectionPolicy.isNavigation(method: method, fields: fields(head)) == expected)
  }

  @Test(arguments: [
    (200, "Content-Type: text/html", true), (200, "content-type: Text/HTML ; Charset=UTF-8", true),
    (404, "Content-Type: text/html", true), (500, "Content-Type: text/html", true),
    (204, "Content-Type: text/html", false), (205, "Content-Type: text/html", false),
    (206, "Content-Type: text/html", false), (302, "Content-Type: text/html", false),
    (101, "Content-Type: text/html", false), (200, "", false), (200, "Content-Type: application/json", false),
    (200, "Content-Type: application/xhtml+xml", false),
    (200, "Content-Type: text/html; charset=utf-16le", false),
    (200, "Content-Type: text/html; charset=\"UTF-16\"", false), (200, "Content-Type: text/htmlx", false),
    (200, "Content-Type: text/html\nContent-Encoding: gzip", false),
    (200, "Content-Type: text/html\nContent-Encoding: identity", true),
    (200, "Content-Type: text/html\nTransfer-Encoding: chunked", true),
    (200, "Content-Type: text/html\nTransfer-Encoding: gzip, chunked", false),
    (200, "Content-Type: text/html\nContent-Disposition: Attachment; filename=a.html", false),
    (200, "Content-Type: text/html\nContent-Disposition: inline", true),
  ])
  func `HTML that is shown gets the script`(_ status: Int, _ head: String, _ expected: Bool) {
    let decision = InjectionPolicy.decision(status: status, fields: fields(head), host: "localhost:8080")
    #expect(decision == (expected ? .inject(nonce: nil) : .leave))
  }

  /// Policies, with what comes of them: a nonce, `yes`, or the directive that forbids it.
  @Test(arguments: [
    ("img-src 'none'", "yes"), ("default-src 'self'", "yes"), ("default-src 'none'", "default-src"),
    ("default-src 'none'; script-src 'self'", "default-src"),
    ("default-src 'none'; script-src 'self'; connect-src 'self'", "yes"),
    ("script-src 'none'", "script-src"), ("script-src", "script-src"), ("script-src 'self' 'none'", "yes"),
    ("script-src 'self'; script-src-elem 'none'", "script-src-elem"),
    ("script-src 'none'; script-src-elem 'self'", "yes"), ("SCRIPT-SRC 'SELF'", "yes"),
    ("script-src 'none'; script-src 'self'", "script-src"), ("connect-src 'none'", "connect-src"),
    ("connect-src https://api.example", "connect-src"), ("connect-src *", "yes"),
    ("script-src 'nonce-aB+/9=='", "aB+/9=="), ("script-src 'self' 'nonce-abc'", "abc"),
    ("script-src 'nonce-\"><b>'", "script-src"), ("script-src 'sha256-abc='", "script-src"),
    ("script-src 'unsafe-inline'", "script-src"), ("script-src 'self' 'strict-dynamic'", "script-src"),
    ("script-src 'nonce-abc' 'strict-dynamic' https:", "abc"),
    ("script-src 'nonce-abc', script-src 'nonce-def'", "script-src"),
    ("script-src 'nonce-abc', script-src 'nonce-def' 'nonce-abc'", "abc"),
    ("script-src 'nonce-abc', script-src 'self'", "abc"), ("script-src 'self'\nx: y", "yes"),
    ("script-src localhost:8080", "yes"), ("script-src http://LOCALHOST:8080", "yes"),
    ("script-src localhost:*", "yes"), ("script-src localhost", "script-src"),
    ("script-src https://localhost:8080", "script-src"), ("script-src *:8080", "yes"),
    ("script-src *.localhost:8080", "script-src"), ("script-src http:", "yes"),
    ("script-src https:", "script-src"),
    ("script-src localhost:8080/__devtop/", "yes"), ("script-src localhost:8080/static/", "script-src"),
    ("script-src localhost:8080/__devtop/reload.js", "yes"), ("script-src cdn.example", "script-src"),
    ("sandbox", "sandbox"), ("sandbox allow-scripts", "sandbox"),
    ("sandbox allow-scripts allow-same-origin", "yes"),
    ("default-src 'self'\nContent-Security-Policy: script-src 'none'", "script-src"),
  ])
  func `a page's policy is respected`(_ policy: String, _ expected: String) {
    let head = fields("Content-Type: text/html\nContent-Security-Policy: \(policy)")
    switch InjectionPolicy.decision(status: 200, fields: head, host: "localhost:8080") {
    case .inject(let nonce): #expect(expected == nonce ?? "yes")
    case .forbidden(let reason): #expect(reason.contains("(\(expected))"), "\(reason)")
    case .leave, .revive: Issue.record("left alone")
    }
  }

  @Test func `subdomains, literals and the default port match as a browser matches them`() {
    func decision(_ source: String, _ host: String) -> InjectionPolicy.Decision {
      InjectionPolicy.decision(
        status: 200, fields: fields("Content-Type: text/html\nContent-Security-Policy: script-src \(source)"),
        host: host)
    }
    #expect(decision("*.app.test", "x.App.test") == .inject(nonce: nil))
    #expect(decision("*.app.test", "app.test") != .inject(nonce: nil))
    #expect(decision("http://[::1]:8080", "[::1]:8080") == .inject(nonce: nil))
    #expect(decision("[::1]", "[::1]") == .inject(nonce: nil))
  }

  @Test func `a policy that only reports is none`() {
    let head = fields("Content-Type: text/html\nContent-Security-Policy-Report-Only: default-src 'none'")
    #expect(InjectionPolicy.decision(status: 200, fields: head, host: "a") == .inject(nonce: nil))
  }

  @Test func `the tag tells the version and the nonce`() {
    #expect(
      version.scriptTag(nonce: nil)
        == "<script src=\"/__devtop/reload.js\" data-version=\"5f3a.7.0\"></script>")
    #expect(version.scriptTag(nonce: "a+/=").hasSuffix(" nonce=\"a+/=\"></script>"))
    #expect(PageVersion(session: "\"><b>1", run: 1).description == "b1.1.0")
  }

  @Test func `what the added bytes make untrue leaves the head`() {
    func changed(_ head: String, _ framing: InjectedBody.Framing?) -> String {
      let head = fields(head)
      return text(InjectionPolicy.answerEdit(head, version: version, framing: framing).applied(to: head))
    }
    let head =
      "Content-Type: text/html\ncontent-length: 5\nETag: \"abc\"\nLast-Modified: x\nAccept-Ranges: bytes\nContent-MD5: y\nSet-Cookie: a=b"
    let expected = "Content-Type: text/html\nETag: W/\"abc--devtop-5f3a.7.0s\"\nSet-Cookie: a=b"
    #expect(changed(head, .plain) == expected)
    #expect(changed(head, nil) == expected)
    #expect(changed(head, .chunked) == expected + "\nTransfer-Encoding: chunked")
    #expect(changed("transfer-encoding: chunked\nA: b", .chunked) == "A: b\nTransfer-Encoding: chunked")
    #expect(changed("Transfer-Encoding: chunked\nA: b", .plain) == "A: b")
    #expect(changed("ETag: odd\nA: b", nil) == "A: b")
  }

  @Test func `a page is asked for uncoded, and revalidated only if it was of the same version`() {
    func upstream(_ head: String, navigation: Bool) -> String {
      let head = fields(head)
      return text(
        InjectionPolicy.requestEdit(head, isNavigation: navigation, version: version).applied(to: head))
    }
    let own = "W/\"abc--devtop-5f3a.7.0s\""
    #expect(
      upstream(
        "Host: a\nAccept-Encoding: gzip, br\nIf-Modified-Since: x\nIf-None-Match: \(own)", navigation: true)
        == "Host: a\nIf-None-Match: \"abc\"\nAccept-Encoding: identity")
    #expect(
      upstream("If-None-Match: W/\"a,b--devtop-5f3a.7.0w\", \"c\"", navigation: true)
        == "If-None-Match: W/\"a,b\"\nAccept-Encoding: identity")
    for stale in ["\"abc\"", "W/\"abc--devtop-5f3a.6.0s\"", "W/\"abc--devtop-5f3a.7.1s\"", "*"] {
      #expect(upstream("If-None-Match: \(stale)", navigation: true) == "Accept-Encoding: identity")
    }
    let untouched = "Accept-Encoding: gzip\nIf-Modified-Since: x\nIf-None-Match: \"abc\""
    #expect(upstream(untouched, navigation: false) == untouched)
    #expect(upstream("If-None-Match: \(own), W/\"d\"", navigation: false) == "If-None-Match: W/\"d\"")
    #expect(upstream("If-None-Match: \(own)\nA: b", navigation: false) == "A: b")
    #expect(upstream("If-None-Match: *", navigation: false) == "If-None-Match: *")
  }

  @Test func `hints about heads never miss what the edits would do`() {
    var random = SeededGenerator(seed: 13)
    let names = [
      "Accept", "ACCEPT", "Sec-Fetch-Dest", "If-None-Match", "X-Requested-With", "hx-request", "A",
      "Turbo-Frame",
      "Cache-Control", "Expires", "pragma", "Last-Modified", "Content-Type", "If-Modified-Since",
    ]
    let values = [
      "", "text/html", " a , Text/HTML ;q=1", "text/htm", ",,", "document", "\"a\"",
      "text/html; charset=utf-16", "x",
    ]
    for _ in 0..<2_000 {
      let head = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        HeaderField(names.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "")
      }
      var request = RequestHints()
      var answer = AnswerHints()
      for field in head {
        var (name, value) = (field.name, field.value)
        name.withUTF8 { name in
          value.withUTF8 { value in
            request.note(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
            answer.note(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
          }
        }
      }
      #expect(request.isNavigation == InjectionPolicy.isNavigation(method: "GET", fields: head))
      let edit = InjectionPolicy.requestEdit(head, isNavigation: request.isNavigation, version: version)
      #expect(request.needsEdit || edit.isEmpty)
      for status in [200, 301, 304, 404] {
        let cached = CacheHeaders.edit(head, method: "GET", status: status)
        #expect(answer.needsCacheEdit(status: status) || cached.isEmpty)
        let decision = InjectionPolicy.decision(status: status, fields: head, host: "a")
        #expect(answer.needsDecision(status: status) || decision == .leave)
      }
    }
  }

  @Test func `two edits of a head become one`() {
    let head = fields("A: 1\nB: 2\nC: 3\nD: 4")
    var first = HeadEdit()
    first.set("5", at: 0)
    first.remove(1)
    first.set("6", at: 2)
    var second = HeadEdit()
    second.set("7", at: 1)
    second.remove(2)
    second.add(HeaderField("E", "8"))
    first.merge(second)
    #expect(text(first.applied(to: head)) == "A: 5\nD: 4\nE: 8")
    #expect(HeadEdit().isEmpty && !first.isEmpty)
  }

  @Test func `a mark survives the way to the browser and back`() {
    for tag in ["\"abc\"", "W/\"abc\"", "\"\"", "\"a--devtop-b\"", "\"a,b\""] {
      let marked = MarkedEntityTag.marked(tag, version: version)
      #expect(marked.flatMap { MarkedEntityTag.unmarked($0, version: version) } == tag)
    }
  }

  @Test func `a 304 for a page with the script keeps its mark`() {
    #expect(InjectionPolicy.decision(status: 304, fields: fields("ETag: \"abc\""), host: "a") == .revive)
    #expect(InjectionPolicy.decision(status: 304, fields: [], host: "a") == .leave)
  }
}
