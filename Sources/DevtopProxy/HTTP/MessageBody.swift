/// How far a body has come, and where it ends (RFC 9112 §6.3).
struct MessageBody {
  enum Framing {
    case none
    case length(Int)
    case chunked
    /// Ends with the connection; answers only.
    case untilClose
  }

  private enum State {
    case ended
    case length(left: Int)
    case chunked(ChunkScanner)
    case untilClose
  }

  private var state: State
  private(set) var payloadInBytes = 0
  /// Its end was that of the connection.
  private(set) var wasEndedByConnection = false
  var capture = Capture()

  init(_ framing: Framing, isStrict: Bool) {
    state =
      switch framing {
      case .none: .ended
      case .length(let length): length == 0 ? .ended : .length(left: length)
      case .chunked: .chunked(ChunkScanner(isStrict: isStrict))
      case .untilClose: .untilClose
      }
  }

  static var empty: MessageBody { MessageBody(.none, isStrict: true) }

  var isComplete: Bool {
    if case .ended = state { true } else { false }
  }

  /// Asked before any of it came.
  var isChunked: Bool {
    if case .chunked = state { true } else { false }
  }

  var endsWithConnection: Bool {
    if case .untilClose = state { true } else { false }
  }

  /// How many of the bytes belong to it.
  ///
  /// - Throws: `HeadFault` for chunks that are none.
  mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(HeadFault) -> Int {
    switch state {
    case .ended: return 0
    case .length(let left):
      let count = min(left, bytes.count)
      capture.add(bytes.slice(0..<count))
      payloadInBytes += count
      state = left == count ? .ended : .length(left: left - count)
      return count
    case .chunked(var scanner):
      // Nothing else holds the scanner, so that it is changed in place.
      state = .ended
      let count = try scanner.consume(bytes, &capture)
      payloadInBytes = scanner.payloadInBytes
      if !scanner.isComplete { state = .chunked(scanner) }
      return count
    case .untilClose:
      capture.add(bytes)
      payloadInBytes += bytes.count
      return bytes.count
    }
  }

  /// The connection has ended, and with it a body that had no other end.
  mutating func end() {
    state = .ended
    wasEndedByConnection = true
  }
}
