import CScan
import DevtopCore

/// What a terminal would show for a line: its text and colours, and nothing that acts on a terminal.
enum LineText {
  private static let tabWidth = 8
  private static let unlimited = 1 << 40
  /// Moves further to the right are taken as moves to here.
  private static let maximumColumn = 4096

  /// Whether the text differs from the bytes: escapes, backspaces, carriage returns before the end.
  static func isDirty(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    line.baseAddress.map { scan_is_dirty($0, line.count) } ?? false
  }

  /// The text with its colours, tabs expanded.
  static func styled(_ line: UnsafeBufferPointer<UInt8>, columnLimit: Int = .max) -> StyledText {
    clean(line, keepsTabs: false, columnLimit: min(columnLimit, unlimited)).styledText
  }

  /// The text alone, as valid UTF-8, tabs kept.
  static func plain(_ line: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(line.count)
    appendPlain(line, to: &text)
    return text
  }

  /// Adds the same to other text.
  static func appendPlain(_ line: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    guard let start = line.baseAddress else { return }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: line.count) { scratch in
      guard let target = scratch.baseAddress else { return }
      let size = scan_plain(start, line.count, target)
      // `SIZE_MAX` is -1 here.
      if size >= 0 {
        text.append(contentsOf: UnsafeBufferPointer(rebasing: scratch[..<size]))
      } else {
        text.append(contentsOf: cleaned(line))
      }
    }
  }

  /// The same of lines that `scan_plain` does not know.
  static func cleaned(_ line: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    clean(line, keepsTabs: true, columnLimit: unlimited).bytes
  }

  private static func clean(
    _ line: UnsafeBufferPointer<UInt8>, keepsTabs: Bool, columnLimit: Int
  ) -> StyledBytes {
    var straight = StraightLine()
    if print(line, on: &straight, keepsTabs: keepsTabs, columnLimit: columnLimit) { return straight.result }
    var overwritten = OverwrittenLine()
    _ = print(line, on: &overwritten, keepsTabs: keepsTabs, columnLimit: unlimited)
    return overwritten.result
  }

  /// - Returns: false when the line does something that the sink cannot do.
  private static func print(
    _ line: UnsafeBufferPointer<UInt8>, on sink: inout some LineSink, keepsTabs: Bool, columnLimit: Int
  ) -> Bool {
    var scanner = EscapeScanner(line)
    var style = TextStyle.plain
    while sink.column < columnLimit, let token = scanner.next() {
      switch token {
      case .text(let range):
        write(UnsafeBufferPointer(rebasing: line[range]), on: &sink, columnLimit: columnLimit)
      case .control(0x0D):
        if sink.column == 0 { continue }
        if line[scanner.position...].allSatisfy({ $0 == 0x0D }) { return true }
        guard sink.moveCursor(to: 0) else { return false }
      case .control(0x08):
        guard sink.column == 0 || sink.moveCursor(to: sink.column - 1) else { return false }
      case .control(0x09) where keepsTabs: sink.write(Unicode.Scalar(0x09), width: 1)
      case .control(0x09):
        let stop = min(sink.column / tabWidth + 1, maximumColumn) * tabWidth
        for _ in sink.column..<max(stop, sink.column) { sink.write(Unicode.Scalar(0x20), width: 1) }
      case .control(0x0E), .control(0x0F): break  // Shift in and out: character sets.
      case .control(0x00): sink.write("␀", width: 1)
      case .control(let byte):
        write([0x5E, byte ^ 0x40], on: &sink)
      case .c1(let code): write(VisibleScalar.name(Unicode.Scalar(code)), on: &sink)
      case .graphicRendition(let parameters):
        GraphicRendition.apply(parameters, of: line, to: &style)
        sink.setStyle(style)
      case .eraseInLine(let part): guard sink.erase(part) else { return false }
      case .cursor(let move): guard sink.moveCursor(to: target(move, sink.column)) else { return false }
      case .removed: break
      }
    }
    return true
  }

  private static func target(_ move: EscapeScanner.CursorMove, _ column: Int) -> Int {
    switch move {
    case .forward(let count): min(column + count, max(column, maximumColumn))
    case .back(let count): max(0, column - count)
    case .column(let number): min(number - 1, max(column, maximumColumn))
    }
  }

  private static func write(_ ascii: [UInt8], on sink: inout some LineSink) {
    ascii.withUnsafeBufferPointer { sink.write(ascii: $0) }
  }

  private static func write(
    _ text: UnsafeBufferPointer<UInt8>, on sink: inout some LineSink, columnLimit: Int
  ) {
    var index = 0
    var previous: Unicode.Scalar?
    while index < text.count, sink.column <= columnLimit {
      if text[index] < 0x80 {
        let limit = min(text.count - index, columnLimit - sink.column + 1) + index
        var end = index + 1
        while end < limit, text[end] < 0x80 { end += 1 }
        sink.write(ascii: UnsafeBufferPointer(rebasing: text[index..<end]))
        previous = Unicode.Scalar(text[end - 1])
        index = end
        continue
      }
      let (decoded, length) = UTF8Decoder.scalar(in: text, at: index)
      index += length
      let scalar = decoded ?? "\u{FFFD}"
      let next = index < text.count ? UTF8Decoder.scalar(in: text, at: index).scalar : nil
      if VisibleScalar.isHidden(scalar, after: previous, before: next) {
        write(VisibleScalar.name(scalar), on: &sink)
        previous = ">"
        continue
      }
      // The parts of a joined emoji share the columns of the first.
      let isJoined = previous?.value == 0x200D && VisibleScalar.width(scalar) == 2
      sink.write(scalar, width: isJoined ? 0 : VisibleScalar.width(scalar))
      previous = scalar
    }
  }
}
