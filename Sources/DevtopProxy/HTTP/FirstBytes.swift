/// What the first bytes of a client are.
enum FirstBytes: Equatable {
  case http
  /// TLS, HTTP/2, a protocol of another kind: passed on untouched.
  case other
  /// Not enough of them.
  case unknown

  /// No request line of HTTP/1 is longer than any limit that can be set reasonably.
  private static let lineLimit = 1 << 20
  private static let longestMethod = 64

  /// A line is HTTP/1 when it ends with its version, or begins with a known method and something like a target.
  ///
  /// Whatever looks like HTTP/1 so far has to pass its parser: a malformed request is refused, not passed on.
  init(_ bytes: UnsafeRawBufferPointer) {
    var start = 0
    // RFC 9112 §2.2: empty lines before a request are ignored.
    while start + 1 < bytes.count, bytes[start] == Octet.carriageReturn, bytes[start + 1] == Octet.lineFeed {
      start += 2
    }
    if start < bytes.count, Self.isBrokenLineEnd(bytes.slice(start..<bytes.count)) {
      self = .http
      return
    }
    var end = start
    while end < bytes.count, Octet.isToken(bytes[end]) { end += 1 }
    guard end < bytes.count else {
      // A server may take any method (RFC 9110 §9.1), so that no length of it tells another protocol.
      self = end - start > Self.longestMethod ? .http : .unknown
      return
    }
    if end == start, bytes[end] == Octet.carriageReturn, end + 1 == bytes.count {
      self = .unknown
      return
    }
    guard end > start, Octet.isBlank(bytes[end]) || bytes[end] == Octet.lineFeed else {
      // A line that only claims to be HTTP/1 is refused by the parser.
      let lineEnd = bytes[end...].firstIndex(of: Octet.lineFeed) ?? end
      self = Self.contains(bytes.slice(end..<lineEnd), " HTTP/1") ? .http : .other
      return
    }
    self = Self.line(bytes, from: start, methodEnd: end)
  }

  /// A line feed or carriage return alone, which lenient servers take for an empty line.
  private static func isBrokenLineEnd(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if bytes[0] == Octet.lineFeed { return true }
    return bytes[0] == Octet.carriageReturn && bytes.count > 1 && bytes[1] != Octet.lineFeed
  }

  private static func line(_ bytes: UnsafeRawBufferPointer, from start: Int, methodEnd: Int) -> FirstBytes {
    let isKnown = Method(bytes.slice(start..<methodEnd)) != .other
    if isKnown, methodEnd + 1 < bytes.count {
      switch bytes[methodEnd + 1] {
      case UInt8(ascii: "/"), UInt8(ascii: "*"): return .http
      case _: break
      }
    }
    guard let end = bytes[methodEnd...].firstIndex(of: Octet.lineFeed) else {
      return bytes.count - start > lineLimit ? .other : .unknown
    }
    let line = bytes.slice(methodEnd..<end)
    return line.count > 6 && contains(line, " HTTP/1") ? .http : .other
  }

  private static func contains(_ line: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard line.count >= count else { return false }
    return (0...line.count - count).contains { line.slice($0..<$0 + count).isExactly(text) }
  }
}
