import DevtopCore
import Glibc
import NIOCore

/// The field lines of one head: where each name and value is, and what its name means.
///
/// Offsets count from the first byte of the message. The storage is used again for the next head.
struct HeadFields {
  struct Line {
    var kind: FieldKind
    var nameStart: Int32
    var nameEnd: Int32
    var valueStart: Int32
    var valueEnd: Int32
    /// After the line's end.
    var end: Int32

    var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
    var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    var whole: Range<Int> { Int(nameStart)..<Int(end) }
  }

  /// How a line ended.
  enum LineEnd {
    case incomplete
    /// The line without its end, and the offset after it.
    case line(end: Int, next: Int)
  }

  private(set) var lines: [Line] = []
  /// Members of `Connection`.
  private(set) var closes = false
  private(set) var keepsAlive = false
  private(set) var namesUpgrade = false
  /// Whether a field has to go: a hop's own ones.
  private(set) var hasHopFields = false

  mutating func removeAll() {
    lines.removeAll(keepingCapacity: true)
    closes = false
    keepsAlive = false
    namesUpgrade = false
    hasHopFields = false
  }

  /// The end of the line that starts at `start`.
  ///
  /// - Throws: `HeadFault` for a bare CR, a NUL, and, when `isStrict`, a bare LF.
  @inline(__always)
  static func line(
    in bytes: UnsafeRawBufferPointer, from start: Int, isStrict: Bool
  ) throws(HeadFault) -> LineEnd {
    guard start < bytes.count, let base = bytes.baseAddress else { return .incomplete }
    guard let found = memchr(base + start, Int32(Octet.lineFeed), bytes.count - start) else {
      return .incomplete
    }
    let feed = UnsafeRawPointer(found) - base
    var end = feed
    if feed > start, bytes[feed - 1] == Octet.carriageReturn {
      end = feed - 1
    } else if isStrict {
      throw HeadFault("has a line that ends with a bare LF")
    }
    if end > start {
      if memchr(base + start, Int32(Octet.carriageReturn), end - start) != nil {
        throw HeadFault("has a bare CR")
      }
      if memchr(base + start, 0, end - start) != nil { throw HeadFault("has a NUL byte") }
    }
    return .line(end: end, next: feed + 1)
  }

  /// Reads lines up to and with the empty one; the offset after it, or nil while it is missing.
  ///
  /// - Throws: `HeadFault` for what RFC 9112 §5 forbids, and 431 beyond `limit` lines.
  mutating func read(
    _ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int, isStrict: Bool
  ) throws(HeadFault) -> Int? {
    var offset = start
    while true {
      guard case .line(let end, let next) = try Self.line(in: bytes, from: offset, isStrict: isStrict) else {
        return nil
      }
      if end == offset {
        markConnectionNamed(bytes)
        return next
      }
      if lines.count == limit { throw HeadFault("has more than \(limit) header fields", status: 431) }
      try add(bytes, offset, end, next, isStrict: isStrict)
      offset = next
    }
  }

  private mutating func add(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ next: Int, isStrict: Bool
  ) throws(HeadFault) {
    if Octet.isBlank(bytes[start]) { throw HeadFault("has a folded header field (RFC 9112 §5.2)") }
    var colon = start
    while colon < end, Octet.isToken(bytes[colon]) { colon += 1 }
    let nameEnd = colon
    if !isStrict { while colon < end, Octet.isBlank(bytes[colon]) { colon += 1 } }
    guard colon < end, bytes[colon] == Octet.colon, nameEnd > start else {
      let isSpaced = colon < end && Octet.isBlank(bytes[colon]) && colon > start
      throw HeadFault(
        isSpaced
          ? "has a space before the colon of a header field" : "has a header field without a valid name")
    }
    var first = colon + 1
    var last = end
    while first < last, Octet.isBlank(bytes[first]) { first += 1 }
    while last > first, Octet.isBlank(bytes[last - 1]) { last -= 1 }
    let kind = FieldKind(name: bytes.slice(start..<nameEnd))
    lines.append(
      Line(
        kind: kind, nameStart: Int32(start), nameEnd: Int32(nameEnd), valueStart: Int32(first),
        valueEnd: Int32(last), end: Int32(next)))
    if kind == .hop || kind == .upgrade || kind == .te { hasHopFields = true }
    if kind == .connection {
      hasHopFields = true
      readConnection(bytes.slice(first..<last))
    }
  }

  private mutating func readConnection(_ value: UnsafeRawBufferPointer) {
    var seen = (closes: closes, keepsAlive: keepsAlive, upgrade: namesUpgrade)
    value.forEachMember { member in
      if member.isName("close") {
        seen.closes = true
      } else if member.isName("keep-alive") {
        seen.keepsAlive = true
      } else if member.isName("upgrade") {
        seen.upgrade = true
      }
    }
    (closes, keepsAlive, namesUpgrade) = seen
  }

  /// RFC 9110 §7.6.1: fields named in `Connection` go no further; those that frame or route the message stay.
  private mutating func markConnectionNamed(_ bytes: UnsafeRawBufferPointer) {
    guard hasHopFields else { return }
    for index in lines.indices where lines[index].kind == .connection {
      var named: [Int] = []
      bytes.slice(lines[index].value).forEachMember { member in
        for other in lines.indices where isRemovable(lines[other].kind) {
          if bytes.slice(lines[other].name).isName(member) { named.append(other) }
        }
      }
      for other in named { lines[other].kind = .hop }
    }
  }

  private func isRemovable(_ kind: FieldKind) -> Bool {
    switch kind {
    case .other, .contentType, .expect, .requestID, .forwardedFor, .forwardedHost, .forwardedProto: true
    case .hop, .connection, .contentLength, .host, .te, .transferEncoding, .upgrade: false
    }
  }

  /// As text, in the order in which they were sent.
  func strings(_ bytes: ByteBuffer) -> [HeaderField] {
    bytes.withUnsafeReadableBytes { raw in
      lines.map { line in
        HeaderField(
          String(decoding: raw.slice(line.name), as: UTF8.self),
          String(decoding: raw.slice(line.value), as: UTF8.self))
      }
    }
  }
}
