/// The beginning of a body, kept for the Requests pane.
struct Capture {
  /// Zero: nothing is kept.
  var limitInBytes = 0
  private(set) var bytes: [UInt8] = []

  init() {}
  init(limitInBytes: Int) { self.limitInBytes = limitInBytes }

  /// Nil where nothing was to be kept.
  var kept: [UInt8]? { limitInBytes > 0 ? bytes : nil }

  @inline(__always)
  mutating func add(_ piece: UnsafeRawBufferPointer) {
    guard bytes.count < limitInBytes else { return }
    bytes.append(contentsOf: piece.prefix(limitInBytes - bytes.count))
  }
}
