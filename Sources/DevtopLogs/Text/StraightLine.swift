import DevtopCore

/// A line that is printed from left to right, as nearly all are.
struct StraightLine: LineSink {
  private(set) var result = StyledBytes()
  private(set) var column = 0
  private var style = TextStyle.plain

  mutating func restart() {
    result.removeAll()
    column = 0
    style = .plain
  }

  mutating func write(ascii: UnsafeBufferPointer<UInt8>) {
    result.bytes.append(contentsOf: ascii)
    column += ascii.count
  }

  mutating func write(_ scalar: Unicode.Scalar, width: Int) {
    result.bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    column += width
  }

  mutating func setStyle(_ style: TextStyle) {
    self.style = style
    result.begin(style)
  }

  mutating func moveCursor(to column: Int) -> Bool {
    guard column >= self.column else { return false }
    guard column > self.column else { return true }
    // What the cursor skips has no colour.
    result.begin(.plain)
    result.bytes.append(contentsOf: repeatElement(0x20, count: column - self.column))
    result.begin(style)
    self.column = column
    return true
  }

  mutating func erase(_ part: Int) -> Bool { part == 0 || column == 0 }
}
