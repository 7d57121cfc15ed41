extension AppState {
  /// Rows of content of the focused pane.
  var pageHeight: Int { Layout(self).contentHeight(of: screen.focus) }

  var logHeight: Int { max(1, Layout(self).contentHeight(of: .logs)) }

  // MARK: Focus

  mutating func focus(_ pane: Pane) -> [Effect] {
    screen.focus = pane
    if pane == .services { selectShownService() }
    return []
  }

  /// In the Services pane the service that is shown alone is the selected one.
  mutating func selectShownService() {
    guard let shown = screen.service, let index = index(of: shown) else { return }
    let height = Layout(self).contentHeight(of: .services)
    screen.services.move(by: index - screen.services.selected, count: services.count, height: height)
  }

  mutating func focusNext(_ step: Int) -> [Effect] {
    let visible = screen.isZoomed ? [] : Layout(self).panes.keys.sorted { $0.rawValue < $1.rawValue }
    let panes = visible.count > 1 ? visible : Pane.allCases
    let current = panes.firstIndex(of: screen.focus) ?? 0
    return focus(panes[(current + step + panes.count) % panes.count])
  }

  // MARK: Moving

  mutating func move(by rows: Int) -> [Effect] {
    move(by: rows, in: screen.focus)
  }

  mutating func move(by rows: Int, in pane: Pane) -> [Effect] {
    let height = Layout(self).contentHeight(of: pane)
    switch pane {
    case .files: screen.files.move(by: rows, count: files.count, height: height)
    case .build: screen.build.cursor.move(by: rows, count: buildRows.count, height: height)
    case .requests: moveInRequests(by: rows, height: height)
    case .services:
      screen.services.move(by: rows, count: services.count, height: height)
      // One selection: where a service is shown alone, it is the selected one.
      guard screen.focus == .services, let shown = screen.service, let index = selectedService,
        services[index].id != shown
      else { return [] }
      return show(services[index].id)
    case .logs:
      let logs = screen.logs
      return [.logs(.move(cursor: logs.cursor, bottom: logs.bottom, by: rows, height: logHeight))]
    }
    return []
  }

  /// `h`, `l`: shows another part of long lines; in Requests the latest requests or the routes.
  mutating func moveSideways(by steps: Int) -> [Effect] {
    if screen.focus == .requests { screen.requests.half = steps < 0 ? .latest : .routes }
    guard screen.focus == .logs else { return [] }
    guard !screen.logs.wraps else {
      return say("lines are wrapped" + (keys.keyName(for: .wrap).map { "; \($0) cuts them instead" } ?? ""))
    }
    return [.logs(.moveSideways(from: screen.logs.column, by: steps * Self.sidewaysStep))]
  }

  /// Columns that `h` and `l` move by.
  static let sidewaysStep = 16

  mutating func moveToStart() -> [Effect] {
    guard screen.focus == .logs else { return move(by: -1_000_000) }
    return [.logs(.moveToStart(height: logHeight))]
  }

  mutating func moveToEnd() -> [Effect] {
    guard screen.focus == .logs, screen.logs.anchor == nil else { return move(by: 1_000_000) }
    return follow()
  }

  mutating func follow() -> [Effect] {
    screen.logs.follows = true
    screen.logs.cursor = nil
    screen.logs.bottom = nil
    screen.logs.newLines = 0
    endSelection()
    return []
  }

  mutating func toggleFollow() -> [Effect] {
    guard screen.logs.follows else { return follow() }
    return [.logs(.move(cursor: nil, bottom: nil, by: 0, height: logHeight))]
  }

  /// Esc: closes what is open, leaves zoom, follows again, shows all services; never quits.
  mutating func goBack() -> [Effect] {
    // What was said before needs no press of its own.
    let effects: [Effect] = screen.message == nil ? [] : [.cancelTimer(.message)]
    screen.message = nil
    if screen.logs.anchor != nil {
      endSelection()
    } else if screen.build.showsRawOutput {
      screen.build.showsRawOutput = false
    } else if screen.isZoomed {
      screen.isZoomed = false
    } else if !screen.logs.search.isEmpty {
      screen.logs.search = ""
    } else if screen.logs.column > 0 {
      screen.logs.column = 0
    } else if !screen.logs.follows {
      return effects + follow()
    } else if screen.service != nil {
      return effects + show(nil)
    }
    return effects
  }

  // MARK: The selected row

  mutating func openSelected(inEditor: Bool) -> [Effect] {
    switch screen.focus {
    case .logs:
      let logs = screen.logs
      return [
        .logs(
          inEditor
            ? .openLocation(logs.cursor)
            : .openLine(logs.cursor, bottom: logs.bottom, height: logHeight))
      ]
    case .build:
      guard let row = selectedBuildRow else { return say("nothing to open") }
      if let diagnostic = row.diagnostic {
        return [
          .open(path: path(of: diagnostic, row.service), line: diagnostic.line, column: diagnostic.column)
        ]
      }
      if case .notice(let notice) = row, let position = notice.text.position {
        return [.open(path: absolute(position.file), line: position.line, column: position.column)]
      }
      guard !inEditor else { return say("this row names no file") }
      // A sentence may be longer than the pane is wide.
      screen.overlay = .detail(
        title: row.service?.name ?? (row.isError ? "error" : "warning"), lines: [row.text(at: now.wall)],
        scroll: 0)
      return []
    case .files:
      guard files.indices.contains(screen.files.selected) else { return say("no file changed yet") }
      let entry = files[screen.files.selected]
      if inEditor { return [.open(path: absolute(entry.path), line: nil, column: nil)] }
      screen.overlay = .detail(title: entry.path, lines: entry.explanation, scroll: 0)
      return []
    case .requests:
      return openRequest()
    case .services:
      guard let index = selectedService else { return say("no service yet") }
      let service = services[index]
      screen.overlay = .detail(title: service.id.name, lines: service.explanation, scroll: 0)
      return []
    }
  }

  private var selectedBuildRow: BuildRow? {
    let rows = buildRows
    return rows.indices.contains(screen.build.cursor.selected) ? rows[screen.build.cursor.selected] : nil
  }

  private func path(of diagnostic: Diagnostic, _ service: ServiceID?) -> String {
    if diagnostic.file.hasPrefix("/") { return diagnostic.file }
    let directory = service.flatMap { self[$0]?.spec.directory } ?? configuration.root
    return directory + "/" + diagnostic.file
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : configuration.root + "/" + path
  }

  mutating func dismissSelected() -> [Effect] {
    guard let row = selectedBuildRow else { return [] }
    switch row {
    case .diagnostic(_, let diagnostic): screen.build.dismissed.insert(diagnostic)
    case .notice(let notice): notices.removeAll { $0 == notice }
    case .crash(let id, _): if let index = index(of: id) { services[index].crash = nil }
    case .portHeld(let id, _): if let index = index(of: id) { services[index].portHolder = nil }
    }
    return move(by: 0, in: .build)
  }

  mutating func copySelected() -> [Effect] {
    switch screen.focus {
    case .logs: return copyLogLines()
    case .build:
      guard let row = selectedBuildRow else { return [] }
      return copy(row.text(at: now.wall))
    case .files:
      return files.indices.contains(screen.files.selected) ? copy(files[screen.files.selected].path) : []
    case .requests:
      return copyRequest()
    case .services:
      return selectedService.map { copy(services[$0].id.name) } ?? []
    }
  }

  mutating func copy(_ text: String) -> [Effect] {
    let lines = text.reduce(1) { $0 + ($1 == "\n" ? 1 : 0) }
    return [.copy(text)] + say(lines == 1 ? "copied" : "copied \(lines) lines")
  }

  // MARK: Mouse

  mutating func clicked(column: Int, row: Int) -> [Effect] {
    guard screen.overlay == nil, screen.prompt == nil, screen.typing == nil,
      let (pane, contentRow) = Layout(self).pane(atColumn: column, row: row)
    else { return [] }
    let servicesTop = screen.services.top
    screen.logs.drag = .none
    _ = focus(pane)
    guard contentRow >= 0 else { return [] }
    switch pane {
    case .logs:
      endSelection()
      screen.logs.drag = .pressed(row: row)
      return [.logs(.selectRow(contentRow, bottom: screen.logs.bottom, height: logHeight))]
    case .files: return move(by: screen.files.top + contentRow - screen.files.selected, in: .files)
    case .requests:
      return clickedInRequests(row: contentRow, column: column)
    case .services:
      return move(by: servicesTop + contentRow - screen.services.selected, in: .services)
    case .build:
      return move(by: screen.build.cursor.top + contentRow - screen.build.cursor.selected, in: .build)
    }
  }

  mutating func scrolled(column: Int, row: Int, by rows: Int) -> [Effect] {
    guard screen.overlay == nil, screen.typing == nil,
      let (pane, _) = Layout(self).pane(atColumn: column, row: row)
    else {
      return []
    }
    return move(by: rows, in: pane)
  }
}
