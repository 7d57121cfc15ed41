import DevtopCore
import Testing

@testable import DevtopLogs

/// What is known of a chunk after two questions, the second of which was asked of its end only.
struct NarrowedEntryTests {
  private func answer(_ stretch: Range<Int>, _ found: [Int]) throws -> LineAnswer {
    let none = LineSet(base: stretch.lowerBound, end: stretch.upperBound)
    var lines = none
    for line in found { lines.insert(line) }
    let storage = ChunkStorage(try #require(ChunkMemory(textCapacity: 1 << 17)))
    let chunk = Chunk(storage: storage, ordinal: 0, firstSequence: 0, firstTime: WallTime(milliseconds: 0))
    let folds = Folds(
      RecordGroups(in: stretch, of: chunk, RecordMarks()), of: chunk, RecordMarks(), unfolded: nil)
    return LineAnswer(decided: LineSet(stretch), lines: lines, markers: none, context: none, folds: folds)
  }

  @Test(arguments: [0, 64, 128, 1_000])
  func `what the newer one did not ask is known from the older`(_ start: Int) throws {
    var entry = ViewIndex.Entry(outline: ChunkOutline(ordinal: 0, firstSequence: 0, lineCount: 4_000))
    entry.settle(start..<4_000, try answer(start & ~63..<4_000, [start + 3, 2_000, 3_990]))
    entry = entry.narrowed(nil)
    entry.settle(3_008..<4_000, try answer(3_008..<4_000, [3_990]))
    let narrowing = entry.narrowed(nil).narrowing
    #expect(narrowing?.lines == start..<4_000)
    var left: [Int] = []
    narrowing?.candidates(in: start..<4_000).forEach { line in
      left.append(line)
      return true
    }
    #expect(left == [start + 3, 2_000, 3_990])
  }
}
