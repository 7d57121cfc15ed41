/// Which characters a reader could not see, or that would change how others are shown.
enum VisibleScalar {
  /// Whether the scalar is shown as `<U+202E>` instead of being printed.
  ///
  /// Bidi controls (UAX #9 §2), zero-width and filler characters, line separators, tags, noncharacters. A joiner
  /// between the parts of an emoji or between letters of scripts that need it stays, as do variation selectors.
  static func isHidden(
    _ scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?
  ) -> Bool {
    switch scalar.value {
    case 0x200D:
      if isEmojiPart(previous), isEmojiPart(next) { return false }
      return !(isJoining(previous) && isJoining(next))
    case 0x200C: return !(isJoining(previous) && isJoining(next))
    case 0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E: return true
    case 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F: return true
    case 0x3164, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB: return true
    case 0xFE00...0xFE0F: return previous == nil
    case 0xE0020...0xE007F:  // The flags of regions: a black flag and tags.
      guard let previous else { return true }
      return !(previous.value == 0x1F3F4 || (0xE0020...0xE007E).contains(previous.value))
    case 0xE0000...0xE0FFF: return true
    case 0x1D173...0x1D17A: return true
    case 0xFDD0...0xFDEF: return true
    default: return scalar.value & 0xFFFE == 0xFFFE
    }
  }

  private static func isEmojiPart(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar, scalar.value > 0x2000 else { return false }
    return scalar.value == 0xFE0F || scalar.properties.isEmoji || scalar.properties.isEmojiModifier
  }

  /// Arabic and the scripts of India, where joiners are spelling.
  private static func isJoining(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    switch scalar.value {
    case 0x0600...0x08FF, 0x0900...0x0DFF: return scalar.properties.isAlphabetic || isMark(scalar)
    default: return false
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// `<U+202E>`.
  static func name(_ scalar: Unicode.Scalar) -> [UInt8] {
    var hex = String(scalar.value, radix: 16, uppercase: true)
    while hex.utf8.count < 4 { hex = "0" + hex }
    return Array("<U+\(hex)>".utf8)
  }

  /// Columns of a scalar on a terminal: 0, 1 or 2 (UAX #11, emoji as terminals draw them).
  ///
  /// Good enough to find tab stops and what a carriage return overwrites; layout belongs to the screen.
  static func width(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return 1 }
    switch value {
    case 0x1100...0x115E, 0x231A...0x231B, 0x23E9...0x23EC, 0x2E80...0x303E, 0x3041...0x33FF,
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    case 0x200B...0x200F, 0xFE00...0xFE0F, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F: return 0
    default: break
    }
    if value >= 0x2600, scalar.properties.isEmojiPresentation { return 2 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: return 1
    }
  }
}
