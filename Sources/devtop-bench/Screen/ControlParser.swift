/// Splits what is written to a terminal into characters and control functions (ECMA-48, UTF-8).
struct ControlParser {
  enum Step {
    case print(Unicode.Scalar)
    case control(UInt8)
    case escape(UInt8)
    /// `CSI parameters final`; private with one of `<=>?` before, or with intermediates.
    case sequence(UInt8, isPrivate: Bool, parameters: [Int])
  }

  private enum State {
    case ground
    case escape
    /// After `ESC` and an intermediate, such as a character set.
    case escapeIntermediate
    case sequence
    /// OSC, DCS and the like, to their end.
    case string
    case stringEscape
  }

  private var state = State.ground
  private var parameters: [Int] = []
  private var isPrivate = false
  private var scalar: UInt32 = 0
  private var continuationBytes = 0

  mutating func take(_ byte: UInt8) -> Step? {
    switch state {
    case .ground: return ground(byte)
    case .escape: return escape(byte)
    case .escapeIntermediate:
      if byte >= 0x30 { state = .ground }
    case .sequence: return sequence(byte)
    case .string:
      if byte == 0x07 { state = .ground } else if byte == 0x1B { state = .stringEscape }
    case .stringEscape: state = byte == UInt8(ascii: "\\") ? .ground : .string
    }
    return nil
  }

  private mutating func ground(_ byte: UInt8) -> Step? {
    switch byte {
    case 0x1B: state = .escape
    case 0..<0x20, 0x7F: return .control(byte)
    case 0x20..<0x80: return .print(Unicode.Scalar(byte))
    case 0x80..<0xC0:
      guard continuationBytes > 0 else { return nil }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
      continuationBytes -= 1
      if continuationBytes == 0 { return .print(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
    case 0xC0..<0xE0: (scalar, continuationBytes) = (UInt32(byte & 0x1F), 1)
    case 0xE0..<0xF0: (scalar, continuationBytes) = (UInt32(byte & 0x0F), 2)
    case _: (scalar, continuationBytes) = (UInt32(byte & 0x07), 3)
    }
    return nil
  }

  private mutating func escape(_ byte: UInt8) -> Step? {
    switch byte {
    case UInt8(ascii: "["):
      state = .sequence
      parameters = []
      isPrivate = false
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
      state = .string
    case 0x20..<0x30: state = .escapeIntermediate
    case _:
      state = .ground
      return .escape(byte)
    }
    return nil
  }

  private mutating func sequence(_ byte: UInt8) -> Step? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      if parameters.isEmpty { parameters = [0] }
      parameters[parameters.count - 1] =
        min(parameters[parameters.count - 1] * 10 + Int(byte - UInt8(ascii: "0")), 100_000)
    case UInt8(ascii: ";"), UInt8(ascii: ":"):
      if parameters.isEmpty { parameters = [0] }
      parameters.append(0)
    case 0x3C..<0x40, 0x20..<0x30: isPrivate = true
    case 0x40..<0x7F:
      state = .ground
      return .sequence(byte, isPrivate: isPrivate, parameters: parameters)
    case 0x1B: state = .escape
    case _: break
    }
    return nil
  }
}
