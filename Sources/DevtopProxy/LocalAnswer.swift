import DevtopCore
import NIOCore

/// What devtop itself answers where the service does not: one sentence with the cause and the way out.
struct LocalAnswer: Equatable {
  var status: Int
  var text: String
  /// Whether the connection ends with it: what follows on it cannot be trusted, or nobody will read it.
  var closes = false
  var retryAfterInSeconds: Int?

  init(_ status: Int, _ text: String, closes: Bool = false, retryAfterInSeconds: Int? = nil) {
    self.status = status
    self.text = text
    self.closes = closes
    self.retryAfterInSeconds = retryAfterInSeconds
  }

  static func refused(_ fault: HeadFault) -> LocalAnswer {
    LocalAnswer(
      fault.status, "devtop: the request \(fault.reason); nothing of it was passed on.", closes: true)
  }

  static func brokenAnswer(_ service: ServiceID, _ fault: HeadFault) -> LocalAnswer {
    LocalAnswer(
      502, "devtop: the answer of \(service) \(fault.reason). Look at its log in devtop.", closes: true)
  }

  static func lost(_ service: ServiceID, isRepeatable: Bool) -> LocalAnswer {
    let why = isRepeatable ? "" : " It may have been carried out, so devtop did not send it again."
    return LocalAnswer(
      502, "devtop: \(service) closed the connection without an answer.\(why) Look at its log in devtop.")
  }

  static func noRun(_ service: ServiceID) -> LocalAnswer {
    LocalAnswer(
      503, "devtop: no run of \(service) answers. Look at its build and its log in devtop.",
      retryAfterInSeconds: 1)
  }

  static func waitedTooLong(_ service: ServiceID, _ time: Duration) -> LocalAnswer {
    LocalAnswer(
      503, "devtop: waited \(time) for a run of \(service). Look at its build and its log in devtop.",
      retryAfterInSeconds: 1)
  }

  static func tooManyWait(_ service: ServiceID, _ count: Int) -> LocalAnswer {
    LocalAnswer(
      503, "devtop: \(count) requests wait for a run of \(service) already. Look at its build in devtop.",
      retryAfterInSeconds: 1)
  }

  static func tooMuchWaits(_ service: ServiceID) -> LocalAnswer {
    LocalAnswer(
      503,
      "devtop: the bodies that wait for a run of \(service) are too large together. Try again when it runs.",
      retryAfterInSeconds: 1)
  }

  static func noAnswer(_ service: ServiceID, _ time: Duration) -> LocalAnswer {
    LocalAnswer(
      504, "devtop: \(service) has not answered for \(time) (answer_time). Look at its log in devtop.")
  }

  static func tooSlow(_ what: String, _ time: Duration) -> LocalAnswer {
    LocalAnswer(408, "devtop: the \(what) of the request did not come within \(time).", closes: true)
  }

  static func bodyTooLarge(_ limit: Int) -> LocalAnswer {
    LocalAnswer(413, "devtop: the body of the request has more than \(limit) bytes (max_body).", closes: true)
  }

  /// RFC 9110 §15.
  private static func reason(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 408: "Request Timeout"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    case _: "Error"
    }
  }

  /// The whole answer; a `HEAD` gets it without its body.
  func write(into buffer: inout ByteBuffer, to method: Method, _ connection: HeadWriter.ClientConnectionField)
  {
    buffer.writeString("HTTP/1.1 \(status) \(Self.reason(status))\r\n")
    buffer.writeStaticString("Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n")
    if let retryAfterInSeconds { buffer.writeString("Retry-After: \(retryAfterInSeconds)\r\n") }
    buffer.writeString("Content-Length: \(text.utf8.count + 1)\r\n")
    switch connection {
    case .none, .upgrade: break
    case .close: buffer.writeStaticString("Connection: close\r\n")
    case .keepAlive: buffer.writeStaticString("Connection: keep-alive\r\n")
    }
    buffer.writeStaticString("\r\n")
    if method != .head { buffer.writeString("\(text)\n") }
  }
}
