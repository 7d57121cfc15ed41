/// The head of a request (RFC 9112 §3), checked; offsets count from the first byte of the message.
struct RequestHead {
  struct Limits {
    var requestLineInBytes: Int
    var headInBytes: Int
    var fields: Int
  }

  private(set) var fields = HeadFields()
  private(set) var method = Method.other
  private(set) var methodRange = 0..<0
  private(set) var targetRange = 0..<0
  /// Where the field lines begin.
  private(set) var fieldsStart = 0
  /// With the empty line.
  private(set) var lengthInBytes = 0
  private(set) var isVersion10 = false
  private(set) var framing = MessageBody.Framing.none
  /// Indexes into `fields.lines`, or -1.
  private(set) var host = -1
  private(set) var requestID = -1
  /// The last one.
  private(set) var forwardedFor = -1
  private(set) var hasForwardedHost = false
  private(set) var hasForwardedProto = false
  private(set) var hasUpgrade = false
  private(set) var acceptsTrailers = false
  /// Whether its answer will be a page.
  private(set) var hints = RequestHints()

  /// Whether the connection may carry another request (RFC 9112 §9.3).
  var keepsAlive: Bool { isVersion10 ? fields.keepsAlive && !fields.closes : !fields.closes }

  /// An upgrade counts only when `Connection` names it, and not in HTTP/1.0 (RFC 9110 §7.8).
  var wantsUpgrade: Bool { hasUpgrade && fields.namesUpgrade && !isVersion10 }

  /// Reads a whole head; false while it is not complete.
  ///
  /// - Throws: `HeadFault` with the status that answers it.
  mutating func read(_ bytes: UnsafeRawBufferPointer, _ limits: Limits) throws(HeadFault) -> Bool {
    fields.removeAll()
    guard let start = try readRequestLine(bytes, limits) else { return false }
    fieldsStart = start
    let limit = min(bytes.count, limits.headInBytes)
    let head = bytes.slice(0..<limit)
    guard let end = try fields.read(head, from: start, limit: limits.fields, isStrict: true) else {
      if bytes.count > limit || limit == limits.headInBytes {
        throw HeadFault("has a head of more than \(limits.headInBytes) bytes", status: 431)
      }
      return false
    }
    lengthInBytes = end
    try readFields(bytes)
    return true
  }

  private mutating func readRequestLine(
    _ bytes: UnsafeRawBufferPointer, _ limits: Limits
  ) throws(HeadFault) -> Int? {
    let limit = min(limits.requestLineInBytes + 2, bytes.count)
    guard
      case .line(let end, let next) = try HeadFields.line(
        in: bytes.slice(0..<limit), from: 0, isStrict: true)
    else {
      if bytes.count > limits.requestLineInBytes {
        throw HeadFault("has a request line of more than \(limits.requestLineInBytes) bytes", status: 414)
      }
      return nil
    }
    var offset = 0
    while offset < end, Octet.isToken(bytes[offset]) { offset += 1 }
    guard offset > 0, offset < end, bytes[offset] == Octet.space else {
      throw HeadFault("has a request line without a valid method")
    }
    methodRange = 0..<offset
    method = Method(bytes.slice(methodRange))
    let targetStart = offset + 1
    // " HTTP/1.x" is all that may follow the target.
    let targetEnd = end - 9
    guard targetEnd > targetStart, bytes.slice(targetEnd..<end - 3).isExactly(" HTTP/"),
      Octet.isDigit(bytes[end - 3]), bytes[end - 2] == UInt8(ascii: "."), Octet.isDigit(bytes[end - 1])
    else { throw HeadFault("has a malformed request line") }
    guard bytes[end - 3] == UInt8(ascii: "1"), bytes[end - 1] < UInt8(ascii: "2") else {
      throw HeadFault("has an HTTP version other than 1.0 and 1.1", status: 505)
    }
    isVersion10 = bytes[end - 1] == UInt8(ascii: "0")
    targetRange = targetStart..<targetEnd
    try checkTarget(bytes.slice(targetRange))
    return next
  }

  /// RFC 9112 §3.2; bytes beyond ASCII pass, as the servers behind decide about them.
  private func checkTarget(_ target: UnsafeRawBufferPointer) throws(HeadFault) {
    for byte in target where byte <= Octet.space || byte == 0x7f {
      throw HeadFault("has a space or a control character in its target")
    }
    let isValid =
      switch target[0] {
      case UInt8(ascii: "/"): method != .connect
      case UInt8(ascii: "*"): target.count == 1 && method == .options
      case _: method == .connect || Self.isAbsolute(target)
      }
    guard isValid else { throw HeadFault("has a target that is no path") }
  }

  private static func isAbsolute(_ target: UnsafeRawBufferPointer) -> Bool {
    for scheme: StaticString in ["http://", "https://"] where target.count > scheme.utf8CodeUnitCount {
      if target.slice(0..<scheme.utf8CodeUnitCount).isName(scheme) { return true }
    }
    return false
  }

  private mutating func readFields(_ bytes: UnsafeRawBufferPointer) throws(HeadFault) {
    host = -1
    requestID = -1
    forwardedFor = -1
    hasForwardedHost = false
    hasForwardedProto = false
    hasUpgrade = false
    acceptsTrailers = false
    hints = RequestHints()
    var length: Int?
    var isChunked = false
    for index in fields.lines.indices {
      let line = fields.lines[index]
      switch line.kind {
      case .other: hints.note(name: bytes.slice(line.name), value: bytes.slice(line.value))
      case .hop, .connection, .contentType, .expect: break
      case .contentLength:
        guard length == nil else { throw HeadFault("has more than one Content-Length") }
        length = try Self.length(bytes.slice(line.value))
      case .transferEncoding:
        guard !isChunked else { throw HeadFault("has more than one Transfer-Encoding") }
        isChunked = true
        try checkTransferEncoding(bytes.slice(line.value))
      case .host:
        guard host < 0 else { throw HeadFault("has more than one Host") }
        host = index
        try Self.checkHost(bytes.slice(line.value))
      case .requestID: if line.valueEnd > line.valueStart { requestID = index }
      case .forwardedFor: forwardedFor = index
      case .forwardedHost: hasForwardedHost = true
      case .forwardedProto: hasForwardedProto = true
      case .upgrade: hasUpgrade = true
      case .te:
        var isNamed = false
        bytes.slice(line.value).forEachMember { if $0.isName("trailers") { isNamed = true } }
        acceptsTrailers = acceptsTrailers || isNamed
      }
    }
    if isChunked, length != nil { throw HeadFault("has both Content-Length and Transfer-Encoding") }
    if host < 0, !isVersion10 { throw HeadFault("has no Host") }
    framing = isChunked ? .chunked : length.map { .length($0) } ?? .none
  }

  private func checkTransferEncoding(_ value: UnsafeRawBufferPointer) throws(HeadFault) {
    if isVersion10 { throw HeadFault("has a Transfer-Encoding in HTTP/1.0") }
    guard !value.isName("chunked") else { return }
    throw HeadFault("has a Transfer-Encoding other than chunked", status: 501)
  }

  /// RFC 9110 §8.6: digits and nothing else.
  static func length(_ value: UnsafeRawBufferPointer) throws(HeadFault) -> Int {
    guard !value.isEmpty, value.count <= 18 else { throw HeadFault("has a bad Content-Length") }
    var length = 0
    for byte in value {
      guard Octet.isDigit(byte) else { throw HeadFault("has a bad Content-Length") }
      length = length * 10 + Int(byte &- 0x30)
    }
    return length
  }

  private static func checkHost(_ value: UnsafeRawBufferPointer) throws(HeadFault) {
    for byte in value {
      switch byte {
      case 0...0x20, 0x7f, UInt8(ascii: ","), UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "@"),
        UInt8(ascii: "?"), UInt8(ascii: "#"):
        throw HeadFault("has a bad Host")
      case _: break
      }
    }
  }
}
