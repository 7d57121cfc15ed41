import DevtopCore
import NIOCore

/// What devtop itself answers where the service does not: one sentence with the cause and the way out.
struct LocalAnswer: Equatable {
  var status: Int
  var text: String
  /// Which does not answer, where that is the cause: then a person gets a page, and a program what it accepts.
  var service: ServiceID?
  /// Whether the connection ends with it: what follows on it cannot be trusted, or nobody will read it.
  var closes = false
  var retryAfter: Duration?

  init(
    _ status: Int, _ text: String, of service: ServiceID? = nil, closes: Bool = false,
    retryAfter: Duration? = nil
  ) {
    self.status = status
    self.text = text
    self.service = service
    self.closes = closes
    self.retryAfter = retryAfter
  }

  /// `wasBegun`: what came before the fault is with the service already.
  static func refused(_ fault: HeadFault, wasBegun: Bool = false) -> LocalAnswer {
    let rest = wasBegun ? "what follows was not passed on" : "nothing of it was passed on"
    return LocalAnswer(fault.status, "the request \(fault.reason); \(rest).", closes: true)
  }

  static func brokenAnswer(_ service: ServiceID, _ fault: HeadFault) -> LocalAnswer {
    LocalAnswer(
      502, "The answer \(fault.reason). Look at the service's log in devtop.", of: service, closes: true)
  }

  static func lost(_ service: ServiceID, isRepeatable: Bool) -> LocalAnswer {
    let why = isRepeatable ? "" : " It may have been carried out, so devtop did not send it again."
    return LocalAnswer(
      502, "The connection was closed without an answer.\(why) Look at the service's log in devtop.",
      of: service)
  }

  static func noRun(_ service: ServiceID) -> LocalAnswer {
    waiting(service, "No run answers. Look at the service's build and its log in devtop.")
  }

  static func waitedTooLong(_ service: ServiceID, _ time: Duration) -> LocalAnswer {
    waiting(service, "Waited \(time) for a run. Look at the service's build and its log in devtop.")
  }

  static func tooManyWait(_ service: ServiceID, _ count: Int) -> LocalAnswer {
    waiting(service, "\(count) requests wait for a run already. Look at the service's build in devtop.")
  }

  static func tooMuchWaits(_ service: ServiceID) -> LocalAnswer {
    waiting(service, "The bodies that wait for a run are too large together. Try again when it runs.")
  }

  private static func waiting(_ service: ServiceID, _ text: String) -> LocalAnswer {
    LocalAnswer(503, text, of: service, retryAfter: .seconds(1))
  }

  static func noAnswer(_ service: ServiceID, _ time: Duration, _ setting: String) -> LocalAnswer {
    LocalAnswer(
      504, "No answer for \(time) (\(setting)). Look at the service's log in devtop.",
      of: service)
  }

  static func tooSlow(_ what: String, _ time: Duration) -> LocalAnswer {
    LocalAnswer(408, "the \(what) of the request did not come within \(time).", closes: true)
  }

  static func bodyTooLarge(_ limit: Int) -> LocalAnswer {
    LocalAnswer(
      413, "the body of the request has more than \(limit) bytes (proxy = { body = … }).", closes: true)
  }

  static var noEvents: LocalAnswer {
    LocalAnswer(404, "pages are not reloaded by themselves (live_reload = false).")
  }

  static var tooManyPages: LocalAnswer {
    LocalAnswer(
      503, "\(BrowserStreams.limit) pages of the service are open already.", retryAfter: .seconds(10))
  }

  static func tooManyRequests(_ retryAfter: Duration) -> LocalAnswer {
    LocalAnswer(429, "more requests than the service's limit lets through.", retryAfter: retryAfter)
  }

  static func queueIsFull(_ service: ServiceID) -> LocalAnswer {
    waiting(service, "As many requests are under way and wait as max_in_flight and max_queue allow.")
  }

  static func waitedForPlace(_ service: ServiceID, _ time: Duration) -> LocalAnswer {
    waiting(service, "Waited \(time) for one of the requests that are under way to end (max_in_flight).")
  }

  static func leftAlone(_ service: ServiceID, _ retryAfter: Duration) -> LocalAnswer {
    LocalAnswer(
      503, "Too many answers failed, so the service is left alone for a while (breaker).", of: service,
      retryAfter: retryAfter)
  }

  static func madeOnPurpose(_ status: Int) -> LocalAnswer {
    LocalAnswer(status, "an error made on purpose (fault).")
  }

  /// As plain text.
  func answer(to method: Method) -> OwnAnswer {
    let body = Array("devtop: \(text)\n".utf8)
    var fields = [
      HeaderField("Content-Type", "text/plain; charset=utf-8"), HeaderField("Cache-Control", "no-store"),
    ]
    if let retryAfter { fields.append(HeaderField("Retry-After", String(retryAfter.inRetrySeconds))) }
    fields.append(HeaderField("Content-Length", String(body.count)))
    return OwnAnswer(status: status, fields: fields, body: method == .head ? [] : body)
  }
}

extension OwnAnswer {
  /// The whole answer as it is sent.
  func write(into buffer: inout ByteBuffer, _ connection: HeadWriter.ClientConnectionField) {
    buffer.writeString("HTTP/1.1 \(status) \(Self.reason(status))\r\n")
    for field in fields { buffer.writeString("\(field.name): \(field.value)\r\n") }
    switch connection {
    case .none, .upgrade: break
    case .close: buffer.writeStaticString("Connection: close\r\n")
    case .keepAlive: buffer.writeStaticString("Connection: keep-alive\r\n")
    }
    buffer.writeStaticString("\r\n")
    buffer.writeBytes(body)
  }

  /// RFC 9110 §15.
  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    case _: "Error"
    }
  }
}
