import DevtopCore

extension InputParser {
  /// A typed character or a control key.
  func parseText(_ bytes: ArraySlice<UInt8>, _ items: inout [Item]) -> Int? {
    let first = bytes[bytes.startIndex]
    switch first {
    case 0x00: return 1
    case 0x09: items.append(.event(.key(.tab)))
    case 0x0A, 0x0D: items.append(.event(.key(.enter)))
    case 0x7F: items.append(.event(.key(.backspace)))
    case 0x01...0x1A, 0x1C...0x1F:
      // Control takes away the upper bits: ^A is 0x01, ^\ is 0x1C.
      let letter = first < 0x1B ? first + 0x60 : first + 0x40
      items.append(.event(.key(.control(Character(Unicode.Scalar(letter))))))
    case ..<0x80: items.append(.event(.key(.character(Character(Unicode.Scalar(first))))))
    default: return parseUTF8(bytes, &items)
    }
    return 1
  }

  /// RFC 3629 §3; bytes that are not UTF-8 are dropped.
  private func parseUTF8(_ bytes: ArraySlice<UInt8>, _ items: inout [Item]) -> Int? {
    let length: Int
    switch bytes[bytes.startIndex] {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return 1
    }
    let sequence = bytes.prefix(length)
    if let wrong = sequence.dropFirst().firstIndex(where: { $0 & 0xC0 != 0x80 }) {
      return wrong - bytes.startIndex
    }
    guard sequence.count == length else { return nil }
    let text = String(decoding: sequence, as: UTF8.self)
    if let character = text.first, character != "\u{FFFD}",
      (character.unicodeScalars.first?.value ?? 0) >= 0xA0
    {
      items.append(.event(.key(.character(character))))
    }
    return length
  }

  /// The last byte of `ESC [ …`, with or without modifiers before it.
  static func lettered(_ final: UInt8) -> Key? {
    switch final {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "F"): .end
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "Z"): .backTab
    case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(final - UInt8(ascii: "P")) + 1)
    default: nil
    }
  }

  /// The byte after `ESC O`.
  static func keypad(_ final: UInt8) -> Key? {
    switch final {
    case UInt8(ascii: "M"): .enter
    case UInt8(ascii: "j")...UInt8(ascii: "y"):
      // The keypad in application mode: `*+,-./` and the digits.
      .character(Character(Unicode.Scalar(final - UInt8(ascii: "j") + UInt8(ascii: "*"))))
    default: lettered(final)
    }
  }

  /// The number in `ESC [ n ~`.
  static func numbered(_ number: Int) -> Key? {
    switch number {
    case 1, 7: .home
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23, 24: .function(number - 12)
    default: nil
    }
  }

  /// `ESC [ < button ; column ; row M`, columns and rows from 1.
  static func mouse(_ numbers: [Int], isPress: Bool) -> Event? {
    let (button, column, row) = (numbers[0], numbers[1] - 1, numbers[2] - 1)
    guard column >= 0, row >= 0 else { return nil }
    // Shift, Alt and Control are bits 2 to 4; movement is bit 5.
    switch (button & ~0b11100, isPress) {
    case (0, true): return .clicked(column: column, row: row)
    case (0, false): return .released
    case (32, true): return .dragged(column: column, row: row)
    case (64, true): return .scrolled(column: column, row: row, by: -3)
    case (65, true): return .scrolled(column: column, row: row, by: 3)
    default: return nil
    }
  }
}
