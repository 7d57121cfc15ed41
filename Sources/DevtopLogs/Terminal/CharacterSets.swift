/// The graphic character sets that are in use: ISO 2022 as DEC's terminals have it (VT510, "SCS").
struct CharacterSets: Equatable, Sendable {
  enum Set: Equatable, Sendable {
    case ascii
    /// `#` is the pound sign.
    case british
    /// DEC Special Graphics: line drawing.
    case lines
  }

  /// G0 and G1.
  private var sets: [Set] = [.ascii, .ascii]
  /// Shift Out has put G1 into use.
  var isShifted = false

  var current: Set { sets[isShifted ? 1 : 0] }

  /// Select Character Set: `ESC ( 0` and its like; what else there is, is taken for ASCII.
  mutating func designate(_ intermediate: UInt8, _ final: UInt8) {
    let index: Int
    switch intermediate {
    case 0x28: index = 0  // (
    case 0x29: index = 1  // )
    default: return
    }
    switch final {
    case 0x30, 0x32: sets[index] = .lines  // 0, and 2 of the ROM alternative.
    case 0x41: sets[index] = .british
    default: sets[index] = .ascii
    }
  }

  /// The scalar that a byte of 0x20–0x7E stands for.
  func scalar(_ byte: UInt8) -> UInt32 {
    switch current {
    case .ascii: UInt32(byte)
    case .british: byte == 0x23 ? 0xA3 : UInt32(byte)
    case .lines: byte >= 0x5F ? Self.lineDrawing[Int(byte) - 0x5F] : UInt32(byte)
    }
  }

  /// 0x5F–0x7E (VT510, "DEC Special Graphic"), in Unicode as terminfo's `acsc` is mapped.
  private static let lineDrawing: [UInt32] = [
    0x20, 0x25C6, 0x2592, 0x2409, 0x240C, 0x240D, 0x240A, 0xB0, 0xB1, 0x2424, 0x240B, 0x2518, 0x2510,
    0x250C, 0x2514, 0x253C, 0x23BA, 0x23BB, 0x2500, 0x23BC, 0x23BD, 0x251C, 0x2524, 0x2534, 0x252C,
    0x2502, 0x2264, 0x2265, 0x3C0, 0x2260, 0xA3, 0xB7,
  ]
}
