package import NIOCore

/// The body of an answer that gets the script, from the bytes of the service to those for the client.
package struct InjectedBody: Sendable {
  /// How an end of the body is known.
  package enum Framing: Equatable, Sendable {
    /// RFC 9112 §7.1.
    case chunked
    /// By its length, or by the end of the connection.
    case plain
  }

  private var injection: HTMLInjection
  private var chunks: ChunkedPayload?
  private let output: Framing

  /// - Parameters:
  ///   - tag: `PageVersion.scriptTag`.
  ///   - input: What the service sends; the bytes given to `add` are well-formed and belong to the body.
  ///   - output: `.chunked` towards HTTP/1.1; `.plain` towards HTTP/1.0, whose connection ends with the body.
  package init(tag: String, from input: Framing, to output: Framing) {
    injection = HTMLInjection(tag: tag)
    chunks = input == .chunked ? ChunkedPayload() : nil
    self.output = output
  }

  /// What is to be sent for the next bytes of the body; empty while nothing can be told.
  package mutating func add(_ bytes: ByteBuffer) -> ByteBuffer {
    let payload = chunks?.payload(of: bytes) ?? bytes
    return framed(injection.add(payload))
  }

  /// What is left to be sent when the body is complete; a body that broke off has no end.
  package mutating func end() -> ByteBuffer {
    var last = framed(injection.end())
    guard output == .chunked else { return last }
    last.writeStaticString("0\r\n")
    if let trailers = chunks?.trailers, trailers.readableBytes > 0 {
      last.writeImmutableBuffer(trailers)
    } else {
      last.writeStaticString("\r\n")
    }
    return last
  }

  private func framed(_ payload: ByteBuffer) -> ByteBuffer {
    guard output == .chunked, payload.readableBytes > 0 else { return payload }
    var result = ByteBuffer()
    result.reserveCapacity(payload.readableBytes + 12)
    result.writeString(String(payload.readableBytes, radix: 16))
    result.writeStaticString("\r\n")
    result.writeImmutableBuffer(payload)
    result.writeStaticString("\r\n")
    return result
  }
}
