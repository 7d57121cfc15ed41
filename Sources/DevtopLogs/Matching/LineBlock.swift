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
    var flags: UInt32 = 0
    var starts = [Int](unsafeUninitializedCapacity: lines.count + 1) { starts, count in
      for line in lines {
        let entry = entries[line]
        flags |= entry.raw
        starts[line - lines.lowerBound] = entry.offset
      }
      starts[lines.count] =
        lines.upperBound < chunk.lineCount ? entries[lines.upperBound].offset : chunk.byteCount
      count = lines.count + 1
    }
    guard ChunkStorage.Entry(raw: flags).isDirty else {
      cleaned = nil
      self.starts = starts
      return
    }
    let size = starts[lines.count] - starts[0]
    var text: [UInt8] = []
    text.reserveCapacity(size + lines.count)
    starts.removeAll(keepingCapacity: true)
    for line in lines {
      starts.append(text.count)
      let raw = chunk.bytes(ofLine: line)
      if entries[line].isDirty {
        LineText.appendPlain(raw, to: &text)
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
