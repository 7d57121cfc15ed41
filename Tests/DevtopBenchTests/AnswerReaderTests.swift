import Testing

@testable import devtop_bench

@Suite struct AnswerReaderTests {
  private func read(_ text: String, piece: Int, expecting expected: String) -> (AnswerReader, taken: Int) {
    var reader = AnswerReader(expecting: .bytes(Array(expected.utf8)))
    let bytes = Array(text.utf8)
    var taken = 0
    bytes.withUnsafeBytes { bytes in
      while taken < bytes.count, reader.phase != .complete, reader.phase != .malformed {
        let end = min(taken + piece, bytes.count)
        taken += reader.take(UnsafeRawBufferPointer(rebasing: bytes[taken..<end]))
      }
    }
    return (reader, taken)
  }

  @Test(arguments: [1, 2, 3, 7, 1_000]) func `an answer is the same in pieces of any size`(piece: Int) {
    let answers = [
      "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-App-Process: 17\r\n\r\norder 12\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\nx-app-process: 17\r\n\r\n"
        + "3\r\nord\r\n006\r\ner 12\n\r\n0\r\nSome: trailer\r\n\r\n",
    ]
    for answer in answers {
      let (reader, taken) = read(answer + "HTTP/1.1 200", piece: piece, expecting: "order 12\n")
      #expect(reader.phase == .complete)
      #expect(reader.status == 200)
      #expect(reader.isRight)
      #expect(reader.process == 17)
      #expect(taken == answer.utf8.count)
    }
  }

  @Test func `a body that ends with the connection is complete then`() {
    var (reader, _) = read("HTTP/1.0 200 OK\r\n\r\nbody", piece: 100, expecting: "body")
    #expect(reader.phase == .rest)
    reader.end()
    #expect(reader.phase == .complete)
    #expect(reader.isRight)
    #expect(reader.closesConnection)
  }

  @Test func `a body that ends early does not become complete`() {
    var (reader, _) = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbod", piece: 100, expecting: "body!")
    reader.end()
    #expect(reader.phase == .body(2))
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH_9.2 of some length\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz",
  ])
  func `what is no answer is malformed`(text: String) {
    #expect(read(text, piece: 100, expecting: "").0.phase == .malformed)
  }
}
