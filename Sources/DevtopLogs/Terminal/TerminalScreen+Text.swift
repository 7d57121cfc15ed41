import DevtopCore

/// Bytes to characters.
extension TerminalScreen {
  /// Takes the next run of text, or one control character.
  mutating func feedText(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
    if !cut.isEmpty { return feedCut(bytes[index], &index) }
    let byte = bytes[index]
    switch byte {
    case 0x20..<0x7F:
      var end = index + 1
      while end < bytes.count, bytes[end] &- 0x20 < 0x5F { end += 1 }
      print(UnsafeBufferPointer(rebasing: bytes[index..<end]))
      index = end
    case 0x7F: index += 1
    case 0x00..<0x20:
      index += 1
      feedControl(byte)
    default:
      let (scalar, length) = UTF8Decoder.scalar(in: bytes, at: index)
      if let scalar {
        index += length
        feed(scalar)
      } else if index + length == bytes.count, (0xC2...0xF4).contains(byte) {
        cut.append(contentsOf: bytes[index...])
        index = bytes.count
      } else {
        index += length
        feed("\u{FFFD}")
      }
    }
  }

  /// Goes on with a character that was cut.
  private mutating func feedCut(_ byte: UInt8, _ index: inout Int) {
    cut.append(byte)
    let (scalar, length) = cut.withUnsafeBufferPointer { UTF8Decoder.scalar(in: $0, at: 0) }
    if let scalar {
      cut.removeAll(keepingCapacity: true)
      index += 1
      feed(scalar)
    } else if length == cut.count {
      index += 1
    } else {
      // The byte begins something else.
      cut.removeAll(keepingCapacity: true)
      feed("\u{FFFD}")
    }
  }

  private mutating func feedControl(_ byte: UInt8) {
    previous = 0
    joiner = 0
    if byte == 0x1B { parser.beginEscape() } else { execute(byte) }
  }

  /// Takes a scalar outside ASCII.
  ///
  /// C1 controls are those of U+0080–U+009F. As in xterm with UTF-8, a single byte of 0x80–0x9F is none: it is a
  /// character that was cut, and a string that it introduced would swallow the text behind it.
  private mutating func feed(_ scalar: Unicode.Scalar) {
    guard scalar.value >= 0xA0 else {
      previous = 0
      joiner = 0
      let code = UInt8(truncatingIfNeeded: scalar.value)
      if !parser.begin(code) { escape(intermediate: 0, final: code - 0x40) }
      return
    }
    let before = previous == 0 ? nil : Unicode.Scalar(previous)
    if joiner != 0 { return join(scalar, after: before) }
    if scalar.value == 0x200D || scalar.value == 0x200C {
      // Shown or not: what comes next decides.
      if before != nil { joiner = scalar.value }
      return
    }
    if VisibleScalar.isHidden(scalar, after: before, before: nil) {
      if DisplayWidth.columns(of: scalar.value) > 0 {
        for _ in 0..<DisplayWidth.columns(of: scalar.value) { printHidden() }
      }
      return
    }
    if joinsPrevious(scalar) {
      append(scalar.value)
    } else {
      print(scalar.value)
    }
    previous = scalar.value
  }

  /// Takes what is behind a joiner: parts of an emoji share its columns, letters are only shaped.
  private mutating func join(_ scalar: Unicode.Scalar, after before: Unicode.Scalar?) {
    let waiting = joiner
    joiner = 0
    guard let mark = Unicode.Scalar(waiting), !VisibleScalar.isHidden(mark, after: before, before: scalar)
    else { return feed(scalar) }
    append(waiting)
    guard let before, before.value > 0x2000 else { return feed(scalar) }
    append(scalar.value)
    previous = scalar.value
  }

  /// Skin tones behind an emoji, the second half of a flag (UTS #51).
  private func joinsPrevious(_ scalar: Unicode.Scalar) -> Bool {
    guard previous > 0x2000, let before = Unicode.Scalar(previous) else { return false }
    switch scalar.value {
    case 0x1F3FB...0x1F3FF: return before.properties.isEmojiModifierBase || previous == 0xFE0F
    case 0x1F1E6...0x1F1FF: return (0x1F1E6...0x1F1FF).contains(previous) && isLoneRegionalIndicator
    default: return false
    }
  }

  private var isLoneRegionalIndicator: Bool {
    guard let column = columnOfPrevious else { return false }
    return grid.cell(row: cursor.row, column: column).cluster == nil
  }

  private mutating func printHidden() {
    print(0xFFFD)
    previous = 0
  }
}
