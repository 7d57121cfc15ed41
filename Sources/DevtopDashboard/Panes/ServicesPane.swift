import DevtopCore

/// Each service with what its process tree uses.
struct ServicesPane {
  let scene: Scene
  let frame: Layout.Frame

  private var state: AppState { scene.state }
  private var symbols: Symbols { scene.symbols }

  /// A column of the table, the most important first.
  private enum Column: CaseIterable {
    case state, port, cpu, memory, restarts, since, files, pid

    var heading: String {
      switch self {
      case .state: "state"
      case .port: "port"
      case .cpu: "cpu"
      case .memory: "mem"
      case .restarts: "rst"
      case .since: "since"
      case .files: "fds"
      case .pid: "pid"
      }
    }

    /// With the space before it.
    var width: Int {
      switch self {
      case .state: 12
      case .port: 6
      case .cpu: 5
      case .memory: 6
      case .restarts: 4
      case .since: 6
      case .files: 5
      case .pid: 8
      }
    }
  }

  func draw(on canvas: inout Canvas) {
    let up = state.services.count { $0.servingRun != nil }
    scene.drawTitle(
      of: .services, in: frame, Line("\(up) of \(state.services.count) up", .dim), right: Line(), on: &canvas)
    let height = scene.layout.contentHeight(of: .services)
    guard height > 0 else { return }
    let longest = state.services.map { DisplayWidth.columns(of: $0.id.name) }.max() ?? 0
    let nameColumns = max(4, min(longest, 14))
    var room = frame.columns - nameColumns - 2
    let columns = Column.allCases.filter { column in
      guard column.width <= room else { return false }
      room -= column.width
      return true
    }
    let headings = scene.layout.headingRows(of: .services)
    if headings > 0 {
      canvas.draw("name", .dim, column: frame.column + 2, row: frame.row + 1)
      var column = frame.column + 2 + nameColumns
      for entry in columns {
        drawValue(Line(entry.heading, .dim), entry, column: column, row: frame.row + 1, on: &canvas)
        column += entry.width
      }
    }
    let cursor = state.screen.services
    let rows = scene.visible(cursor, count: state.services.count, height: height)
    for (offset, index) in rows.enumerated() {
      let row = frame.row + 1 + headings + offset
      let service = state.services[index]
      canvas.draw(
        service.id.name, .service(at: index), column: frame.column + 2, row: row,
        limit: frame.column + 2 + nameColumns)
      var column = frame.column + 2 + nameColumns
      for entry in columns {
        drawValue(value(entry, of: service), entry, column: column, row: row, on: &canvas)
        column += entry.width
      }
      // One mark: in focus the row that keys act on, else the service that is shown alone.
      if state.screen.focus == .services {
        guard index == cursor.index(in: state.services.count) else { continue }
        scene.markSelected(row: row, in: frame, isFocused: true, on: &canvas)
      } else if state.screen.service == service.id {
        canvas.symbol(symbols.pointer, column: frame.column, row: row, .borderFocus)
      }
    }
  }

  private func drawValue(_ value: Line, _ kind: Column, column: Int, row: Int, on canvas: inout Canvas) {
    let end = column + kind.width
    let start = kind == .state ? column + 1 : max(column + 1, end - value.columns)
    canvas.draw(value, column: start, row: row, limit: end)
  }

  private func value(_ column: Column, of service: ServiceState) -> Line {
    let none = Line(symbols.none, .dim)
    let label = ServiceLabel(service, symbols)
    // The last sample of a process that has ended is of no use.
    let sample = service.shownPID == nil ? nil : service.sample
    switch column {
    case .state: return Line("\(label.sign) \(label.word)", label.role)
    case .since: return label.since.map { Line(scene.wording.minute($0)) } ?? none
    case .cpu:
      guard sample != nil, let percent = service.cpuPercent else { return none }
      return Line("\(Self.whole(percent))%")
    case .memory: return sample.map { Line(Wording.bytes($0.residentBytes)) } ?? none
    case .files: return sample.map { Line("\($0.openFiles)") } ?? none
    case .restarts:
      let attempts = service.backoff.attempts
      return Line("\(attempts)", attempts > 0 ? .buildWarning : .dim)
    case .port: return service.servingPort.map { Line("\($0)") } ?? none
    case .pid: return service.shownPID.map { Line("\($0)") } ?? none
    }
  }

  private static func whole(_ percent: Double) -> Int {
    percent.isFinite ? Int(max(0, min(percent, 99_999)).rounded()) : 0
  }
}
