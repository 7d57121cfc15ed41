/// Control functions to what they do.
extension TerminalScreen {
  mutating func perform(_ action: SequenceParser.Action) {
    switch action {
    case .none: break
    case .execute(let byte): execute(byte)
    case .escape(let intermediate, let final): escape(intermediate: intermediate, final: final)
    case .control(let final):
      readNumbers()
      control(final)
    case .command: command()
    }
  }

  /// C0 (ECMA-48 §8.3; VT510, "C0 control characters").
  mutating func execute(_ byte: UInt8) {
    switch byte {
    case 0x08: moveBack(1)
    case 0x09: tab(1)
    case 0x0A, 0x0B, 0x0C:
      index()
      if modes.newLine { cursor.column = 0 }
    case 0x0D: moveTo(column: 0)
    case 0x0E: charsets.isShifted = true
    case 0x0F: charsets.isShifted = false
    default: break
    }
  }

  /// `ESC …`; C1 controls come as their form of two bytes.
  mutating func escape(intermediate: UInt8, final: UInt8) {
    switch (intermediate, final) {
    case (0, 0x44): index()  // D, IND
    case (0, 0x45):  // E, NEL
      index()
      moveTo(column: 0)
    case (0, 0x48): tabs.set(cursor.column, true)  // H, HTS
    case (0, 0x4D): reverseIndex()  // M, RI
    case (0, 0x37): saveCursor()
    case (0, 0x38): restoreCursor()
    case (0, 0x3D): modes.applicationKeypad = true  // =, DECKPAM
    case (0, 0x3E): modes.applicationKeypad = false  // >, DECKPNM
    case (0, 0x63): reset()  // c, RIS
    case (0x23, 0x38): alignmentPattern()  // # 8, DECALN
    case (0x28, _), (0x29, _): charsets.designate(intermediate, final)
    default: break
    }
  }

  /// `CSI …`.
  private mutating func control(_ final: UInt8) {
    switch (parser.prefix, parser.intermediate) {
    case (0, 0): standard(final)
    case (0x3F, 0): privateControl(final)  // ?
    case (0x3E, 0) where final == 0x63: reportSecondaryAttributes()  // > c
    case (0, 0x21) where final == 0x70: softReset()  // ! p
    case (0, 0x24) where final == 0x70: reportMode(isPrivate: false)  // $ p
    case (0x3F, 0x24) where final == 0x70: reportMode(isPrivate: true)
    default: break
    }
  }

  private mutating func standard(_ final: UInt8) {
    switch final {
    case 0x40: insertCharacters(count)  // @, ICH
    case 0x41: moveUp(count)  // A, CUU
    case 0x42, 0x65: moveDown(count)  // B, CUD; e, VPR
    case 0x43, 0x61: moveForward(count)  // C, CUF; a, HPR
    case 0x44: moveBack(count)  // D, CUB
    case 0x45:  // E, CNL
      moveDown(count)
      moveTo(column: 0)
    case 0x46:  // F, CPL
      moveUp(count)
      moveTo(column: 0)
    case 0x47, 0x60: moveTo(column: count - 1)  // G, CHA; `, HPA
    case 0x48, 0x66: moveTo(row: count - 1, column: number(1, or: 1) - 1)  // H, CUP; f, HVP
    case 0x49: tab(count)  // I, CHT
    case 0x4A: eraseInDisplay(number(0))
    case 0x4B: eraseInLine(number(0))
    case 0x4C: insertLines(count)
    case 0x4D: deleteLines(count)
    case 0x50: deleteCharacters(count)
    case 0x53: scroll(region, by: count)  // S, SU
    case 0x54 where numbers.count == 1: scroll(region, by: -count)  // T, SD
    case 0x58: eraseCharacters(count)
    case 0x5A: tab(-count)  // Z, CBT
    case 0x62: repeatLast(count)
    case 0x63 where number(0) == 0: reportAttributes()  // c
    case 0x64: moveTo(row: count - 1, column: cursor.column)  // d, VPA
    case 0x67: clearTab(number(0))
    case 0x68: setModes(true)
    case 0x6C: setModes(false)
    case 0x6D: setRendition()
    case 0x6E: reportStatus(number(0))
    case 0x72: setRegion()
    case 0x73: saveCursor()
    case 0x75: restoreCursor()
    default: break
    }
  }

  private mutating func privateControl(_ final: UInt8) {
    switch final {
    case 0x4A: eraseInDisplay(number(0))  // DECSED and DECSEL: nothing is protected.
    case 0x4B: eraseInLine(number(0))
    case 0x57 where number(0) == 5: tabs = TabStops(columns: columns)  // W, DECST8C
    case 0x68: setPrivateModes(true)
    case 0x6C: setPrivateModes(false)
    case 0x6E: reportPrivateStatus(number(0))
    default: break
    }
  }

  // MARK: - Numbers

  private static let largestNumber = 1 << 16
  private static let mostNumbers = 32

  /// Reads `parser.parameters`; what is left out is 0.
  ///
  /// Of a number with parts (`4:3`) the first counts.
  private mutating func readNumbers() {
    numbers.removeAll(keepingCapacity: true)
    var value = 0
    var isPart = false
    for byte in parser.parameters {
      switch byte {
      case 0x3B:
        numbers.append(value)
        if numbers.count == Self.mostNumbers { return }
        value = 0
        isPart = false
      case 0x3A: isPart = true
      default: if !isPart { value = min(value * 10 + Int(byte - 0x30), Self.largestNumber) }
      }
    }
    numbers.append(value)
  }

  /// A number, from 0; where it is left out or 0, what it stands for.
  func number(_ index: Int, or other: Int = 0) -> Int {
    guard index < numbers.count, numbers[index] != 0 else { return other }
    return numbers[index]
  }

  /// The first number, where 0 and nothing mean 1.
  private var count: Int { number(0, or: 1) }

  // MARK: - Colours, characters

  private mutating func setRendition() {
    let isPlain = numbers.count < Self.mostNumbers && !parser.parameters.contains(0x3A)
    if isPlain, !numbers.contains(where: { $0 == 38 || $0 == 48 || $0 == 58 }) {
      for number in numbers { GraphicRendition.simple(number, &style) }
    } else {
      let parameters = parser.parameters
      parameters.withUnsafeBufferPointer {
        GraphicRendition.apply(0..<parameters.count, of: $0, to: &style)
      }
    }
  }

  /// REP (ECMA-48 §8.3.103): a row's worth at most.
  private mutating func repeatLast(_ count: Int) {
    guard lastPrinted != 0 else { return }
    let count = min(count, columns)
    if charsets.current == .ascii, lastPrinted < 0x7F {
      let text = Array(repeating: UInt8(truncatingIfNeeded: lastPrinted), count: count)
      text.withUnsafeBufferPointer { print($0) }
    } else {
      for _ in 0..<count { print(lastPrinted) }
    }
    previous = 0
  }

  // MARK: - Commands

  private static let longestTitle = 256

  /// Operating system commands: 0 and 2 give the window a title; all else is swallowed.
  private mutating func command() {
    let text = parser.string
    guard text.count >= 2, text[0] == 0x30 || text[0] == 0x32, text[1] == 0x3B else { return }
    var title: [UInt8] = []
    text.withUnsafeBufferPointer { text in
      var index = 2
      var previous: Unicode.Scalar?
      while index < text.count {
        let (decoded, length) = UTF8Decoder.scalar(in: text, at: index)
        index += length
        let scalar = decoded ?? "\u{FFFD}"
        let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        if isControl || VisibleScalar.isHidden(scalar, after: previous, before: nil) { continue }
        let bytes = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        guard title.count + bytes.count <= Self.longestTitle else { return }
        title.append(contentsOf: bytes)
        previous = scalar
      }
    }
    self.title = title
  }
}
