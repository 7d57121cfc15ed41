import DevtopCore
import DevtopLogs
import Glibc

/// Lines in a file, for the peers, and in the log store that devtop ships.
struct LogScene {
  let bench: Workbench
  let path: String
  let directory: String
  let lines: LogLines
  let sizeInBytes: Int
  let store: LogStore

  /// - Throws: `BenchError`.
  init(_ bench: Workbench, _ lines: LogLines) throws(BenchError) {
    self.bench = bench
    self.lines = lines
    directory = try bench.makeDirectory("logs-\(lines.kind)-\(lines.count)")
    let path = directory + "/lines.log"
    self.path = path
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .system(what: path, code: errno) }
    defer { close(file) }
    let store = LogStore(capacityInBytes: 2 << 30) { SystemClock.wall }
    self.store = store
    let source = store.source(service: "api", run: 1, stream: .output)
    var size = 0
    try lines.forEachPiece { (piece) throws(BenchError) in
      guard piece.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == piece.count else {
        throw .system(what: path, code: errno)
      }
      // As a pipe brings them.
      for start in stride(from: 0, to: piece.count, by: 1 << 16) {
        piece[start..<min(start + 1 << 16, piece.count)].withUnsafeBytes { store.append($0, from: source) }
      }
      size += piece.count
    }
    sizeInBytes = size
  }

  /// A view of the lines that is complete.
  ///
  /// - Throws: `BenchError.timedOut`.
  func view() throws(BenchError) -> FilteredView {
    let view = FilteredView(store)
    _ = try view.show("")
    return view
  }

  /// A pipe whose ends no child inherits but those that are meant to.
  ///
  /// - Throws: `BenchError.system`.
  static func pipe() throws(BenchError) -> [Int32] {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { throw .system(what: "pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  /// Runs a peer on the file.
  ///
  /// - Returns: how long it took, and the number that it printed.
  /// - Throws: `BenchError`.
  func run(_ words: [String]) throws(BenchError) -> (time: Duration, count: Int) {
    let ends = try LogScene.pipe()
    let start = Clock.now
    let child = try bench.start(words + [path], directory: directory, streams: .output(ends[1]))
    close(ends[1])
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      guard count > 0 else { break }
      text += buffer[..<count]
    }
    close(ends[0])
    guard child.waitForEnd(atMost: .seconds(60)) != nil else {
      throw .timedOut(waitingFor: "the end of \(words[0])")
    }
    let time = Clock.now - start
    bench.end(child)
    return (
      time, Int(String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).first ?? "") ?? 0
    )
  }
}

/// A view as the dashboard has it, and when its answers are whole.
final class FilteredView {
  let view: LogView
  private let changed = Wakeup()

  init(_ store: LogStore) {
    view = LogView(store: store, root: "/") { [changed] in changed.ring() }
  }

  struct Times {
    /// A screenful of rows, or all that there are, could be drawn.
    var painted: Duration
    var complete: Duration
    var matched: Int
  }

  /// Filters, and waits until all lines are asked.
  ///
  /// - Throws: `BenchError.unexpected` for a filter that cannot be read, `.timedOut`.
  func show(_ filter: String) throws(BenchError) -> Times {
    let start = Clock.now
    do throws(FilterError) {
      view.setFilter(filter.isEmpty ? nil : try LogFilter.parse(filter))
    } catch {
      throw .unexpected("the filter \(filter): \(error)")
    }
    var painted: Duration?
    while true {
      let counts = view.counts
      if painted == nil,
        counts.isComplete || counts.matched >= 40 && view.rows(endingAt: nil, count: 40).count == 40
      {
        painted = Clock.now - start
      }
      if counts.isComplete {
        return Times(painted: painted ?? .zero, complete: Clock.now - start, matched: counts.matched)
      }
      guard Clock.now - start < .seconds(60) else { throw .timedOut(waitingFor: "all lines for \(filter)") }
      changed.wait(atMost: .milliseconds(20))
    }
  }
}
