import DevtopCore
import NIOCore
import NIOPosix

/// Sends a request of before once more, as a client like any other.
enum Replay {
  /// The request as bytes; nil where its body was not kept, or not all of it.
  static func request(for sample: RequestSample, host: String) -> ByteBuffer? {
    let body = sample.exchange?.requestBody ?? []
    guard body.count == sample.exchange?.bytesIn ?? 0 else { return nil }
    var buffer = ByteBuffer()
    buffer.writeString("\(sample.method) \(sample.path) HTTP/1.1\r\n")
    var hasHost = false
    for field in sample.exchange?.requestFields ?? [] {
      switch field.name.lowercased() {
      case "connection", "keep-alive", "content-length", "transfer-encoding", "upgrade", "expect",
        "x-request-id",
        "te", "trailer":
        continue
      case "host": hasHost = true
      case _: break
      }
      buffer.writeString("\(field.name): \(field.value)\r\n")
    }
    if !hasHost { buffer.writeString("Host: \(host)\r\n") }
    if !body.isEmpty { buffer.writeString("Content-Length: \(body.count)\r\n") }
    buffer.writeString("Connection: close\r\n\r\n")
    buffer.writeBytes(body)
    return buffer
  }

  /// What comes back is of no interest: the request is metered as every other.
  static func send(_ request: ByteBuffer, to address: NIOCore.SocketAddress, on loop: any EventLoop) {
    ClientBootstrap(group: loop).connect(to: address).whenSuccess { channel in
      channel.writeAndFlush(request, promise: nil)
    }
  }
}
