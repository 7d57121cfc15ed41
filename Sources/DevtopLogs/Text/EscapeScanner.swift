/// Takes a line apart into text, control characters and escape sequences.
///
/// ECMA-48 (5th edition) §5.3–5.6 and §8.3, with xterm's habits (ctlseqs): a BEL ends an OSC. A sequence that is
/// malformed or that does not end within the line is no sequence: its first character is shown, the rest is text,
/// so that nothing is lost.
struct EscapeScanner {
  enum Token: Equatable {
    case text(Range<Int>)
    /// C0 or DEL, alone.
    case control(UInt8)
    /// A C1 control alone: UTF-8 encoded.
    case c1(UInt8)
    /// The parameters of a Select Graphic Rendition.
    case graphicRendition(Range<Int>)
    case eraseInLine(Int)
    case cursor(CursorMove)
    /// A sequence that has no meaning in a log.
    case removed
  }

  enum CursorMove: Equatable {
    case forward(Int)
    case back(Int)
    /// From 1.
    case column(Int)
  }

  let bytes: UnsafeBufferPointer<UInt8>
  private(set) var position = 0
  /// No control string that begins from here on ends: those that a BEL ends, and all others.
  private var hasNoEnd = false
  private var hasNoEndButBell = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func next() -> Token? {
    guard position < bytes.count else { return nil }
    let start = position
    skipText()
    if position > start { return .text(start..<position) }
    let byte = bytes[position]
    if byte == 0x1B { return escape() }
    if byte < 0x80 {
      position += 1
      return .control(byte)
    }
    // C1: as UTF-8 (C2 80–9F) or, in what is no UTF-8, as one byte.
    let isEncoded = byte == 0xC2
    let code = isEncoded ? bytes[position + 1] : byte
    let introducer = position
    position += isEncoded ? 2 : 1
    if let token = sequence(code) { return token }
    position = introducer + (isEncoded ? 2 : 1)
    return isEncoded ? .c1(code) : .text(introducer..<position)
  }

  private mutating func skipText() {
    while position < bytes.count {
      let byte = bytes[position]
      if byte < 0x80 {
        if byte < 0x20 || byte == 0x7F { return }
        position += 1
        continue
      }
      let (scalar, length) = UTF8Decoder.scalar(in: bytes, at: position)
      if let scalar {
        if scalar.value < 0xA0 { return }
        position += length
      } else {
        if byte < 0xA0 { return }
        position += length
      }
    }
  }

  private mutating func escape() -> Token {
    let introducer = position
    position += 1
    guard position < bytes.count else { return .control(0x1B) }
    let byte = bytes[position]
    switch byte {
    case 0x40...0x5F:
      position += 1
      if let token = sequence(byte + 0x40) { return token }
      switch byte {
      case 0x50, 0x58, 0x5B, 0x5D, 0x5E, 0x5F:  // A sequence that does not end.
        position = introducer + 1
        return .control(0x1B)
      default: return .removed
      }
    case 0x20...0x2F:  // nF: character sets, for example ESC ( B.
      var index = position + 1
      while index < bytes.count, (0x20...0x2F).contains(bytes[index]) { index += 1 }
      guard index < bytes.count, (0x30...0x7E).contains(bytes[index]) else { return .control(0x1B) }
      position = index + 1
      return .removed
    case 0x30...0x3F, 0x60...0x7E:
      position += 1
      return .removed
    default: return .control(0x1B)
    }
  }

  /// The rest of a sequence whose C1 introducer was read; nil when it introduces none or does not end.
  private mutating func sequence(_ code: UInt8) -> Token? {
    switch code {
    case 0x9B: controlSequence()
    case 0x90, 0x98, 0x9D, 0x9E, 0x9F: controlString(endsWithBell: code == 0x9D)
    default: nil
    }
  }

  /// DCS, SOS, OSC, PM, APC: everything up to the String Terminator.
  private mutating func controlString(endsWithBell: Bool) -> Token? {
    // Many beginnings without an end must not each search the whole line.
    if hasNoEnd || (hasNoEndButBell && !endsWithBell) { return nil }
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case 0x07 where endsWithBell, 0x18, 0x1A, 0x9C:
        position += 1
        return .removed
      case 0x1B:
        // ESC \ ends it; any other escape aborts it and is read on its own.
        if position + 1 < bytes.count, bytes[position + 1] == 0x5C { position += 2 }
        return .removed
      case 0xC2 where position + 1 < bytes.count && bytes[position + 1] == 0x9C:
        position += 2
        return .removed
      default: position += UTF8Decoder.scalar(in: bytes, at: position).length
      }
    }
    if endsWithBell { hasNoEnd = true } else { hasNoEndButBell = true }
    return nil
  }

  private mutating func controlSequence() -> Token? {
    let start = position
    while position < bytes.count, (0x30...0x3F).contains(bytes[position]) { position += 1 }
    let parameters = start..<position
    while position < bytes.count, (0x20...0x2F).contains(bytes[position]) { position += 1 }
    guard position < bytes.count, (0x40...0x7E).contains(bytes[position]) else { return nil }
    let final = bytes[position]
    let hasIntermediates = position > parameters.upperBound
    position += 1
    // 3C–3F begin private parameters: `ESC [ > 4 m` is no colour.
    if hasIntermediates || parameters.contains(where: { bytes[$0] > 0x3B }) { return .removed }
    switch final {
    case 0x6D: return .graphicRendition(parameters)  // m
    case 0x4B: return .eraseInLine(number(parameters) ?? 0)  // K
    case 0x4A where number(parameters) ?? 0 == 0: return .eraseInLine(0)  // J
    case 0x43: return .cursor(.forward(max(1, number(parameters) ?? 1)))  // C
    case 0x44: return .cursor(.back(max(1, number(parameters) ?? 1)))  // D
    case 0x47, 0x60: return .cursor(.column(max(1, number(parameters) ?? 1)))  // G, `
    default: return .removed
    }
  }

  private func number(_ range: Range<Int>) -> Int? {
    var value: Int?
    for index in range {
      guard (0x30...0x39).contains(bytes[index]) else { break }
      value = min((value ?? 0) * 10 + Int(bytes[index] - 0x30), 1 << 20)
    }
    return value
  }
}
