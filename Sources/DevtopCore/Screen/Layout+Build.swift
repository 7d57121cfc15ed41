/// A line of the Build pane below its title.
package enum BuildLine: Equatable, Sendable {
  /// A row that can be selected: an index into `AppState.buildRows`.
  case row(Int)
  /// A further line of the selected row: the rest of its message.
  case rest(Int, line: Int)
  /// A further line of the selected diagnostic: a code frame or a note.
  case detail(Int, line: Int)
  /// The last build of a service.
  case service(ServiceID)
  /// What is new and fixed since the build before.
  case summary
  /// The last builds with their durations.
  case history
  /// From the save to readiness.
  case waterfall
  /// A line of the build's output as it was printed, from the top.
  case raw(Int)
}

extension AppState {
  /// The service that Build's title, history and waterfall are about: the one in focus, else the first that is
  /// red, else one that is being built, else one with something to say, else the one that was built last.
  package var buildService: ServiceState? {
    if let focused = screen.service { return self[focused] }
    if let red = services.first(where: \.isRed) { return red }
    if let building = services.first(where: { $0.build != .idle }) { return building }
    if let noisy = services.first(where: { !$0.diagnostics.isEmpty || $0.crash != nil }) { return noisy }
    return services.filter { $0.lastBuild != nil }.max {
      ($0.lastBuild?.started.milliseconds ?? 0) < ($1.lastBuild?.started.milliseconds ?? 0)
    } ?? services.first
  }

  package var hasRequests: Bool { requests.total > 0 || !requests.recent.isEmpty }

  /// Lines that Build wants below its title in a pane of `columns` columns: at most `limit`, some more for a long
  /// message while it has the focus; `whileGreen` even when there is nothing to act on.
  func wantedBuildLines(columns: Int, atMost limit: Int, whileGreen green: Int) -> Int {
    if screen.build.showsRawOutput { return limit }
    let list = BuildList(self, columns: columns)
    let isQuiet = list.rows.allSatisfy { if case .notice(let notice) = $0 { !notice.isError } else { false } }
    if isQuiet, !services.contains(where: \.isRed), screen.focus != .build {
      // A warning of the configuration gets its lines, not the pane.
      return min(limit, max(green, list.rows.isEmpty ? 0 : 1 + list.rest))
    }
    // History and waterfall, and the summary of diagnostics.
    let footer = list.hasDiagnostics ? 3 : 2
    let wanted = list.rows.count + list.rest + min(4, list.detail.count) + footer
    let most = screen.focus == .build ? max(limit, min(screen.size.rows / 2, 3 + list.rest)) : limit
    return min(most, max(3, wanted, green))
  }

  /// The lines of a Build pane that has this many below its title, each of so many columns.
  func buildLines(height: Int, columns: Int) -> [BuildLine] {
    guard height > 0 else { return [] }
    if screen.build.showsRawOutput { return (0..<height).map(BuildLine.raw) }
    let list = BuildList(self, columns: columns)
    var lines: [BuildLine] = []
    var footer: [BuildLine] = [.history, .waterfall]
    if list.rows.isEmpty {
      let shown = services.filter {
        $0.lastBuild != nil && (screen.service == nil || screen.service == $0.id)
      }
      lines += shown.map { .service($0.id) }.prefix(max(1, height - 2))
    } else if list.hasDiagnostics {
      footer.insert(.summary, at: 0)
    }
    // The list comes first; a long one leaves a little room in a pane that has some.
    let spare = height - lines.count - list.rows.count - list.rest - min(2, list.detail.count)
    let least = height - list.rest >= 10 ? 3 : height - list.rest >= 8 ? 1 : 0
    footer = Array(footer.prefix(max(spare, least)))
    lines += list.lines(height: height - lines.count - footer.count)
    return Array((lines + footer).prefix(height))
  }
}

/// The rows of the Build pane and what the selected one adds to them.
private struct BuildList {
  let rows: [BuildRow]
  let hasDiagnostics: Bool
  private let cursor: ListCursor
  private let selected: Int?
  /// How many lines the message of the selected row needs below it.
  let rest: Int
  /// Further lines of the selected diagnostic.
  let detail: [String]

  init(_ state: AppState, columns: Int) {
    rows = state.buildRows
    hasDiagnostics = rows.contains { if case .diagnostic = $0 { true } else { false } }
    cursor = state.screen.build.cursor
    selected = cursor.index(in: rows.count)
    guard let selected else {
      rest = 0
      detail = []
      return
    }
    let format = BuildRowFormat(state, rows, columns: columns - 1)
    rest = format.lines(of: rows[selected], atMost: max(1, state.screen.size.rows)).count - 1
    detail = rows[selected].diagnostic?.detail ?? []
  }

  func lines(height: Int) -> [BuildLine] {
    guard height > 0, let selected else { return [] }
    // The message is told to its end before other rows and the code frame have their lines.
    let rest = min(rest, height - 1)
    let room = height - rest
    let details = min(detail.count, max(0, room - min(rows.count, max(1, (room + 1) / 2))))
    let visible = min(rows.count, room - details)
    let first = max(0, min(max(min(cursor.top, selected), selected - visible + 1), rows.count - visible))
    var lines: [BuildLine] = []
    for index in first..<first + visible {
      lines.append(.row(index))
      if index == selected {
        lines += (0..<rest).map { .rest(index, line: $0) }
        lines += Self.detailWindow(detail, details).map { .detail(index, line: $0) }
      }
    }
    return lines
  }

  /// Which of a diagnostic's further lines are shown where there is room for `count` of them: the ones that end at
  /// the mark below the code, else the first.
  private static func detailWindow(_ lines: [String], _ count: Int) -> Range<Int> {
    let mark = lines.firstIndex(where: isMark) ?? 0
    let first = max(0, min(mark - count + 1, lines.count - count))
    return first..<first + count
  }

  /// Whether a line points at a place in the line of code above it: `   ^~~~`, `  |   `- error: …` (gcc(1), swiftc).
  private static func isMark(_ line: String) -> Bool {
    let rest = line.drop { $0 == " " || $0 == "\t" || $0 == "|" }
    return rest.hasPrefix("^") || rest.hasPrefix("`-") || rest.hasPrefix("~")
  }
}
