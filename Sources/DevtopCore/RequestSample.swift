/// One finished request to a service, from the proxy or from an access-log line.
package struct RequestSample: Hashable, Sendable {
  /// Where it is known from.
  package enum Source: Hashable, Sendable {
    /// A line of the service's output.
    case log
    case proxy
  }

  /// What travelled.
  package enum Kind: Hashable, Sendable {
    case http
    case webSocket
    case eventStream
    /// Bytes that are not HTTP/1; `method`, `path` and `status` say nothing.
    case tunnel
  }

  package var service: ServiceID
  package var run: RunNumber
  /// When it began, or when it was logged.
  package var time: WallTime
  package var method: String
  /// With its query, as sent.
  package var path: String
  /// What it counts as, such as `/orders/:id`; nil until it was counted.
  package var route: String?
  /// Replaced by what devtop answered where no service did; 0 for a connection that broke before an answer.
  package var status: Int
  /// From the first byte of the request to the last of the answer; nil where the log line has none.
  package var duration: Duration?
  /// The answer's body in bytes, where known.
  package var sizeInBytes: Int?
  package var source: Source = .log
  package var kind: Kind = .http
  /// A WebSocket or an event stream that goes on: it has no duration and no size yet, and is told again at its end.
  package var isOpen = false
  /// What only the proxy sees.
  package var exchange: Exchange?

  package init(
    service: ServiceID, run: RunNumber, time: WallTime, method: String, path: String, status: Int,
    duration: Duration? = nil, sizeInBytes: Int? = nil
  ) {
    self.service = service
    self.run = run
    self.time = time
    self.method = method
    self.path = path
    self.status = status
    self.duration = duration
    self.sizeInBytes = sizeInBytes
  }

  /// Whether it goes on for as long as both sides like.
  package var isLasting: Bool { kind == .webSocket || kind == .eventStream }

  /// A request and its answer as the proxy saw them.
  package struct Exchange: Hashable, Sendable {
    /// `X-Request-Id`, the client's or devtop's.
    package var requestID: String
    /// The client's numeric address.
    package var client: String
    /// The request's body in bytes.
    package var bytesIn = 0
    /// How long it waited for a run.
    package var held: Duration = .zero
    /// From then until there was a connection to the service; zero on a connection that was there.
    package var connect: Duration = .zero
    /// From then to the first byte of the answer; nil where none came.
    package var firstByte: Duration?
    /// From then to the last byte of the answer.
    package var body: Duration = .zero
    /// Attempts beyond the first one.
    package var retries = 0
    /// Fields as sent by the client and by the service, in order; secrets are not masked here.
    package var requestFields: [HeaderField] = []
    package var answerFields: [HeaderField] = []
    /// The beginning of the bodies, where they are captured; nil: not kept.
    package var requestBody: [UInt8]?
    package var answerBody: [UInt8]?
    /// Fields and bodies were recorded and let go since, to save memory.
    package var isAbridged = false

    package init(requestID: String, client: String) {
      self.requestID = requestID
      self.client = client
    }
  }
}

/// A field of an HTTP head (RFC 9110 §5); bytes beyond ASCII are decoded as UTF-8 with repair.
package struct HeaderField: Hashable, Sendable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
