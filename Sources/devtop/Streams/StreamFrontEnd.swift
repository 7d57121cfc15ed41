import DevtopCore
import DevtopLogs

/// Plain and JSON mode: one line an event, one line a log line.
final class StreamFrontEnd: FrontEnd {
  enum Format {
    case plain
    case json
  }

  let inputDescriptor: Int32 = -1
  let outputDescriptor: Int32 = -1
  let themeFile: String? = nil
  let readsReports = true
  /// Lines are written as they come, a few times in a frame at most.
  private(set) var nextFrame: Instant = .zero
  /// So often log lines are looked at while they flow.
  private static let frame: Duration = .milliseconds(16)
  /// So many are written before the main loop looks at other things.
  private static let linesInATurn = 4_000
  /// How long the end waits for each of: the rest of the log, a reader of it.
  private static let patience: Duration = .seconds(2)
  private let format: Format
  private let logs: LogStore
  private let writer: OutputWriter
  private var lastSequence = -1
  /// The newest marker, with its service: a warning that says the same is not told again in plain mode.
  private var lastMarker = ""

  init(_ format: Format, logs: LogStore, queue: EventQueue, descriptor: Int32) {
    self.format = format
    self.logs = logs
    writer = OutputWriter(descriptor: descriptor) { lost in
      let notice = ConfigurationNotice("\(lost) lines were dropped: standard output was not read")
      return Self.line(.warning(notice), format, at: SystemClock.wall) ?? ""
    }
    logs.onGrowth { queue.logGrew() }
  }

  private static func line(_ report: Report, _ format: Format, at time: WallTime) -> String? {
    switch format {
    case .plain: report.plain
    case .json: report.json(at: time)
    }
  }

  func readInput() -> [Event] { [] }

  func flush() { writer.flush() }

  func prepare(_ state: AppState) -> [Event] { [] }

  func tell(_ report: Report, at time: WallTime) {
    // What was chosen is in the log already; the session's own line comes first all the same.
    switch report {
    case .sessionStarted: break
    default: _ = writeLogLines(atMost: Self.linesInATurn)
    }
    if format == .plain {
      switch report {
      case .warning(let notice), .error(let notice): if notice.message == lastMarker { return }
      default: break
      }
    }
    if let line = Self.line(report, format, at: time) { writer.write(line) }
  }

  func show(_ state: AppState) -> Bool {
    logs.acknowledgeGrowth()
    let isAll = writeLogLines(atMost: Self.linesInATurn)
    nextFrame = isAll ? SystemClock.instant + Self.frame : .zero
    return isAll
  }

  func perform(_ request: FrontEndRequest, _ state: AppState) -> [Event] { [] }

  func finish(_ last: Report?, at time: WallTime) {
    let end = logs.statistics.totalLines
    let deadline = SystemClock.instant + Self.patience
    while lastSequence < end - 1, SystemClock.instant < deadline {
      _ = writeLogLines(atMost: Self.linesInATurn)
    }
    let left = end - 1 - lastSequence
    if left > 0 {
      let notice = ConfigurationNotice(
        "\(left) log lines were dropped: devtop ended before they were written")
      if let line = Self.line(.warning(notice), format, at: time) { writer.write(line) }
    }
    writer.finish(last.flatMap { Self.line($0, format, at: time) }, within: Self.patience)
  }

  /// Writes the lines that there are now, not those that come meanwhile: a flood would never end.
  ///
  /// - Returns: false where `limit` left some of them.
  private func writeLogLines(atMost limit: Int) -> Bool {
    let end = logs.statistics.totalLines
    var left = limit
    while lastSequence < end - 1, left > 0 {
      let rows = logs.lines(after: lastSequence, limit: min(1_000, left, end - 1 - lastSequence))
      guard let first = rows.first, let last = rows.last else { return true }
      let lost = first.sequence - lastSequence - 1
      if lost > 0 {
        let notice = ConfigurationNotice(
          "\(lost) log lines were dropped from memory before they were written")
        if let line = Self.line(.warning(notice), format, at: SystemClock.wall) { writer.write(line) }
      }
      for row in rows { write(row) }
      lastSequence = last.sequence
      left -= rows.count
    }
    return lastSequence >= end - 1
  }

  private func write(_ row: LogRow) {
    let text = row.plainText
    let isMarker = row.stream == .marker
    if isMarker { lastMarker = "\(row.service): \(text)" }
    switch format {
    case .plain where isMarker: writer.write("[\(row.service)] ── \(text)")
    case .plain:
      let name = row.stream == .build ? "\(row.service) build" : row.service.name
      writer.write("[\(name)] \(text)\(row.isTruncated ? " … (the line was longer)" : "")", .log)
    case .json where isMarker:
      writer.write(
        logNoteJSON(service: row.service, run: row.run, level: row.level, text: text, time: row.time))
    case .json:
      writer.write(
        logLineJSON(
          service: row.service, run: row.run, stream: row.stream, level: row.level, text: text,
          time: row.time,
          isTruncated: row.isTruncated), .log)
    }
  }
}
