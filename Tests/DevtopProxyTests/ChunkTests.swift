import Testing

@testable import DevtopProxy

@Suite struct ChunkTests {
  private static let bodies = [
    "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "5;name=value;x=\"y z\"\r\nhello\r\n0\r\n\r\n",
    "00005\r\nhello\r\n000\r\nTrailer: 1\r\nOther:2\r\n\r\n",
    "A\r\n0123456789\r\na\r\n0123456789\r\n0;x\r\n\r\n",
  ]

  @Test(arguments: bodies)
  func `a body ends where its last chunk ends, however it is cut`(_ text: String) throws {
    let bytes = Array((text + "GET / HTTP/1.1").utf8)
    for cut in 0...text.utf8.count {
      var body = MessageBody(.chunked, isStrict: true)
      body.capture = Capture(limitInBytes: 1_000)
      let first = try bytes[..<cut].withUnsafeBytes { try body.consume($0) }
      #expect(first == cut)
      let second = try bytes[cut...].withUnsafeBytes { try body.consume($0) }
      #expect(first + second == text.utf8.count)
      #expect(body.isComplete)
      #expect(body.capture.bytes.count == body.payloadInBytes)
    }
  }

  @Test func `the payload is kept without the lines between`() throws {
    var body = MessageBody(.chunked, isStrict: true)
    body.capture = Capture(limitInBytes: 7)
    let bytes = Array("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n".utf8)
    _ = try bytes.withUnsafeBytes { try body.consume($0) }
    #expect(body.payloadInBytes == 10)
    #expect(body.capture.kept == Array("hellowo".utf8))
  }

  @Test func `an answer may have blanks after a size`() throws {
    var body = MessageBody(.chunked, isStrict: false)
    let bytes = Array("5  \r\nhello\r\n0\r\n\r\n".utf8)
    let count = try bytes.withUnsafeBytes { try body.consume($0) }
    #expect(count == bytes.count)
  }

  @Test func `extensions and trailers have limits`() {
    let long = String(repeating: "x", count: 70_000)
    for text in ["1;\(long)\r\n", "0\r\nX: \(long)\r\n"] {
      var body = MessageBody(.chunked, isStrict: true)
      #expect(throws: HeadFault.self) { try Array(text.utf8).withUnsafeBytes { _ = try body.consume($0) } }
    }
  }

  @Test func `every kind of body has its end`() throws {
    let bytes = Array("hello world".utf8)
    let consumed = { (framing: MessageBody.Framing) throws -> (Int, Bool) in
      var body = MessageBody(framing, isStrict: true)
      let count = try bytes.withUnsafeBytes { try body.consume($0) }
      return (count, body.isComplete)
    }
    #expect(try consumed(.none) == (0, true))
    #expect(try consumed(.length(0)) == (0, true))
    #expect(try consumed(.length(5)) == (5, true))
    #expect(try consumed(.length(50)) == (11, false))
    #expect(try consumed(.untilClose) == (11, false))
  }
}
