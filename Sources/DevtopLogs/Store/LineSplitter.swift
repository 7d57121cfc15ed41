import CScan

/// Where one line ends in a slice of what was read.
struct SplitLine {
  /// As `scan_lines` writes it.
  private var raw: UInt32

  /// Offset of its line feed.
  var end: Int { Int(raw & ~SCAN_LINE_IS_DIRTY) }
  var isDirty: Bool { raw & SCAN_LINE_IS_DIRTY != 0 }
}

/// Finds the lines in what was read, before the store's lock is taken.
enum LineSplitter {
  /// Longer reads are taken in slices, so that the store's lock is held for microseconds.
  static let maximumSliceSize = 128 << 10
  static let maximumLineCount = 4096

  /// The whole lines of the slice, at most `maximumLineCount`.
  static func split(_ slice: UnsafeBufferPointer<UInt8>) -> [SplitLine] {
    guard let text = slice.baseAddress else { return [] }
    // More than there are bytes are not needed: most reads of a quiet service are a line or two.
    let room = min(maximumLineCount, slice.count)
    return Array(unsafeUninitializedCapacity: room) { lines, count in
      guard let entries = lines.baseAddress else { return }
      count = entries.withMemoryRebound(to: UInt32.self, capacity: room) {
        scan_lines(text, slice.count, $0, room)
      }
    }
  }

  /// Whether the line's text differs from its bytes: escapes, backspaces, carriage returns before its end.
  static func isDirty(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    line.baseAddress.map { scan_is_dirty($0, line.count) } ?? false
  }
}
