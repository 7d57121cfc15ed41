import DevtopCore
import Glibc

/// The beginning of a line whose end was not read yet.
struct PartialLine {
  /// Longer lines are cut here.
  static let maximumSizeInBytes = 64 << 10

  let source: LogSource
  var bytes: [UInt8] = []
  /// Bytes that came after `bytes` was full.
  var cutBytes = 0
  var time: WallTime
  /// It is no progress that goes on in one line, or too long for that.
  private var isWhole = false

  init(_ bytes: [UInt8] = [], source: LogSource, time: WallTime) {
    self.source = source
    self.time = time
    if !bytes.isEmpty { bytes.withUnsafeBufferPointer { append($0, at: time) } }
  }

  mutating func append(_ more: UnsafeBufferPointer<UInt8>, at time: WallTime) {
    if bytes.count + more.count > Self.maximumSizeInBytes, !isWhole { reduce() }
    let room = Self.maximumSizeInBytes - bytes.count
    bytes.append(contentsOf: more.prefix(room))
    cutBytes += max(0, more.count - room)
    self.time = time
  }

  /// Progress that goes on in one line is what it is now, not all that it was: what a terminal shows of it is enough.
  private mutating func reduce() {
    isWhole = true
    guard memchr(bytes, 0x0D, bytes.count) != nil else { return }
    var screen = TerminalScreen(rows: 1, columns: TerminalScreen.maximumColumns)
    screen.feed(bytes)
    // Too long for that.
    guard screen.takeScrolledOff().isEmpty, !screen.isWrapped(0) else { return }
    let reduced = screen.row(0).encoded + Array("\u{1B}[\(screen.cursor.column + 1)G".utf8)
    guard reduced.count < bytes.count / 2 else { return }
    bytes = reduced
    isWhole = false
  }

  /// The lines as rows after the last line, whose sequence is `end - 1`.
  static func rows(_ lines: [PartialLine], end: Int, _ reader: FormatReader) -> [LogRow] {
    lines.enumerated().map { $0.element.row(sequence: end + $0.offset, reader) }
  }

  private func row(sequence: Int, _ reader: FormatReader) -> LogRow {
    bytes.withUnsafeBufferPointer { line in
      LogRow(
        sequence: sequence, service: source.service, run: source.run, stream: source.stream,
        level: reader.level(of: line, isDirty: LineText.isDirty(line), by: source.formats), time: time,
        bytes: bytes, isTruncated: cutBytes > 0, isPartial: true, formats: source.formats)
    }
  }
}
