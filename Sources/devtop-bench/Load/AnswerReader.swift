/// Reads one HTTP/1 answer as it comes, and compares its body with what is right.
struct AnswerReader {
  enum Phase: Equatable {
    case head
    /// So many bytes of the body, or of its chunk, are missing.
    case body(Int)
    case chunk(Int)
    /// The line before a chunk.
    case chunkSize(Int)
    /// The line end behind a chunk.
    case chunkEnd
    /// The line of a trailer, so long by now; an empty one is the end.
    case trailer(Int)
    /// The body ends with the connection.
    case rest
    case complete
    case malformed
  }

  private static let longestHead = 65_536

  private(set) var phase = Phase.head
  private(set) var status = 0
  /// The process that answered, by the app's header; nil when it does not say.
  private(set) var process: Int?
  private(set) var closesConnection = false
  /// Of head and body.
  private(set) var bytes = 0
  private let expected: LoadRequest.Answer
  private var head: [UInt8] = []
  private var bodyLength = 0
  private var isAsExpected = true

  init(expecting expected: LoadRequest.Answer) { self.expected = expected }

  var hasBegun: Bool { bytes > 0 }

  /// Whether the body, once complete, is what it should be.
  var isRight: Bool {
    switch expected {
    case .bytes(let right): isAsExpected && bodyLength == right.count
    case .length(let right): bodyLength == right
    }
  }

  /// The connection ended; complete when the body was to end so.
  mutating func end() {
    if phase == .rest { phase = .complete }
  }

  /// Takes bytes until the answer is complete; how many, the others are not part of it.
  mutating func take(_ input: UnsafeRawBufferPointer) -> Int {
    var position = 0
    while position < input.count, phase != .complete, phase != .malformed {
      let left = UnsafeRawBufferPointer(rebasing: input[position...])
      switch phase {
      case .head: position += takeHead(left)
      case .body(let missing):
        let count = min(missing, left.count)
        compare(UnsafeRawBufferPointer(rebasing: left[..<count]))
        phase = count == missing ? .complete : .body(missing - count)
        position += count
      case .chunk(let missing):
        let count = min(missing, left.count)
        compare(UnsafeRawBufferPointer(rebasing: left[..<count]))
        phase = count == missing ? .chunkEnd : .chunk(missing - count)
        position += count
      case .rest:
        compare(left)
        position += left.count
      case .chunkSize, .chunkEnd, .trailer:
        takeFraming(left[0])
        position += 1
      case .complete, .malformed: break
      }
    }
    bytes += position
    return position
  }

  private mutating func compare(_ part: UnsafeRawBufferPointer) {
    if case .bytes(let right) = expected {
      let end = bodyLength + part.count
      isAsExpected = isAsExpected && end <= right.count && right[bodyLength..<end].elementsEqual(part)
    }
    bodyLength += part.count
  }

  /// A byte of what lies around chunks (RFC 9112 §7.1); extensions are not expected.
  private mutating func takeFraming(_ byte: UInt8) {
    switch (phase, byte) {
    case (.chunkSize, UInt8(ascii: "\r")), (.chunkEnd, UInt8(ascii: "\r")), (.trailer, UInt8(ascii: "\r")):
      break
    case (.chunkSize(let size), UInt8(ascii: "\n")): phase = size == 0 ? .trailer(0) : .chunk(size)
    case (.chunkSize(let size), _):
      guard let digit = Self.hexadecimal(byte), size < 1 << 40 else {
        phase = .malformed
        return
      }
      phase = .chunkSize(size * 16 + digit)
    case (.chunkEnd, UInt8(ascii: "\n")): phase = .chunkSize(0)
    case (.trailer(let length), UInt8(ascii: "\n")): phase = length == 0 ? .complete : .trailer(0)
    case (.trailer(let length), _): phase = .trailer(length + 1)
    case _: phase = .malformed
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
    case _: nil
    }
  }

  private mutating func takeHead(_ input: UnsafeRawBufferPointer) -> Int {
    let before = head.count
    head.append(contentsOf: input.prefix(Self.longestHead))
    let end = head.withUnsafeBufferPointer { head -> Int? in
      var index = max(before, 3)
      while index < head.count {
        if head[index] == 10, head[index - 1] == 13, head[index - 2] == 10, head[index - 3] == 13 {
          return index + 1
        }
        index += 1
      }
      return nil
    }
    guard let end else {
      if head.count > Self.longestHead { phase = .malformed }
      return head.count - before
    }
    head.removeSubrange(end...)
    parseHead()
    return end - before
  }

  private mutating func parseHead() {
    var length: Int?
    var isChunked = false
    let isHTTP = head.withUnsafeBytes { head in
      guard head.count > 15, head.starts(with: "HTTP/1.".utf8), let status = Self.decimal(head[9..<12]) else {
        return false
      }
      self.status = status
      closesConnection = head[7] == UInt8(ascii: "0")
      var line = 12
      while let end = head[line...].firstIndex(of: 13), end > line || line == 12 {
        if let colon = head[line..<end].firstIndex(of: UInt8(ascii: ":")) {
          let name = head[line..<colon]
          let value = head[(colon + 1)..<end].drop { $0 == 32 }
          if Self.equal(name, "content-length") {
            length = Self.decimal(value)
          } else if Self.equal(name, "transfer-encoding") {
            isChunked = Self.equal(value, "chunked")
          } else if Self.equal(name, "connection") {
            closesConnection = closesConnection || Self.equal(value, "close")
          } else if Self.equal(name, "x-app-process") {
            process = Self.decimal(value)
          }
        }
        line = end + 2
      }
      return true
    }
    head.removeAll(keepingCapacity: true)
    if !isHTTP {
      phase = .malformed
    } else if (100..<200).contains(status) {
      // The final answer follows (RFC 9110 §15.2).
      phase = .head
    } else if isChunked {
      phase = .chunkSize(0)
    } else if let length {
      phase = length == 0 ? .complete : .body(length)
    } else {
      closesConnection = true
      phase = .rest
    }
  }

  private static func decimal(_ text: Slice<UnsafeRawBufferPointer>) -> Int? {
    guard !text.isEmpty, text.count < 19 else { return nil }
    var value = 0
    for byte in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  /// Without regard to case; `lowercased` is in small letters.
  private static func equal(_ text: Slice<UnsafeRawBufferPointer>, _ lowercased: StaticString) -> Bool {
    guard text.count == lowercased.utf8CodeUnitCount else { return false }
    var index = 0
    for byte in text {
      let small = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
      guard small == lowercased.utf8Start[index] else { return false }
      index += 1
    }
    return true
  }
}
