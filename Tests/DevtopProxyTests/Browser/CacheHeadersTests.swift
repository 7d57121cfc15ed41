import DevtopCore
import DevtopProxy
import Testing

/// What browsers are told about keeping answers.
@Suite struct CacheHeadersTests {
  @Test(arguments: [
    ("Cache-Control: public, max-age=31536000, immutable", "Cache-Control: no-cache"),
    ("cache-control: no-store, max-age=0", "cache-control: no-store"),
    ("Cache-Control: private, max-age=60", "Cache-Control: no-cache, private"),
    ("Cache-Control: no-transform\nCache-Control: No-Store", "Cache-Control: no-store, no-transform"),
    ("A: b\nExpires: x\nC: d", "A: b\nC: d\nCache-Control: no-cache"),
    ("Pragma: public\nExpires: x\nCache-Control: max-age=1", "Cache-Control: no-cache"),
    (
      "ETag: \"a\"\nCache-Control: max-age=1\nLast-Modified: x",
      "ETag: \"a\"\nCache-Control: no-cache\nLast-Modified: x"
    ),
    ("Last-Modified: x", "Last-Modified: x\nCache-Control: no-cache"),
    ("ETag: \"a\"", "ETag: \"a\""), ("Content-Type: a/b", "Content-Type: a/b"),
  ])
  func `what allows keeping is replaced, the rest stays`(_ head: String, _ expected: String) {
    #expect(revalidated(head) == expected)
    #expect(revalidated(head, method: "HEAD") == expected)
    #expect(revalidated(head, method: "POST") == head)
    #expect(revalidated(head, status: 101) == head)
    #expect(revalidated(expected) == expected)
  }

  @Test func `a redirect for ever is not`() {
    #expect(revalidated("Location: /", status: 301) == "Location: /\nCache-Control: no-cache")
    #expect(revalidated("Location: /", status: 302) == "Location: /")
  }

  private func revalidated(_ head: String, method: String = "GET", status: Int = 200) -> String {
    let fields = head.split(separator: "\n").map { line in
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      return HeaderField(String(line[..<colon]), String(line[colon...].dropFirst(2)))
    }
    return CacheHeaders.edit(fields, method: method, status: status).applied(to: fields)
      .map { "\($0.name): \($0.value)" }.joined(separator: "\n")
  }
}
