import DevtopProxy
import NIOCore
import Testing

/// Where the script goes into a page, and that nothing else of the page changes.
@Suite struct HTMLInjectionTests {
  private static let tag = "<script src=x></script>"

  /// The document as it is sent when it arrives in these pieces.
  private func sent(_ pieces: some Sequence<[UInt8]>) -> [UInt8] {
    var injection = HTMLInjection(tag: Self.tag)
    var result: [UInt8] = []
    for piece in pieces { result += Array(injection.add(ByteBuffer(bytes: piece)).readableBytesView) }
    return result + Array(injection.end().readableBytesView)
  }

  private func sent(_ text: String) -> String { String(decoding: sent([Array(text.utf8)]), as: UTF8.self) }

  /// Documents, with `§` where the tag belongs.
  private static let documents = [
    "<!doctype html><html><head>§<title>a</title></head><body>b</body></html>",
    "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">\n<HTML LANG=en>\n<HEAD>§\n<TITLE>a</TITLE>",
    "\u{FEFF}<!doctype html>\r\n<html lang='a>b' data-x=\"</head>\" y=/ z = '\"'><head profile=\"<head>\" >§<meta charset=utf-8>",
    "<!-- <head> --><!--><!---><!-- a -- > --!><!doctype html><!--x----><html><!-- </head> --><head>§",
    "<!----!><head>§x", "<!--!--><head>§x", "<!---!><head>--><head>§",
    "<!doctype html>\n§<title>a</title><p>b",
    "<!doctype html>§<body>a<script>'</body><head>'</script></body>",
    "<!doctype html><html>§<body><textarea></head></body></textarea><template><head></template>",
    "§<h1>a</h1>", "§<header>a</header>", "§<html5>", "§hello", "   §hello", "§<>", "§</p><head>",
    "<?xml version=\"1.0\"?><!DOCTYPE html><html/><head/>§<p>", "<!><!x><head\n>§", "§&lt;html>",
    "<html><html a=b><head>§<head>", "<head a=<b c= d>§>", "<head a = \"x\"b='>'/>§", "<html =>§<p>",
    "§", " \n§", "<!doctype html>§", "<!-- a -->\n§", "<html>§", "§<", "§<h", "§<htm", "§<!", "§<!-",
    "\u{FEFF}§",
    "§\u{FEFE}a", "</ x><!doctype html></><head>§", "§</P>", "§</",
  ]

  @Test(arguments: documents) func `the tag goes behind the head's, or where that would be`(_ marked: String)
  {
    let document = marked.split(separator: "§", omittingEmptySubsequences: false).joined()
    #expect(
      sent(document)
        == marked.split(separator: "§", omittingEmptySubsequences: false).joined(separator: Self.tag))
  }

  @Test(arguments: documents) func `pieces of any size give the same`(_ marked: String) {
    let document = Array(marked.split(separator: "§", omittingEmptySubsequences: false).joined().utf8)
    let whole = sent([document])
    #expect(sent(document.map { [$0] }) == whole)
    for cut in 0...document.count {
      #expect(sent([Array(document[..<cut]), [], Array(document[cut...])]) == whole, "cut at \(cut)")
    }
    var random = SeededGenerator(seed: 7)
    for _ in 0..<50 {
      var pieces: [[UInt8]] = []
      var rest = document[...]
      while !rest.isEmpty {
        let count = Int.random(in: 0...min(rest.count, 6), using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(sent(pieces) == whole)
    }
  }

  @Test(arguments: ["<!-- a", "<!doctype", "<html lang", "<head a='>", "<!-- a --", "<?xml"])
  func `a document that ends within a token before its head stays as it is`(_ text: String) {
    #expect(sent(text) == text)
  }

  @Test func `UTF-16 is left alone`() {
    let documents: [[UInt8]] = [
      [0xFF, 0xFE, 0x3C, 0], [0xFE, 0xFF, 0, 0x3C], [0x3C, 0, 0x68, 0], [0, 0x3C, 0, 0x68],
    ]
    for document in documents {
      #expect(sent([document]) == document)
      #expect(sent(document.map { [$0] }) == document)
    }
  }

  @Test func `whatever bytes come, they all leave in order around one tag at most`() {
    var random = SeededGenerator(seed: 11)
    let words = [
      "<", "!", "-", "--", ">", "html", "head", "<head>", "<html>", "<!--", "-->", "doctype", " ", "\n", "'",
      "\"",
      "=", "/", "a", "\0", "\u{FEFF}", "body",
    ]
    for _ in 0..<3_000 {
      let text = (0..<Int.random(in: 0...12, using: &random))
        .map { _ in words.randomElement(using: &random) ?? "" }.joined()
      let document = Array(text.utf8)
      let whole = String(decoding: sent([document]), as: UTF8.self)
      #expect(sent(document.map { [$0] }) == Array(whole.utf8), "\(text.debugDescription)")
      let parts = whole.split(separator: Self.tag, omittingEmptySubsequences: false)
      #expect(parts.count <= 2)
      #expect(parts.joined() == text)
    }
  }

  @Test func `a huge document is passed on as it comes`() {
    var injection = HTMLInjection(tag: Self.tag)
    let opening = injection.add(ByteBuffer(string: "<!doctype html><!-- "))
    #expect(opening.readableBytes == 20)
    let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 16)
    for _ in 0..<64 { #expect(injection.add(piece).readableBytes == piece.readableBytes) }
    #expect(!injection.isDone)
    #expect(injection.add(ByteBuffer(string: "--><head><t")) == ByteBuffer(string: "--><head>\(Self.tag)<t"))
    #expect(injection.isDone)
    #expect(injection.add(piece) == piece)
    #expect(injection.end().readableBytes == 0)
  }

  /// A body in chunks of random sizes, with an extension here and there.
  private func chunked(_ body: [UInt8], trailers: String, using random: inout SeededGenerator) -> [UInt8] {
    var result: [UInt8] = []
    var rest = body[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...rest.count, using: &random)
      let digits = String(count, radix: 16, uppercase: Bool.random(using: &random))
      result += Array("\(Bool.random(using: &random) ? "00" : "")\(digits)".utf8)
      result +=
        Array((Bool.random(using: &random) ? ";a=\"1\"\r\n" : "\r\n").utf8) + rest.prefix(count) + [13, 10]
      rest = rest.dropFirst(count)
    }
    return result + Array("0\r\n\(trailers)\r\n".utf8)
  }

  /// The payload and the trailers of a body in chunks, read the simple way.
  private func unchunked(_ bytes: [UInt8]) -> (payload: [UInt8], trailers: String)? {
    var payload: [UInt8] = []
    var rest = bytes[...]
    while let feed = rest.firstIndex(of: 10) {
      let line = String(decoding: rest[..<feed], as: UTF8.self).prefix { $0.isHexDigit }
      guard let size = Int(line, radix: 16) else { return nil }
      rest = rest[(feed + 1)...]
      if size == 0 { return (payload, String(decoding: rest, as: UTF8.self)) }
      payload += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
    }
    return nil
  }

  @Test func `chunks in, chunks out, cut anywhere, with trailers`() throws {
    var random = SeededGenerator(seed: 17)
    for round in 0..<300 {
      let marked = Self.documents[round % Self.documents.count]
      let parts = marked.split(separator: "§", omittingEmptySubsequences: false)
      let document = Array(parts.joined().utf8)
      let trailers = round % 3 == 0 ? "A: b\r\n" : ""
      let input: InjectedBody.Framing = round % 4 == 0 ? .plain : .chunked
      let output: InjectedBody.Framing = round % 5 == 0 ? .plain : .chunked
      var rest =
        input == .plain ? document[...] : chunked(document, trailers: trailers, using: &random)[...]
      var body = InjectedBody(tag: Self.tag, from: input, to: output)
      var sent: [UInt8] = []
      while !rest.isEmpty {
        let count = Int.random(in: 1...min(rest.count, 1 + round % 20), using: &random)
        sent += Array(body.add(ByteBuffer(bytes: rest.prefix(count))).readableBytesView)
        rest = rest.dropFirst(count)
      }
      sent += Array(body.end().readableBytesView)
      let expected = Array(parts.joined(separator: Self.tag).utf8)
      if output == .plain {
        #expect(sent == expected)
      } else {
        let read = try #require(unchunked(sent))
        #expect(read.payload == expected)
        #expect(read.trailers == (input == .chunked ? trailers : "") + "\r\n")
      }
    }
  }
}
