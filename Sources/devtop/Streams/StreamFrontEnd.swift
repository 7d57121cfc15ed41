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

  init(_ format: Format, logs: LogStore, descriptor: Int32) {
    self.format = format
    self.logs = logs
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
    switch format {
    case .plain: if let line = report.plain { writer.write(line) }
    case .json: writer.write(report.json(at: time))
    }
  }

  func show(_ state: AppState) -> Bool {
    logs.acknowledgeGrowth()
    writeLogLines()
    return true
  }

  func perform(_ request: FrontEndRequest, _ state: AppState) -> [Event] { [] }

  func finish() {
    writeLogLines()
    writer.finish(within: 2)
  }

  private func writeLogLines() {
    while true {
      let rows = logs.lines(after: lastSequence, limit: 1_000)
      guard let first = rows.first, let last = rows.last else { return }
      let lost = first.sequence - lastSequence - 1
      if lost > 0 {
        let notice = ConfigurationNotice(
          "\(lost) log lines were dropped from memory before they were written")
        writer.write(
          format == .json
            ? Report.warning(notice).json(at: SystemClock.wall) : Report.warning(notice).plain ?? "")
      }
      for row in rows where row.stream != .marker { write(row) }
      lastSequence = last.sequence
    }
  }

  private func write(_ row: LogRow) {
    switch format {
    case .plain:
      let name = row.stream == .build ? "\(row.service) build" : row.service.name
      writer.write("[\(name)] \(row.plainText)")
    case .json:
      writer.write(
        logLineJSON(
          service: row.service, run: row.run, stream: row.stream, level: row.level, text: row.plainText,
          time: row.time))
    }
  }
}
