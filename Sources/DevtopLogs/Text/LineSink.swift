import DevtopCore

/// Receives what a line prints and what it does to the cursor.
protocol LineSink {
  /// Where the next character goes, from 0.
  var column: Int { get }
  mutating func write(ascii: UnsafeBufferPointer<UInt8>)
  mutating func write(_ scalar: Unicode.Scalar, width: Int)
  mutating func setStyle(_ style: TextStyle)
  /// - Returns: false where the sink cannot do that.
  mutating func moveCursor(to column: Int) -> Bool
  /// As Erase in Line (ECMA-48 §8.3.41): 0 to the end, 1 from the start, 2 all.
  ///
  /// - Returns: false where the sink cannot do that.
  mutating func erase(_ part: Int) -> Bool
}

/// A line's text with its styles.
struct StyledBytes: Equatable {
  /// Valid UTF-8.
  var bytes: [UInt8] = []
  /// Where a style begins; the text before the first is plain.
  var styles: [(start: Int, style: TextStyle)] = []

  static func == (left: StyledBytes, right: StyledBytes) -> Bool {
    left.bytes == right.bytes && left.styles.elementsEqual(right.styles) { $0 == $1 }
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    styles.removeAll(keepingCapacity: true)
  }

  mutating func begin(_ style: TextStyle) {
    if styles.last?.start == bytes.count { styles.removeLast() }
    if style != (styles.last?.style ?? .plain) { styles.append((bytes.count, style)) }
  }

  var styledText: StyledText {
    var spans: [StyledText.Span] = []
    func add(_ range: Range<Int>, _ style: TextStyle) {
      guard !range.isEmpty else { return }
      spans.append(StyledText.Span(text: String(decoding: bytes[range], as: UTF8.self), style: style))
    }
    add(0..<(styles.first?.start ?? bytes.count), .plain)
    for (index, run) in styles.enumerated() {
      let end = index + 1 < styles.count ? styles[index + 1].start : bytes.count
      add(run.start..<end, run.style)
    }
    return StyledText(spans: spans)
  }
}
