import NIOCore

/// The head of an answer (RFC 9112 §4); offsets count from the first byte of the message.
///
/// Read with more patience than a request: lines may end with a bare LF, and a name may have blanks before its
/// colon, since clients accept that of a server; both are mended on the way.
struct AnswerHead {
  private(set) var fields = HeadFields()
  private(set) var status = 0
  /// The status and the reason.
  private(set) var statusRange = 0..<0
  private(set) var fieldsStart = 0
  private(set) var lengthInBytes = 0
  private(set) var isVersion10 = false
  private(set) var contentType = -1
  /// Whether it is a page, and how long it may be kept.
  private(set) var hints = AnswerHints()
  private var length: Int?
  private var isChunked = false
  private var hasOtherCoding = false
  private(set) var hasUpgrade = false
  /// Whether it may go on as it is: nothing to remove, nothing to mend.
  private(set) var isClean = false

  static let limitInBytes = 256 << 10
  private static let fieldLimit = 1_000

  var isInterim: Bool { status < 200 }

  /// Whether the service keeps its connection open (RFC 9112 §9.3).
  var keepsAlive: Bool { isVersion10 ? fields.keepsAlive && !fields.closes : !fields.closes }

  /// False while it is not complete.
  ///
  /// - Throws: `HeadFault` for what is no answer.
  mutating func read(_ bytes: UnsafeRawBufferPointer) throws(HeadFault) -> Bool {
    fields.removeAll()
    isClean = true
    guard case .line(let end, let next) = try HeadFields.line(in: bytes, from: 0, isStrict: false) else {
      return try lacksEnd(bytes)
    }
    guard end >= 12, bytes.slice(0..<7).isExactly("HTTP/1."), Octet.isDigit(bytes[7]),
      bytes[8] == Octet.space,
      Octet.isDigit(bytes[9]), Octet.isDigit(bytes[10]), Octet.isDigit(bytes[11]),
      end == 12 || bytes[12] == Octet.space
    else { throw HeadFault("does not begin with an HTTP/1 status line") }
    isVersion10 = bytes[7] == UInt8(ascii: "0")
    if bytes[7] != UInt8(ascii: "1") || next != end + 2 || end == 12 { isClean = false }
    status = Int(bytes[9] &- 0x30) * 100 + Int(bytes[10] &- 0x30) * 10 + Int(bytes[11] &- 0x30)
    guard status >= 100 else { throw HeadFault("has a status below 100") }
    statusRange = 9..<end
    fieldsStart = next
    guard let whole = try fields.read(bytes, from: next, limit: Self.fieldLimit, isStrict: false) else {
      return try lacksEnd(bytes)
    }
    lengthInBytes = whole
    try readFields(bytes)
    return true
  }

  private func lacksEnd(_ bytes: UnsafeRawBufferPointer) throws(HeadFault) -> Bool {
    if bytes.count > Self.limitInBytes {
      throw HeadFault("has a head of more than \(Self.limitInBytes) bytes")
    }
    return false
  }

  private mutating func readFields(_ bytes: UnsafeRawBufferPointer) throws(HeadFault) {
    contentType = -1
    hints = AnswerHints()
    length = nil
    isChunked = false
    hasOtherCoding = false
    hasUpgrade = false
    for index in fields.lines.indices {
      let line = fields.lines[index]
      // Anything between name and colon, or an end other than CR LF, is mended.
      if bytes[Int(line.nameEnd)] != Octet.colon || bytes[Int(line.end) - 2] != Octet.carriageReturn {
        isClean = false
      }
      switch line.kind {
      case .contentLength:
        let value = try RequestHead.length(bytes.slice(line.value))
        // RFC 9110 §8.6: the same length twice is one length.
        if let length {
          guard length == value else { throw HeadFault("has two different Content-Lengths") }
          isClean = false
        }
        length = value
      case .transferEncoding:
        hasOtherCoding = true
        bytes.slice(line.value).forEachMember { isChunked = $0.isName("chunked") }
      case .contentType:
        contentType = index
        hints.note(name: bytes.slice(line.name), value: bytes.slice(line.value))
      case .other: hints.note(name: bytes.slice(line.name), value: bytes.slice(line.value))
      case .upgrade: hasUpgrade = true
      case .hop, .connection, .expect, .forwardedFor, .forwardedHost, .forwardedProto, .host,
        .requestID,
        .te:
        break
      }
    }
    if fields.hasHopFields || hasOtherCoding && length != nil { isClean = false }
    if bytes[lengthInBytes - 2] != Octet.carriageReturn { isClean = false }
  }

  /// Transfer-Encoding overrules Content-Length, which then goes no further (RFC 9112 §6.3).
  var dropsLength: Bool { hasOtherCoding }

  /// RFC 9112 §6.3.
  func framing(to method: Method) -> MessageBody.Framing {
    if method == .head || status == 204 || status == 304 || isInterim { return .none }
    if method == .connect, 200..<300 ~= status { return .untilClose }
    if isChunked { return .chunked }
    if hasOtherCoding { return .untilClose }
    return length.map { .length($0) } ?? .untilClose
  }

  func isEventStream(_ bytes: ByteBuffer) -> Bool {
    guard contentType >= 0 else { return false }
    let type: StaticString = "text/event-stream"
    return bytes.withUnsafeReadableBytes { raw in
      let value = raw.slice(fields.lines[contentType].value)
      return value.count >= type.utf8CodeUnitCount && value.slice(0..<type.utf8CodeUnitCount).isName(type)
    }
  }
}
