import Testing

/// A request that two servers could read differently.
struct Smuggled: Sendable, CustomTestStringConvertible {
  var name: String
  var text: String
  var status = 400
  /// Otherwise in the body.
  var isInHead = true

  var testDescription: String { name }
}

private func post(_ name: String, _ fields: String, _ body: String = "", status: Int = 400) -> Smuggled {
  Smuggled(name: name, text: "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)", status: status)
}

private func line(_ name: String, _ text: String, status: Int = 400) -> Smuggled {
  Smuggled(name: name, text: text, status: status)
}

private func chunks(_ name: String, _ body: String) -> Smuggled {
  Smuggled(
    name: name, text: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)",
    isInHead: false)
}

/// After the published collections: PortSwigger's request smuggling, llhttp's and Go's regression tests.
let smugglingCorpus: [Smuggled] = [
  post("CL.TE", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"),
  post("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "8\r\nSMUGGLED\r\n0\r\n\r\n"),
  post("two different lengths", "Content-Length: 6\r\nContent-Length: 5\r\n", "12345G"),
  post("the same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n", "12345"),
  post("a list of lengths", "Content-Length: 5, 5\r\n", "12345"),
  post("a sign", "Content-Length: +5\r\n", "12345"),
  post("a negative length", "Content-Length: -5\r\n"),
  post("a hexadecimal length", "Content-Length: 0x5\r\n", "12345"),
  post("an empty length", "Content-Length:\r\n"),
  post("a length that overflows", "Content-Length: 18446744073709551621\r\n", "12345"),
  post("a space within the length", "Content-Length: 1 2\r\n"),
  post("TE twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
  post("TE identity", "Transfer-Encoding: identity\r\n", status: 501),
  post("TE gzip", "Transfer-Encoding: gzip, chunked\r\n", status: 501),
  post("TE with a vertical tab", "Transfer-Encoding: \u{b}chunked\r\n", status: 501),
  post("TE quoted", "Transfer-Encoding: \"chunked\"\r\n", status: 501),
  post("TE with a space before the colon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
  post("TE with a tab before the colon", "Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"),
  post("TE in a folded line", "X: y\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
  post("TE behind a bare CR", "X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
  post("TE behind a bare LF", "X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
  post("a name with a control character", "Transfer\u{1}Encoding: chunked\r\n"),
  post("a NUL in a value", "X: a\u{0}b\r\n"),
  post("a NUL in a name", "X\u{0}: a\r\n"),
  post("no colon", "X\r\n"),
  post("no name", ": x\r\n"),
  post("a second Host", "Host: b\r\n"),
  line("TE in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
  line("no Host", "GET / HTTP/1.1\r\n\r\n"),
  line("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
  line("a Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
  line("two Hosts in one", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
  line("a folded first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
  line("bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n"),
  line("a bare LF at the end of the head", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
  line("a bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n"),
  line("a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
  line("a tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n"),
  line("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
  line("a target that is no path", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
  line("a space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
  line("a version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n"),
  line("a version of three numbers", "GET / HTTP/1.1.1\r\nHost: a\r\n\r\n"),
  line("HTTP/2 spelled as HTTP/1", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", status: 505),
  line("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", status: 505),
  line("HTTP/0.9", "GET /\r\n\r\n"),
  chunks("a chunk size with 0x", "0x1\r\nx\r\n0\r\n\r\n"),
  chunks("a chunk size with a sign", "+1\r\nx\r\n0\r\n\r\n"),
  chunks("a negative chunk size", "-1\r\nx\r\n0\r\n\r\n"),
  chunks("an empty chunk size", "\r\nx\r\n0\r\n\r\n"),
  chunks("a space before a chunk size", " 1\r\nx\r\n0\r\n\r\n"),
  chunks("a space after a chunk size", "1 \r\nx\r\n0\r\n\r\n"),
  chunks("a chunk size that overflows", "10000000000000001\r\nx\r\n0\r\n\r\n"),
  chunks("a chunk size with an underscore", "1_0\r\nx\r\n0\r\n\r\n"),
  chunks("a bare LF after a chunk size", "1\nx\r\n0\r\n\r\n"),
  chunks("a bare CR after a chunk size", "1\rx\r\n0\r\n\r\n"),
  chunks("a bare LF in a chunk extension", "1;a\nb\r\nx\r\n0\r\n\r\n"),
  chunks("a chunk longer than its size", "1\r\nxy\r\n0\r\n\r\n"),
  chunks("a chunk that ends with a bare LF", "1\r\nx\n0\r\n\r\n"),
  chunks("a folded trailer", "0\r\n X: y\r\n\r\n"),
  chunks("a trailer without a name", "0\r\n: y\r\n\r\n"),
  chunks("a trailer with a bare LF", "0\r\nX: y\nZ: 1\r\n\r\n"),
]
