import DevtopCore
import DevtopLogs
import Testing

extension LogStore {
  convenience init(_ capacityInBytes: Int = 64 << 20) {
    self.init(capacityInBytes: capacityInBytes, now: { WallTime(milliseconds: 1_700_000_000_000) })
  }

  func append(_ text: String, from source: LogSource) { append(Array(text.utf8), from: source) }
  func append(_ bytes: [UInt8], from source: LogSource) {
    bytes.withUnsafeBytes { append($0, from: source) }
  }

  func source(_ service: ServiceID = "api", run: RunNumber = 1, _ stream: LogStream = .terminal) -> LogSource
  {
    source(service: service, run: run, stream: stream)
  }
}

/// A view whose changes can be awaited.
struct WatchedView {
  let view: LogView
  let changes: Wakeup

  init(_ store: LogStore, root: String? = nil) {
    let changes = Wakeup()
    self.changes = changes
    view = LogView(store: store, root: root) { changes.ring() }
  }

  /// Waits until the condition holds, at most 20 s.
  func wait(until isDone: (ViewCounts) -> Bool) -> Bool {
    for _ in 0..<400 {
      if isDone(view.counts) { return true }
      changes.wait(atMost: .milliseconds(50))
    }
    return false
  }

  func waitUntilComplete() -> Bool { wait { $0.isComplete } }

  func show(_ filter: String?) throws {
    view.setFilter(try filter.map { text throws(FilterError) in try LogFilter.parse(text) })
  }

  var texts: [String] { view.rows(endingAt: nil, count: 1_000_000).map(\.plainText) }
}

/// The row that a store makes of one line.
func row(_ line: [UInt8]) throws -> LogRow {
  let store = LogStore()
  store.append(line + [0x0A], from: store.source())
  return try #require(store.lines(after: -1, limit: 1).first)
}

func row(_ line: String) throws -> LogRow { try row(Array(line.utf8)) }

/// A generator whose numbers are the same in each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
