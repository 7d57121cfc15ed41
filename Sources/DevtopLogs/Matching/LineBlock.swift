/// The text of a stretch of lines, one after the other, without escapes: the chunk's own where it has none.
struct LineBlock {
  private let chunk: Chunk
  /// The cleaned text, where the chunk's own would not do.
  private let cleaned: [UInt8]?
  /// Where each line begins, and where one after the last would.
  private let starts: [Int]

  init(_ chunk: Chunk, _ lines: Range<Int>) {
    self.chunk = chunk
    let entries = chunk.storage.entries
    if !lines.contains(where: { entries[$0].isDirty }) {
      cleaned = nil
      starts =
        lines.map { entries[$0].offset } + [
          lines.upperBound < chunk.lineCount ? entries[lines.upperBound].offset : chunk.byteCount
        ]
      return
    }
    var text: [UInt8] = []
    var starts: [Int] = []
    starts.reserveCapacity(lines.count + 1)
    for line in lines {
      starts.append(text.count)
      let raw = chunk.bytes(ofLine: line)
      if entries[line].isDirty {
        text.append(contentsOf: LineText.plain(raw))
      } else {
        text.append(contentsOf: raw)
      }
      text.append(0x0A)
    }
    starts.append(text.count)
    cleaned = text
    self.starts = starts
  }

  func withText(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<Int>) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      if let cleaned {
        cleaned.withUnsafeBufferPointer { body($0, starts) }
      } else {
        body(UnsafeBufferPointer(start: chunk.storage.text, count: chunk.byteCount), starts)
      }
    }
  }
}
