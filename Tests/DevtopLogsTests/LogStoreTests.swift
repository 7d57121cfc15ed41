import DevtopCore
import DevtopLogs
import Testing

struct LogStoreTests {
  private func texts(_ store: LogStore) -> [String] {
    store.lines(after: -1, limit: .max).map(\.plainText)
  }

  @Test func `lines of interleaved sources do not mix`() {
    let store = LogStore()
    let api = store.source("api")
    let web = store.source("web", .output)
    store.append("api be", from: api)
    store.append("web be", from: web)
    store.append("gins\napi 2\napi 3 be", from: api)
    store.append("gins\n", from: web)
    store.append("gins\n", from: api)
    let rows = store.lines(after: -1, limit: 10)
    #expect(rows.map(\.plainText) == ["api begins", "api 2", "web begins", "api 3 begins"])
    #expect(rows.map(\.service.name) == ["api", "api", "web", "api"])
    #expect(rows.map(\.stream) == [.terminal, .terminal, .output, .terminal])
    #expect(rows.map(\.sequence) == [0, 1, 2, 3])
  }

  @Test func `a prompt without a line feed is seen before it ends`() throws {
    let store = LogStore()
    let api = store.source()
    store.append("done\nName? ", from: api)
    let watched = WatchedView(store)
    let view = watched.view
    #expect(watched.wait { _ in view.rows(endingAt: nil, count: 10).count == 2 })
    let rows = view.rows(endingAt: nil, count: 10)
    #expect(rows.map(\.plainText) == ["done", "Name? "])
    #expect(rows.map(\.isPartial) == [false, true])
    #expect(store.lines(after: -1, limit: 10).count == 1)
    store.append("Ann\n", from: api)
    #expect(
      watched.wait { _ in view.last == 1 && view.rows(endingAt: 1, count: 1).first?.isPartial == false })
    #expect(view.rows(endingAt: nil, count: 10).map(\.plainText) == ["done", "Name? Ann"])
    #expect(view.rows(endingAt: nil, count: 10).allSatisfy { !$0.isPartial })
  }

  @Test func `finishing a source ends its last line, once`() {
    let store = LogStore()
    let api = store.source()
    store.append("bye", from: api)
    store.finish(api)
    store.finish(api)
    #expect(texts(store) == ["bye"])
    store.append("late\n", from: api)
    #expect(texts(store) == ["bye", "late"])
  }

  @Test func `the carriage return of a terminal's line end is no text`() throws {
    let store = LogStore()
    let api = store.source()
    store.append("one\r\ntwo\r", from: api)
    store.append("\n\r\n\n", from: api)
    #expect(texts(store) == ["one", "two", "", ""])
  }

  @Test func `what the limit drops is counted exactly, and shows as a gap`() throws {
    let store = LogStore(1 << 20)
    let api = store.source()
    var total = 0
    for batch in 0..<200 {
      store.append(
        (0..<100).map { "line \(batch * 100 + $0) \(String(repeating: "x", count: 80))\n" }.joined(),
        from: api)
      total += 100
      let now = store.statistics
      #expect(now.totalLines == total)
      #expect(now.keptLines + now.droppedLines == total)
      #expect(now.bytes <= (1 << 20) * 105 / 100)
    }
    let statistics = store.statistics
    #expect(statistics.droppedLines > 0)
    #expect(statistics.bytes > 1 << 19)
    let rows = store.lines(after: -1, limit: .max)
    #expect(rows.first?.sequence == statistics.droppedLines)
    #expect(rows.count == statistics.keptLines)
    #expect(rows.map(\.sequence) == Array(statistics.droppedLines..<total))
    #expect(rows.allSatisfy { $0.plainText.hasPrefix("line \($0.sequence) ") })
  }

  @Test func `a smaller limit drops at once`() {
    let store = LogStore(8 << 20)
    let api = store.source()
    for _ in 0..<64 {
      store.append(String(repeating: String(repeating: "y", count: 99) + "\n", count: 600), from: api)
    }
    let before = store.statistics
    store.setCapacity(1 << 20)
    let after = store.statistics
    #expect(before.droppedLines == 0)
    #expect(after.bytes <= 3 << 19)
    #expect(after.keptLines + after.droppedLines == 64 * 600)
    #expect(after.droppedLines > 0)
  }

  @Test func `a store without lines takes no memory to speak of`() {
    #expect(LogStore(256 << 20).statistics.bytes < 2 << 20)
  }

  @Test func `a line costs at most 12 bytes beside its text`() {
    let store = LogStore()
    let sources = [store.source("api"), store.source("web")]
    let line = String(repeating: "z", count: 99) + "\n"
    for index in 0..<20_000 { store.append(line, from: sources[index % 2]) }
    // A read a line, and each from another source than the one before.
    #expect(store.statistics.bytes <= 20_000 * (100 + 13) + 2 * 4096)
  }

  @Test func `a line over 64 KiB is cut, marked and counted`() throws {
    let store = LogStore()
    let api = store.source()
    store.append(String(repeating: "a", count: 65_536) + "\nb\n", from: api)
    store.append(String(repeating: "c", count: 65_537) + "\nd\n", from: api)
    let rows = store.lines(after: -1, limit: 10)
    #expect(rows.map(\.bytes.count) == [65_536, 1, 65_536, 1])
    #expect(rows.map(\.isTruncated) == [false, false, true, false])
    #expect(store.statistics.truncatedLines == 1)
    #expect(store.statistics.truncatedBytes == 1)
  }

  @Test func `64 MiB without a line feed take bounded memory`() throws {
    let store = LogStore(8 << 20)
    let api = store.source()
    let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<64 { store.append(chunk, from: api) }
    #expect(store.statistics.bytes < 1 << 20)
    #expect(store.statistics.totalLines == 0)
    let watched = WatchedView(store)
    #expect(watched.wait { _ in watched.view.last != nil })
    let partial = try #require(watched.view.rows(endingAt: nil, count: 1).first)
    #expect(partial.isPartial && partial.isTruncated && partial.bytes.count == 65_536)
    store.append("\nnext\n", from: api)
    let rows = store.lines(after: -1, limit: 10)
    #expect(rows.map(\.isTruncated) == [true, false])
    #expect(rows.last?.plainText == "next")
    #expect(store.statistics.truncatedBytes == 64 << 20 - 65_536)
  }

  @Test func `markers carry the level that they were given`() throws {
    let store = LogStore()
    store.mark("exit 1 · restart 3", level: .error, service: "api", run: 4)
    store.mark("two\nlines", level: nil, service: "api", run: 4)
    let rows = store.lines(after: -1, limit: 10)
    #expect(rows.map(\.stream) == [.marker, .marker])
    #expect(rows.map(\.level) == [.error, nil])
    #expect(rows.map(\.plainText) == ["exit 1 · restart 3", "two lines"])
    #expect(rows.map(\.run) == [4, 4])
  }

  @Test func `growth is told once until it is acknowledged`() {
    let store = LogStore()
    let calls = Locked(0)
    store.onGrowth { calls.withLock { $0 += 1 } }
    let api = store.source()
    store.append("1\n2\n", from: api)
    store.append("3\n", from: api)
    #expect(calls.withLock { $0 } == 1)
    store.acknowledgeGrowth()
    store.append("prompt", from: api)
    store.mark("m", level: nil, service: "api", run: 1)
    #expect(calls.withLock { $0 } == 2)
  }

  @Test func `each read has its time`() {
    let clock = Locked<Int64>(1000)
    let store = LogStore(capacityInBytes: 1 << 20) {
      clock.withLock { now in
        now += 5
        return WallTime(milliseconds: now)
      }
    }
    let api = store.source()
    store.append("1\n2\n", from: api)
    store.append("3\n", from: api)
    #expect(store.lines(after: -1, limit: 9).map(\.time.milliseconds) == [1005, 1005, 1010])
  }

  @Test func `a clock that jumps by years is kept`() {
    let clock = Locked<[Int64]>([0, 4_000_000_000_000, 5])
    let store = LogStore(capacityInBytes: 1 << 20) {
      WallTime(milliseconds: clock.withLock { $0.removeFirst() })
    }
    let api = store.source()
    for _ in 0..<3 { store.append("x\n", from: api) }
    #expect(store.lines(after: -1, limit: 9).map(\.time.milliseconds) == [0, 4_000_000_000_000, 5])
  }

  @Test(arguments: [1, 2, 3, 7, 64, 4096])
  func `the pieces in which output is read do not matter`(size: Int) {
    var generator = SeededGenerator(state: UInt64(size))
    let lines = (0..<400).map { index in
      "\(index) " + String(repeating: "é日x", count: Int.random(in: 0...30, using: &generator))
    }
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    let store = LogStore()
    let api = store.source()
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 1...size, using: &generator))
      store.append(Array(bytes[start..<end]), from: api)
      start = end
    }
    #expect(texts(store) == lines)
  }
}
