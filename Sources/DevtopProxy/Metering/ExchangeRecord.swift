import DevtopCore

/// What is noted about an exchange while it lasts; times are CLOCK_MONOTONIC in nanoseconds, 0 for not yet.
struct ExchangeRecord {
  enum ID {
    case own(RequestID)
    case client(String)
    case none
  }

  var startedAt: Int64
  var connectingAt: Int64 = 0
  var connectedAt: Int64 = 0
  var firstByteAt: Int64 = 0
  private var waitingSince: Int64 = 0
  private var held: Int64 = 0

  var run: RunNumber = 0
  var id = ID.none
  var method = ""
  var path = ""
  var status = 0
  var kind = RequestSample.Kind.http
  var retries = 0
  /// Of a tunnel.
  var bytesIn = 0
  var bytesOut = 0
  var keepsFields = false
  var requestFields: [HeaderField] = []
  var answerFields: [HeaderField] = []

  init(startedAt: Int64) { self.startedAt = startedAt }

  mutating func startsWaiting(at now: Int64) { waitingSince = now }

  mutating func stopsWaiting(at now: Int64) {
    held += now - waitingSince
    waitingSince = 0
  }

  /// The sample of an exchange that ended at `end`; with `wallOffset` added that is CLOCK_REALTIME.
  func sample(_ exchange: Exchange, _ end: Int64, wallOffset: Int64) -> RequestSample {
    let duration = end - startedAt
    var sample = RequestSample(
      service: exchange.service.id, run: run,
      time: WallTime(milliseconds: (startedAt + wallOffset) / 1_000_000), method: method, path: path,
      status: status, duration: .nanoseconds(duration))
    sample.source = .proxy
    sample.kind = kind
    sample.sizeInBytes =
      kind == .http || kind == .eventStream ? exchange.answerBody.payloadInBytes + bytesOut : bytesOut
    sample.exchange = self.exchange(exchange, end)
    return sample
  }

  private func exchange(_ exchange: Exchange, _ end: Int64) -> RequestSample.Exchange {
    let name =
      switch id {
      case .own(let id): id.text
      case .client(let text): text
      case .none: ""
      }
    var result = RequestSample.Exchange(requestID: name, client: exchange.client.peer)
    result.bytesIn = exchange.body.payloadInBytes + bytesIn
    result.held = .nanoseconds(held)
    result.retries = retries
    if connectedAt > 0 { result.connect = .nanoseconds(max(0, connectedAt - connectingAt)) }
    if firstByteAt > 0 {
      result.firstByte = .nanoseconds(max(0, firstByteAt - connectedAt))
      result.body = .nanoseconds(end - firstByteAt)
    }
    result.requestFields = requestFields
    result.answerFields = answerFields
    result.requestBody = exchange.body.capture.kept
    result.answerBody = exchange.answerBody.capture.kept
    return result
  }
}
