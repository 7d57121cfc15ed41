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
    guard chunk.storage.entries[line].isDirty else {
      if state.isOrdinary(firstByte: bytes.first) {
        state.takeOrdinary()
        return false
      }
      return state.isContinuation(bytes)
    }
    if state.isOrdinary(firstByte: Self.firstVisible(bytes)) {
      state.takeOrdinary()
      return false
    }
    return LineText.plain(bytes).withUnsafeBufferPointer { state.isContinuation($0) }
  }

  /// The first byte behind colours; an escape where other sequences begin the line.
  private static func firstVisible(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt8? {
    var reader = ByteReader(bytes)
    while reader.peek == 0x1B {
      var trial = reader
      trial.position += 1
      guard trial.skip(UInt8(ascii: "[")) else { return 0x1B }
      _ = trial.take { $0 >= 0x30 && $0 <= 0x3F }
      guard trial.skip(UInt8(ascii: "m")) else { return 0x1B }
      reader = trial
    }
    return reader.peek
  }
}
