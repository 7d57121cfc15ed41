import Glibc

/// Where one line ends in a slice of what was read.
struct SplitLine {
  private var raw: UInt32

  init(end: Int, isDirty: Bool) { raw = UInt32(end) | (isDirty ? 1 << 31 : 0) }

  /// Offset of its line feed.
  var end: Int { Int(raw & 0x7FFF_FFFF) }
  var isDirty: Bool { raw >> 31 != 0 }
}

/// Finds the lines in what was read, before the store's lock is taken.
enum LineSplitter {
  /// Longer reads are taken in slices, so that the store's lock is held for microseconds.
  static let maximumSliceSize = 128 << 10
  static let maximumLineCount = 4096

  /// Appends the whole lines of the slice, at most `maximumLineCount`.
  static func split(_ slice: UnsafeBufferPointer<UInt8>, into lines: inout [SplitLine]) {
    guard let base = slice.baseAddress else { return }
    let mayBeDirty =
      memchr(base, 0x1B, slice.count) != nil || memchr(base, 0x0D, slice.count) != nil
      || memchr(base, 0x08, slice.count) != nil
    var start = 0
    while lines.count < maximumLineCount, start < slice.count,
      let found = memchr(base + start, 0x0A, slice.count - start)
    {
      let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      lines.append(
        SplitLine(
          end: end,
          isDirty: mayBeDirty && isDirty(UnsafeBufferPointer(start: base + start, count: end - start))))
      start = end + 1
    }
  }

  /// Whether the line's text differs from its bytes: escapes, backspaces, carriage returns before its end.
  static func isDirty(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = line.baseAddress else { return false }
    var count = line.count
    if count > 0, base[count - 1] == 0x0D { count -= 1 }
    return memchr(base, 0x1B, count) != nil || memchr(base, 0x0D, count) != nil
      || memchr(base, 0x08, count) != nil
  }
}
