import Glibc

/// One connection of a load, with at most one request under way.
struct LoadConnection {
  /// A request under way.
  struct Exchange {
    var number: Int
    var due: Int64
    var request: LoadRequest
    var answer: AnswerReader
    /// Of head and body together.
    var sentBytes = 0

    var isSent: Bool { sentBytes == request.head.count + request.body.count }
  }

  /// What became of a turn.
  enum Outcome {
    /// More has to come or go.
    case pending
    case answered(Exchange)
    case failed(Exchange, LoadFailure, errno: Int32)
    /// Nothing was under way, and the server has closed.
    case closedWhileIdle
  }

  private(set) var descriptor: Int32 = -1
  private(set) var exchange: Exchange?
  private var answered = 0

  var isOpen: Bool { descriptor >= 0 }
  var isIdle: Bool { exchange == nil }

  /// What poll(2) has to wait for.
  var events: Int16 {
    guard let exchange, !exchange.isSent else { return Int16(POLLIN) }
    return Int16(POLLIN | POLLOUT)
  }

  mutating func open(_ descriptor: Int32) {
    self.descriptor = descriptor
    answered = 0
  }

  mutating func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
    exchange = nil
  }

  mutating func begin(_ exchange: Exchange, reading buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    self.exchange = exchange
    let code = send()
    return code == 0 ? .pending : receive(into: buffer, afterError: code)
  }

  /// Goes on after poll(2) said that something is there.
  mutating func turn(reading buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    let code = send()
    return receive(into: buffer, afterError: code)
  }

  mutating func giveUp() -> Exchange? {
    let given = exchange
    close()
    return given
  }

  /// An errno, 0 when all is sent or the rest has to wait.
  private mutating func send() -> Int32 {
    while let current = exchange, !current.isSent {
      let inHead = current.sentBytes < current.request.head.count
      let piece = inHead ? current.request.head : current.request.body
      let offset = inHead ? current.sentBytes : current.sentBytes - current.request.head.count
      // A head with a body behind it goes in one segment with it.
      let more = inHead && !current.request.body.isEmpty ? Int32(MSG_MORE) : 0
      let count = piece.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset,
          Int32(MSG_NOSIGNAL) | more)
      }
      guard count >= 0 else { return errno == EAGAIN || errno == EINTR ? 0 : errno }
      exchange?.sentBytes += count
    }
    return 0
  }

  /// Reads what is there; `error` is what sending failed with, if it did: an answer may be there although the request
  /// was not wanted whole, and the kernel tells an error once only.
  private mutating func receive(
    into buffer: UnsafeMutableRawBufferPointer, afterError error: Int32
  ) -> Outcome {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EAGAIN { return error == 0 ? .pending : end(error) }
        return end(error != 0 ? error : count < 0 ? errno : 0)
      }
      // Bytes that nobody asked for.
      guard exchange != nil else { return end(0) }
      let input = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count])
      let taken = exchange?.answer.take(input) ?? 0
      switch exchange?.answer.phase {
      case .complete:
        if taken < count { return fail(.malformed, 0) }
        return finish()
      case .malformed: return fail(.malformed, 0)
      case _: break
      }
      // A stream socket that gave less than was asked for is empty now (epoll(7)).
      if count < buffer.count, error == 0 { return .pending }
    }
  }

  /// The other side has closed (0), or the connection is broken.
  private mutating func end(_ code: Int32) -> Outcome {
    guard exchange != nil else {
      close()
      return .closedWhileIdle
    }
    if code == 0 {
      exchange?.answer.end()
      if exchange?.answer.phase == .complete { return finish() }
    }
    return fail(code)
  }

  private mutating func finish() -> Outcome {
    guard let done = exchange else { return .pending }
    exchange = nil
    answered += 1
    // What is not sent in full cannot be followed by another request.
    if done.answer.closesConnection || !done.isSent { close() }
    if done.answer.status != 200 { return .failed(done, .wrongStatus, errno: 0) }
    return done.answer.isRight ? .answered(done) : .failed(done, .wrongContent, errno: 0)
  }

  private mutating func fail(_ code: Int32) -> Outcome {
    let hasBegun = exchange?.answer.hasBegun ?? false
    let failure: LoadFailure
    switch code {
    case 0: failure = hasBegun ? .cut : answered > 0 ? .stale : .unanswered
    case ECONNREFUSED: failure = .refused
    case ECONNRESET, EPIPE: failure = !hasBegun && answered > 0 ? .stale : .reset
    case _: failure = .other
    }
    return fail(failure, code)
  }

  private mutating func fail(_ failure: LoadFailure, _ code: Int32) -> Outcome {
    guard let failed = giveUp() else { return .closedWhileIdle }
    return .failed(failed, failure, errno: code)
  }
}
