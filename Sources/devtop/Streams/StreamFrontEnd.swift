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
  /// Lines are written as they come.
  let nextFrame: Instant = .zero
  private let format: Format
  private let logs: LogStore
  private let writer: OutputWriter
  private var lastSequence = -1
  /// The last line of all; log lines may come until the very end.
  private var ending: String?
  /// So many log lines are written before the main loop looks at commands and events again.
  private static let linesInATurn = 10_000

  init(_ format: Format, logs: LogStore, queue: EventQueue, descriptor: Int32) {
    self.format = format
    self.logs = logs
    logs.onGrowth { queue.logGrew() }
    writer = OutputWriter(descriptor: descriptor) { lost in
      let notice = ConfigurationNotice("\(lost) lines were dropped: standard output was not read")
      switch format {
      case .plain: return Report.warning(notice).plain ?? ""
      case .json: return Report.warning(notice).json(at: SystemClock.wall)
      }
    }
  }

  func readInput() -> [Event] { [] }

  func flush() {}

  func prepare(_ state: AppState) -> [Event] { [] }

  func tell(_ report: Report, at time: WallTime) {
    writeLogLines()
    guard let line = line(of: report, at: time) else { return }
    if case .sessionEnded = report {
      ending = line
    } else {
      writer.write(line, .event)
    }
  }

  func show(_ state: AppState) -> Bool {
    logs.acknowledgeGrowth()
    return writeLogLines()
  }

  func perform(_ request: FrontEndRequest, _ state: AppState) -> [Event] { [] }

  func finish() {
    while !writeLogLines() {}
    writer.finish(with: ending, within: .seconds(2))
  }

  /// Writes what the log has; false when there is more than one turn takes.
  @discardableResult
  private func writeLogLines() -> Bool {
    for _ in 0..<Self.linesInATurn / 1_000 {
      let rows = logs.lines(after: lastSequence, limit: 1_000)
      guard let first = rows.first, let last = rows.last else { return true }
      let lost = first.sequence - lastSequence - 1
      if lost > 0 {
        let notice = ConfigurationNotice(
          "\(lost) log lines were dropped from memory before they were written")
        if let line = line(of: .warning(notice), at: SystemClock.wall) { writer.write(line, .event) }
      }
      for row in rows where row.stream != .marker { write(row) }
      lastSequence = last.sequence
    }
    return false
  }

  private func line(of report: Report, at time: WallTime) -> String? {
    switch format {
    case .plain: report.plain
    case .json: report.json(at: time)
    }
  }

  private func write(_ row: LogRow) {
    switch format {
    case .plain:
      let name = row.stream == .build ? "\(row.service) build" : row.service.name
      writer.write("[\(name)] \(row.plainText)\(row.isTruncated ? " … (the line was longer)" : "")", .log)
    case .json:
      writer.write(
        logLineJSON(
          service: row.service, run: row.run, stream: row.stream, level: row.level, text: row.plainText,
          time: row.time, isTruncated: row.isTruncated), .log)
    }
  }
}
