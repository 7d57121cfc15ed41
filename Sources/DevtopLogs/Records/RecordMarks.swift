import CScan
import DevtopCore

/// Which lines of a chunk go on with the record of a line before, and which say what that said.
struct RecordMarks: Sendable {
  /// Lines that were looked at, from the first.
  private(set) var scannedCount = 0
  private(set) var continuations = LineSet(base: 0, end: 0)
  /// Lines that say the same as the line before of their source, but for the time.
  private(set) var repeats = LineSet(base: 0, end: 0)
  /// By the number of the source.
  private(set) var states: [UInt32: RecordState]
  /// The newest line of each source, while it is a record of its own.
  private var newest: [UInt32: Int] = [:]

  /// Begins where another chunk ended.
  init(after states: [UInt32: RecordState] = [:]) { self.states = states }

  /// Looks at the lines that came since.
  mutating func scan(_ chunk: Chunk) {
    guard scannedCount < chunk.lineCount else { return }
    continuations.grow(to: chunk.lineCount)
    repeats.grow(to: chunk.lineCount)
    let superseded = chunk.superseded
    var segment = chunk.segmentIndex(ofLine: scannedCount)
    while segment < chunk.segmentCount {
      let source = chunk.source(ofSegment: segment)
      let lines = chunk.lines(ofSegment: segment).clamped(to: scannedCount..<chunk.lineCount)
      if source.stream != .marker {
        var state = states[source.id] ?? RecordState()
        var newest = newest[source.id]
        for line in lines {
          if isContinuation(line, chunk, &state) {
            continuations.insert(line)
            // What has more behind it than what it repeats is no repeat, nor is it repeated.
            if let head = newest { repeats.remove(head) }
            newest = nil
          } else {
            if let before = newest, !superseded.contains(before), isRepeat(line, of: before, chunk) {
              repeats.insert(line)
            }
            newest = line
          }
        }
        states[source.id] = state
        self.newest[source.id] = newest
      }
      segment += 1
    }
    scannedCount = chunk.lineCount
  }

  private func isRepeat(_ line: Int, of other: Int, _ chunk: Chunk) -> Bool {
    let text = chunk.bytes(ofLine: line)
    let before = chunk.bytes(ofLine: other)
    guard text.count == before.count, let start = text.baseAddress, let otherStart = before.baseAddress else {
      return false
    }
    // Blank lines are room between others.
    return scan_is_repeat(start, otherStart, text.count) && !RecordLine(text).isBlank
  }

  private func isContinuation(_ line: Int, _ chunk: Chunk, _ state: inout RecordState) -> Bool {
    let bytes = chunk.bytes(ofLine: line)
    guard chunk.storage.entries[line].isDirty else { return state.isContinuation(bytes) }
    return LineText.plain(bytes).withUnsafeBufferPointer { state.isContinuation($0) }
  }
}
