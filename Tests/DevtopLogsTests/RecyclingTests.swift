import DevtopCore
import Testing

@testable import DevtopLogs

/// Chunks that were dropped give their memory to new ones, unless somebody reads them.
struct RecyclingTests {
  private static func lines(_ name: String, _ count: Int) -> String {
    (0..<count).map { "\(name) \($0) of the flood that goes on\n" }.joined()
  }

  private func storages(_ store: LogStore) -> Set<ObjectIdentifier> {
    store.read { Set($0.chunks.map { ObjectIdentifier($0.storage) }) }
  }

  @Test func `a flood beyond the limit takes no new memory`() throws {
    let store = LogStore(1 << 20)
    let source = store.source()
    store.append(Self.lines("first", 500), from: source)
    // What the system gives is zero where nothing was written yet.
    let first = try #require(store.read { $0.chunks.first })
    #expect(first.storage.text[first.storage.textCapacity - 1] == 0)
    #expect(first.byteCount < first.storage.textCapacity)
    for round in 0..<60 { store.append(Self.lines("round \(round)", 2_000), from: source) }
    #expect(store.statistics.droppedLines > 60_000)
    let newest = try #require(store.read { $0.chunks.last?.storage })
    // Short of the end by less than a line, for which there was no room.
    #expect(newest.text[newest.textCapacity - 64] != 0)
  }

  @Test func `what somebody still reads is not written over`() throws {
    let store = LogStore(1 << 20)
    let source = store.source()
    store.append(Self.lines("first", 500), from: source)
    let held = try #require(store.read { $0.chunks.first })
    for round in 0..<60 { store.append(Self.lines("round \(round)", 2_000), from: source) }
    #expect(store.statistics.droppedLines > 60_000)
    #expect(!storages(store).contains(ObjectIdentifier(held.storage)))
    #expect(String(decoding: held.bytes(ofLine: 7), as: UTF8.self) == "first 7 of the flood that goes on")
  }

  @Test func `nothing that was found in the old text is taken for the new`() {
    let store = LogStore(1 << 20)
    let source = store.source()
    for round in 0..<20 {
      // In turn, so that a level that was kept would be the wrong one.
      let level = round.isMultiple(of: 2) ? "ERROR" : "INFO"
      store.append(Self.lines(level, 4_000), from: source)
      for chunk in store.read({ $0.chunks }) {
        let all = LineSet(0..<chunk.lineCount)
        let levels = chunk.levels(of: all, in: 0..<chunk.lineCount, FormatReader())
        let asText = (0..<chunk.lineCount).map {
          chunk.bytes(ofLine: $0).first == UInt8(ascii: "E")
            ? LogLevel.error.rawValue : LogLevel.info.rawValue
        }
        #expect(levels == asText)
      }
    }
  }
}
