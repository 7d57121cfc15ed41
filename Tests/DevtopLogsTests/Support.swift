import DevtopCore
import DevtopLogs

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

  init(_ store: LogStore) {
    let changes = Wakeup()
    self.changes = changes
    view = LogView(store: store) { changes.ring() }
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
