/// Finds the end of a chunked body (RFC 9112 §7.1); the bytes go on as they are, extensions and trailers too.
struct ChunkScanner {
  private enum State {
    /// In the digits of a size, so many of them read.
    case size(digits: Int)
    case sizeBlank
    case chunkExtension
    case sizeFeed
    case data
    case dataReturn
    case dataFeed
    case trailerStart
    case trailerName
    case trailerValue
    case trailerFeed
    case lastFeed
    case ended
  }

  private var state = State.size(digits: 0)
  /// Of the chunk that is being read.
  private var left = 0
  /// Of the extensions of one chunk, or of all trailers.
  private var lineInBytes = 0
  /// Requests are strict; an answer may have blanks after a chunk's size, as old servers send it.
  private let isStrict: Bool

  /// RFC 9112 §7.1.1 asks for a limit.
  private static let extensionLimit = 4 << 10
  private static let trailerLimit = 64 << 10
  /// More digits than a length can have are an attempt to overflow.
  private static let digitLimit = 15

  /// Without the chunks' own lines.
  private(set) var payloadInBytes = 0

  init(isStrict: Bool) { self.isStrict = isStrict }

  var isComplete: Bool {
    if case .ended = state { true } else { false }
  }

  /// How many of the bytes belong to the body: all of them, unless it ends among them.
  ///
  /// - Throws: `HeadFault` for what is not a chunked body.
  mutating func consume(_ bytes: UnsafeRawBufferPointer, _ capture: inout Capture) throws(HeadFault) -> Int {
    var index = 0
    while index < bytes.count {
      if case .data = state {
        let count = min(left, bytes.count - index)
        capture.add(bytes.slice(index..<index + count))
        payloadInBytes += count
        left -= count
        index += count
        if left == 0 { state = .dataReturn }
        continue
      }
      let byte = bytes[index]
      index += 1
      try step(byte)
      if isComplete { return index }
    }
    return index
  }

  private mutating func step(_ byte: UInt8) throws(HeadFault) {
    switch state {
    case .size(let digits): try stepInSize(byte, digits)
    case .sizeBlank:
      if byte == Octet.carriageReturn {
        state = .sizeFeed
      } else if !Octet.isBlank(byte) {
        throw Self.badSize
      }
    case .chunkExtension:
      if byte == Octet.carriageReturn {
        state = .sizeFeed
      } else {
        try count(byte, limit: Self.extensionLimit, "chunk extension")
      }
    case .sizeFeed:
      try expect(byte, Octet.lineFeed)
      lineInBytes = 0
      state = left == 0 ? .trailerStart : .data
    case .data: break
    case .dataReturn:
      try expect(byte, Octet.carriageReturn)
      state = .dataFeed
    case .dataFeed:
      try expect(byte, Octet.lineFeed)
      state = .size(digits: 0)
    case .trailerStart:
      if byte == Octet.carriageReturn {
        state = .lastFeed
      } else if Octet.isToken(byte) {
        state = .trailerName
      } else {
        throw HeadFault("has a bad trailer field")
      }
    case .trailerName:
      if byte == Octet.colon {
        state = .trailerValue
      } else if !Octet.isToken(byte) {
        throw HeadFault("has a bad trailer field")
      }
      lineInBytes += 1
    case .trailerValue:
      if byte == Octet.carriageReturn {
        state = .trailerFeed
      } else {
        try count(byte, limit: Self.trailerLimit, "trailer")
      }
    case .trailerFeed:
      try expect(byte, Octet.lineFeed)
      state = .trailerStart
    case .lastFeed:
      try expect(byte, Octet.lineFeed)
      state = .ended
    case .ended: break
    }
  }

  private mutating func stepInSize(_ byte: UInt8, _ digits: Int) throws(HeadFault) {
    if let value = Octet.hexadecimal(byte) {
      guard digits < Self.digitLimit else { throw Self.badSize }
      if digits == 0 { left = 0 }
      left = left << 4 | value
      state = .size(digits: digits + 1)
      return
    }
    guard digits > 0 else { throw Self.badSize }
    lineInBytes = 0
    if byte == Octet.carriageReturn {
      state = .sizeFeed
    } else if byte == Octet.semicolon {
      state = .chunkExtension
    } else if !isStrict, Octet.isBlank(byte) {
      state = .sizeBlank
    } else {
      throw Self.badSize
    }
  }

  private mutating func count(_ byte: UInt8, limit: Int, _ what: String) throws(HeadFault) {
    lineInBytes += 1
    guard lineInBytes <= limit else { throw HeadFault("has a \(what) beyond \(limit) bytes", status: 431) }
    guard byte != Octet.lineFeed, byte != 0 else { throw HeadFault("has a bare LF or a NUL in a \(what)") }
  }

  private func expect(_ byte: UInt8, _ expected: UInt8) throws(HeadFault) {
    guard byte == expected else { throw HeadFault("has a chunk that does not end where its size says") }
  }

  private static var badSize: HeadFault { HeadFault("has a bad chunk size") }
}
