import DevtopCore

/// Which lines of a chunk go on with the record of a line before.
struct RecordMarks: Sendable {
  /// Lines that were looked at, from the first.
  private(set) var scannedCount = 0
  private(set) var continuations = LineSet(base: 0, end: 0)
  /// By the number of the source.
  private(set) var states: [UInt32: RecordState]

  /// Begins where another chunk ended.
  init(after states: [UInt32: RecordState] = [:]) { self.states = states }

  /// Looks at the lines that came since.
  mutating func scan(_ chunk: Chunk) {
    guard scannedCount < chunk.lineCount else { return }
    continuations.grow(to: chunk.lineCount)
    var segment = chunk.segmentIndex(ofLine: scannedCount)
    while segment < chunk.segmentCount {
      let source = chunk.source(ofSegment: segment)
      let lines = chunk.lines(ofSegment: segment).clamped(to: scannedCount..<chunk.lineCount)
      if source.stream != .marker {
        var state = states[source.id] ?? RecordState()
        for line in lines where isContinuation(line, chunk, &state) { continuations.insert(line) }
        states[source.id] = state
      }
      segment += 1
    }
    scannedCount = chunk.lineCount
  }

  private func isContinuation(_ line: Int, _ chunk: Chunk, _ state: inout RecordState) -> Bool {
    let bytes = chunk.bytes(ofLine: line)
    guard chunk.storage.entries[line].isDirty else { return state.isContinuation(bytes) }
    return LineText.plain(bytes).withUnsafeBufferPointer { state.isContinuation($0) }
  }
}
