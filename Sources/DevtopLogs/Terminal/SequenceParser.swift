/// Finds control functions in a stream of bytes that may be cut anywhere.
///
/// ECMA-48 (5th edition) §5.3–5.6, with the habits of DEC's terminals and xterm (ctlseqs): controls within a sequence
/// are executed, CAN, SUB and ESC abort it, a BEL ends an OSC.
struct SequenceParser: Sendable {
  enum State: Sendable {
    case ground
    case escape
    case control
    /// A malformed or overlong control sequence, up to its end.
    case ignoredControl
    case string(isCommand: Bool)
  }

  enum Action {
    case none
    /// A C0 control.
    case execute(UInt8)
    /// ESC, an intermediate byte or 0, a final byte.
    case escape(intermediate: UInt8, final: UInt8)
    /// `parameters`, `prefix` and `intermediate` tell the rest.
    case control(final: UInt8)
    /// An operating system command, in `string`.
    case command
  }

  private(set) var state = State.ground
  /// `?`, `>`, `=`, `<` or 0.
  private(set) var prefix: UInt8 = 0
  /// 0 for none.
  private(set) var intermediate: UInt8 = 0
  /// Digits, `:` and `;`.
  private(set) var parameters: [UInt8] = []
  /// The beginning of an operating system command.
  private(set) var string: [UInt8] = []
  private var stringLength = 0
  private var previous: UInt8 = 0
  /// The ESC that came belongs, with a `\`, to a command.
  private var endsCommand = false

  private static let longestParameters = 512
  private static let longestCommand = 1024
  /// A string that is longer has no end: what follows is text again.
  private static let longestString = 1 << 22
  /// Several intermediate bytes: there are no such functions here.
  private static let several: UInt8 = 0xFF

  var isGround: Bool { if case .ground = state { true } else { false } }
  var isString: Bool { if case .string = state { true } else { false } }

  mutating func reset() {
    state = .ground
    endsCommand = false
  }

  mutating func beginEscape() {
    state = .escape
    intermediate = 0
  }

  /// Begins what a C1 control introduces.
  ///
  /// - Returns: false when it introduces nothing.
  mutating func begin(_ code: UInt8) -> Bool {
    switch code {
    case 0x9B:
      state = .control
      prefix = 0
      intermediate = 0
      parameters.removeAll(keepingCapacity: true)
    case 0x90, 0x98, 0x9D, 0x9E, 0x9F:
      state = .string(isCommand: code == 0x9D)
      string.removeAll(keepingCapacity: true)
      stringLength = 0
      previous = 0
    default: return false
    }
    return true
  }

  /// Takes one byte below 0x80 of an escape or control sequence.
  mutating func take(_ byte: UInt8) -> Action {
    switch byte {
    case 0x1B:
      endsCommand = false
      beginEscape()
      return .none
    case 0x18, 0x1A:
      reset()
      return .none
    case 0x7F: return .none
    case 0x00..<0x20: return .execute(byte)
    default: break
    }
    switch state {
    case .escape: return takeEscape(byte)
    case .control: return takeControl(byte)
    case .ignoredControl:
      if byte >= 0x40 { reset() }
      return .none
    case .ground, .string: return .none
    }
  }

  private mutating func takeEscape(_ byte: UInt8) -> Action {
    if byte < 0x30 {
      intermediate = intermediate == 0 ? byte : Self.several
      return .none
    }
    let isEnd = endsCommand && intermediate == 0 && byte == 0x5C
    reset()
    if isEnd { return .command }
    if intermediate == 0, byte >= 0x40, byte < 0x60, begin(byte + 0x40) { return .none }
    return .escape(intermediate: intermediate, final: byte)
  }

  private mutating func takeControl(_ byte: UInt8) -> Action {
    switch byte {
    case 0x20..<0x30: intermediate = intermediate == 0 ? byte : Self.several
    case 0x30..<0x3C where intermediate == 0:
      if parameters.count < Self.longestParameters {
        parameters.append(byte)
      } else {
        state = .ignoredControl
      }
    case 0x3C..<0x40 where intermediate == 0 && prefix == 0 && parameters.isEmpty: prefix = byte
    case 0x30..<0x40: state = .ignoredControl
    default:
      reset()
      return .control(final: byte)
    }
    return .none
  }

  /// Takes the bytes of a string, up to its end or that of the bytes.
  mutating func takeString(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Action {
    guard case .string(let isCommand) = state else { return .none }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x07 where isCommand:
        reset()
        return .command
      case 0x18, 0x1A:
        reset()
        return .none
      case 0x1B:
        beginEscape()
        endsCommand = isCommand
        return .none
      case 0x9C where previous == 0xC2:
        // String Terminator, U+009C.
        if isCommand, !string.isEmpty { string.removeLast() }
        reset()
        return isCommand ? .command : .none
      default: break
      }
      previous = byte
      stringLength += 1
      if isCommand, string.count < Self.longestCommand { string.append(byte) }
      if stringLength > Self.longestString {
        reset()
        return .none
      }
    }
    return .none
  }
}
