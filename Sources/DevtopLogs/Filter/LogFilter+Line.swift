extension LogFilter {
  /// Whether the text and expressions of the filter match one line as a program printed it, without its line break.
  package func matchesText(of line: ArraySlice<UInt8>) -> Bool {
    let plain = line.withUnsafeBufferPointer { LineText.plain($0) }
    return !highlights(in: String(decoding: plain, as: UTF8.self)).isEmpty
  }
}
