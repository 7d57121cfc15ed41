import Testing

@testable import DevtopProxy

/// What the parser makes of bytes, without connections.
@Suite struct HeadTests {
  private static let limits = RequestHead.Limits(requestLineInBytes: 200, headInBytes: 1_000, fields: 10)

  private enum Outcome: Equatable {
    case incomplete
    case complete(framing: String, length: Int)
    case fault(Int)
  }

  private static func read(_ text: some StringProtocol) -> Outcome {
    var head = RequestHead()
    return Array(text.utf8).withUnsafeBytes { bytes in
      do throws(HeadFault) {
        guard try head.read(bytes, limits) else { return .incomplete }
        return .complete(framing: "\(head.framing)", length: head.lengthInBytes)
      } catch {
        return .fault(error.status)
      }
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "none"),
    ("GET /p?q=1#x HTTP/1.1\r\nhOsT:a:80\r\n\r\n", "none"),
    ("GET / HTTP/1.0\r\n\r\n", "none"),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "none"),
    ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "none"),
    ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "none"),
    ("PURGE /x HTTP/1.1\r\nHost:\r\n\r\n", "none"),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:  12 \t\r\n\r\n", "length(12)"),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", "chunked"),
    ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\nX: \u{e9}\r\n\r\n", "none"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", "none"),
  ])
  func `what RFC 9112 allows is read, however it is cut`(_ text: String, _ framing: String) {
    #expect(Self.read(text) == .complete(framing: framing, length: text.utf8.count))
    // What follows belongs to the body or to the next request.
    #expect(Self.read(text + "GET") == .complete(framing: framing, length: text.utf8.count))
    for cut in text.utf8.indices {
      #expect(Self.read(String(decoding: text.utf8[..<cut], as: UTF8.self)) == .incomplete)
    }
  }

  @Test(arguments: smugglingCorpus)
  func `what could be read in two ways is refused`(_ request: Smuggled) {
    guard request.isInHead else { return }
    #expect(Self.read(request.text) == .fault(request.status))
  }

  @Test func `limits have their own statuses`() {
    let long = String(repeating: "x", count: 300)
    #expect(Self.read("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n") == .fault(414))
    #expect(Self.read("GET /\(long)") == .fault(414))
    let field = "X: \(long)\r\n"
    #expect(Self.read("GET / HTTP/1.1\r\n\(field)\(field)\(field)\(field)") == .fault(431))
    let fields = (0..<11).map { "X\($0): 1\r\n" }.joined()
    #expect(Self.read("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n") == .fault(431))
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\n\r\n", "untilClose", true),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "length(5)", true),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "length(5)", false),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "chunked", true),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "chunked", false),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "chunked", true),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "untilClose", true),
    ("HTTP/1.1 204 No Content\r\n\r\n", "none", true),
    ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "none", true),
    ("HTTP/1.1 100 Continue\r\n\r\n", "none", true),
    ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", "length(5)", false),
    ("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n", "length(5)", false),
    ("HTTP/1.1 200 OK\nContent-Length: 5\n\n", "length(5)", false),
    ("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n", "length(5)", false),
    ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n", "length(5)", false),
  ])
  func `an answer's body is framed as RFC 9112 says`(_ text: String, _ framing: String, _ isClean: Bool)
    throws
  {
    var head = AnswerHead()
    let isComplete = try Array(text.utf8).withUnsafeBytes { try head.read($0) }
    #expect(isComplete)
    #expect("\(head.framing(to: .get))" == framing)
    #expect("\(head.framing(to: .head))" == "none")
    #expect(head.isClean == isClean)
    for cut in text.utf8.indices {
      let isComplete = try Array(text.utf8[..<cut]).withUnsafeBytes { try head.read($0) }
      #expect(!isComplete)
    }
  }

  @Test(arguments: [
    "HTTP/2 200\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nBroken\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\r\n",
    "HTTP/1.1 099 OK\r\n\r\n",
  ])
  func `what is no answer is told as that`(_ text: String) {
    var head = AnswerHead()
    #expect(throws: HeadFault.self) { try Array(text.utf8).withUnsafeBytes { _ = try head.read($0) } }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n", FirstBytes.http), ("GET /", .http), ("G", .unknown), ("GET", .unknown),
    ("GET ", .unknown),
    ("\r\nGET /", .http), ("\r", .unknown), ("\nGET /", .http), ("\n", .http), ("\rGET /", .http),
    ("\r\n\nGET /", .http), (String(repeating: "A", count: 64), .unknown),
    (String(repeating: "A", count: 65), .http), ("PURGE /x HTTP/1.1\r\n", .http), ("PURGE /x", .unknown),
    ("GET key\r\n", .other), ("GET http://a/ HTTP/1.1\r\n", .http), ("OPTIONS * ", .http),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .other), ("\u{16}\u{3}\u{1}", .other), ("SSH-2.0-x\r\n", .other),
    ("PING\r\n", .other), ("EHLO me\r\n", .other), (" GET / HTTP/1.1\r\n", .http),
    ("GE\u{0}T / HTTP/1.1\n", .http),
    ("GET / HTTP/2.0\r\n", .http), ("get / http/1.1\r\n", .other), ("GET\r\n", .other), ("{\"a\":1}", .other),
  ])
  func `the first bytes tell HTTP from everything else`(_ text: String, _ expected: FirstBytes) {
    #expect(Array(text.utf8).withUnsafeBytes(FirstBytes.init) == expected)
  }
}
