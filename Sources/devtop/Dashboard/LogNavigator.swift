import DevtopCore
import DevtopLogs
import DevtopTerminal
import Glibc

/// Answers what `update` asks of the filtered view of the log.
final class LogNavigator {
  let store: LogStore
  let view: LogView
  /// Lines before this one are hidden by a clear; nothing is deleted.
  private(set) var floor = 0
  /// The first line of the record that is unfolded only because a search found something in it.
  private var revealed: Int?
  /// What a search finds in the view, while there is one.
  private var finds: LogView?
  private var searched: (source: String, pattern: LogFilter)?
  private let onChange: @Sendable () -> Void

  /// `onChange` is called on another thread when the counts of a search changed.
  init(store: LogStore, view: LogView, onChange: @escaping @Sendable () -> Void = {}) {
    self.store = store
    self.view = view
    self.onChange = onChange
  }

  /// The newest rows at or before a line, oldest first; where those are too few, rows behind it follow.
  func rows(endingAt sequence: Int?, count: Int) -> [LogRow] {
    var rows = view.rows(endingAt: sequence, count: count)
    if let first = rows.first, first.sequence < floor { rows.removeAll { $0.sequence < floor } }
    guard let sequence, rows.count < count else { return rows }
    let next = max(floor, (rows.last?.sequence ?? sequence) + 1)
    return rows + view.rows(startingAt: next, count: count - rows.count)
  }

  func countAfter(_ sequence: Int) -> Int { view.countAfter(sequence) }

  /// How much is shown, what of that `search` finds, and how much is selected from `anchor` to `cursor`.
  func counts(searching search: String, cursor: Int?, anchor: Int? = nil) -> LogCounts {
    let counts = view.counts
    var result = LogCounts(
      matched: counts.matched, total: counts.total, dropped: counts.dropped,
      isComplete: counts.isComplete || counts.matched == counts.total)
    result.search = searchCounts(search, cursor)
    result.problem = counts.problem ?? finds?.counts.problem
    if let anchor {
      result.selected = abs(view.countAfter(anchor) - view.countAfter(cursor ?? anchor)) + 1
    }
    return result
  }

  private func searchCounts(_ text: String, _ cursor: Int?) -> SearchCounts? {
    if text != searched?.source {
      searched = text.isEmpty ? nil : (try? LogFilter.parse(Self.searchExpression(text))).map { (text, $0) }
    }
    guard let pattern = searched?.pattern else {
      finds = nil
      return nil
    }
    let finds = finds ?? LogView(store: store, onChange: onChange)
    self.finds = finds
    finds.setSearch(pattern, in: view)
    // What a clear has hidden does not count.
    let counts = finds.counts
    let total = floor == 0 ? counts.matched : finds.countAfter(floor - 1)
    var place: Int?
    if let cursor, finds.sequence(cursor, movedBy: 0) == cursor { place = total - finds.countAfter(cursor) }
    return SearchCounts(place: place, total: total, isComplete: counts.isComplete)
  }

  func exporter(to path: String) -> LogExporter { LogExporter(view: view, first: floor, path: path) }

  private var first: Int? {
    floor == 0 ? view.first : view.rows(startingAt: floor, count: 1).first?.sequence
  }

  /// Does it; `directory` is that of a service, in which the files of its lines are looked for before `root`.
  func answer(
    _ command: LogCommand, root: String, directory: (ServiceID) -> String? = { _ in nil }
  ) -> [Event] {
    switch command {
    case .setFilter(let text): return [.logs(setFilter(text))]
    case .setContext(let lines):
      view.setContext(lines)
      return []
    case .showService(let service):
      view.setServices(service)
      return []
    case .move(let cursor, let bottom, let rows, let height):
      return [.logs(move(cursor: cursor, bottom: bottom, by: rows, height: height))]
    case .moveToStart(let height):
      guard let first = first else { return [] }
      return [.logs(show(first, height: height))]
    // Only who draws knows how wide lines and pane are.
    case .moveSideways(let column, _): return [.logs(.movedSideways(column))]
    case .find(let text, let from, let forward, let height):
      return [.logs(find(text, from: from, forward: forward, height: height))]
    case .findLevel(let level, let from, let forward, let height):
      let filter = LogFilter.level(atLeast: level)
      // A record is one stop, however many of its lines are errors.
      let record = from.map(view.record(ofLine:))
      let edge = (forward ? record?.last : record?.first)?.sequence ?? from
      guard let found = search(filter, from: edge, forward: forward) else {
        return [.logs(.notFound("no \(level.name) or worse in the log"))]
      }
      return [.logs(show(view.record(ofLine: found).first?.sequence ?? found, height: height))]
    case .selectRow(let row, let bottom, let height):
      let rows = rows(endingAt: bottom, count: height)
      guard rows.indices.contains(row) else { return [] }
      return [.logs(.moved(cursor: rows[row].sequence, bottom: bottom ?? rows.last?.sequence))]
    case .openLine(let cursor, let bottom, let height):
      return row(cursor).map { [.logs(openLine($0, bottom: bottom, height: height))] } ?? []
    case .openLocation(let cursor):
      guard let row = row(cursor), let location = location(row) else {
        return [.logs(.notFound("this line names no file"))]
      }
      guard let path = Self.absolute(location.path, in: [directory(row.service), root].compactMap { $0 })
      else {
        return [.logs(.notFound("there is no file \(location.path) in \(root)"))]
      }
      return [.logs(.location(path: path, line: location.line, column: location.column))]
    case .copy(let cursor): return row(cursor).map { [.logs(.copied(copied($0)))] } ?? []
    case .terms(let cursor, let withService, let excludes):
      return [.logs(.terms(row(cursor)?.filterTerms(withService: withService) ?? [], excludes: excludes))]
    case .lineToMark(let cursor): return [.logs(lineToMark(cursor))]
    case .findMark(let marks, let from, let forward, let height):
      return [.logs(findMark(marks, from: from, forward: forward, height: height))]
    case .beginSelection(let cursor, let bottom, let height):
      return [.logs(beginSelection(cursor, bottom: bottom, height: height))]
    case .copyLines(let first, let last): return [.logs(.copied(copied(first...last)))]
    // Only who has the screen can tell when it is done, or knows the requests.
    case .export, .complete: return []
    case .jump(let time, let height): return [.logs(jump(time, height: height))]
    case .clear:
      floor = store.statistics.totalLines
      return []
    case .undoClear:
      floor = 0
      return []
    case .linesWithID(let id): return [.logs(linesWithID(id))]
    case .showRequest(let lines): return [.logs(linesFilter(lines))]
    case .setRequestFilter(let text): return [.logs(requestFilter(text))]
    }
  }

  /// The person's clock: times of day in filters are local.
  private var clock: FilterClock {
    let now = SystemClock.wall
    return FilterClock(now: now, utcOffsetInSeconds: LocalTime.utcOffsetInSeconds(at: now))
  }

  private func requestFilter(_ text: String) -> LogAnswer {
    do throws(FilterError) {
      return .requestFilter(text.isEmpty ? nil : try RequestFilter.parse(text))
    } catch {
      return .filterRejected(text, message: error.message, column: error.column)
    }
  }

  private static let linesOfRequest = 100

  private func linesWithID(_ id: String) -> LogAnswer {
    // What the grammar does not take is in no line either.
    guard let filter = try? LogFilter.parse("req:\(FilterText.quoted(id))") else {
      return .linesWithID(id, [], hasMore: false)
    }
    let rows = view.linesOfLog(filter, limit: Self.linesOfRequest + 1)
    return .linesWithID(
      id, rows.suffix(Self.linesOfRequest).map(\.plainText), hasMore: rows.count > Self.linesOfRequest)
  }

  /// By the request's id where the log has it, else by the run and its time.
  private func linesFilter(_ lines: RequestLines) -> LogAnswer {
    if let id = lines.requestID, !id.isEmpty {
      let text = "req:\(FilterText.quoted(id))"
      if let filter = try? LogFilter.parse(text), !view.linesOfLog(filter, limit: 1).isEmpty {
        return .requestLines(filter: text, isByTime: false)
      }
    }
    let span = [lines.time.lowerBound, lines.time.upperBound].map(clock.timeOfDay).joined(separator: "..")
    return .requestLines(
      filter: "svc:\(FilterText.quoted(lines.service.name)) run:\(lines.run) t:\(span)", isByTime: true)
  }

  private func setFilter(_ text: String) -> LogAnswer {
    do throws(FilterError) {
      let filter = try LogFilter.parse(text, clock: clock)
      view.setFilter(text.isEmpty ? nil : filter)
      return .filterApplied(text)
    } catch {
      return .filterRejected(text, message: error.message, column: error.column)
    }
  }

  private func jump(_ time: String, height: Int) -> LogAnswer {
    do throws(FilterError) {
      let filter = try LogFilter.parse("t:\(time)..", clock: clock)
      guard let found = view.find(filter, from: floor - 1, forward: true) else {
        return .notFound("no line since \(time)")
      }
      return show(found, height: height)
    } catch {
      return .notFound("write a time of day or a while ago: 14:02, 14:02:33, -5m; \(time) is none")
    }
  }

  /// Moves the cursor; the window follows when it would leave it.
  private func move(cursor: Int?, bottom: Int?, by rows: Int, height: Int) -> LogAnswer {
    let window = self.rows(endingAt: bottom, count: height).map(\.sequence)
    guard let last = window.last else { return .moved(cursor: nil, bottom: nil) }
    let old = cursor.flatMap { window.firstIndex(of: $0) } ?? window.count - 1
    let new = old + rows
    if window.indices.contains(new) { return .moved(cursor: window[new], bottom: last) }
    let target = max(view.sequence(window[old], movedBy: rows) ?? last, first ?? last)
    let overshoot = new < 0 ? new : new - window.count + 1
    let newBottom = view.sequence(last, movedBy: overshoot) ?? last
    // At the top the window stays full.
    let fullWindow = first.flatMap { view.sequence($0, movedBy: height - 1) } ?? newBottom
    return .moved(cursor: target, bottom: max(newBottom, fullWindow))
  }

  /// A window with a line in its middle.
  func show(_ sequence: Int, height: Int) -> LogAnswer {
    // What is found within a folded record is shown.
    let first = view.foldedRows(ofLine: sequence)?.first
    if let revealed, first != revealed {
      view.setUnfolded(false, line: revealed)
      self.revealed = nil
    }
    if view.isUnfolded(sequence) == false, first != sequence {
      revealed = view.setUnfolded(true, line: sequence)
    }
    let bottom = view.sequence(sequence, movedBy: height / 2) ?? sequence
    let fullWindow = self.first.flatMap { view.sequence($0, movedBy: height - 1) } ?? bottom
    return .moved(cursor: sequence, bottom: max(bottom, fullWindow))
  }

  private func find(_ text: String, from: Int?, forward: Bool, height: Int) -> LogAnswer {
    do throws(FilterError) {
      let filter = try LogFilter.parse(Self.searchExpression(text))
      guard let found = search(filter, from: from, forward: forward) else {
        return .notFound("no line has \(text)")
      }
      return show(found, height: height)
    } catch {
      return .notFound("search: \(error.message)")
    }
  }

  /// The next match that no clear has hidden, from the other end when there is none on this side.
  private func search(_ filter: LogFilter, from: Int?, forward: Bool) -> Int? {
    let found = searchOnce(filter, from: from, forward: forward)
    return found.flatMap { $0 < floor ? nil : $0 }
  }

  private func searchOnce(_ filter: LogFilter, from: Int?, forward: Bool) -> Int? {
    let from = from.map { max($0, floor - 1) }
    if let found = view.find(filter, from: from, forward: forward), found >= floor { return found }
    guard let edge = forward ? first : view.last else { return nil }
    // The edge itself counts, too.
    return view.find(filter, from: forward ? edge - 1 : edge + 1, forward: forward)
  }

  /// A search is a piece of text, or a regular expression between slashes; it is never a filter's grammar.
  static func searchExpression(_ text: String) -> String {
    // A path, `/orders`, is text.
    if text.count > 2, text.hasPrefix("/"), text.hasSuffix("/") || text.hasSuffix("/i") { return text }
    return "\"" + FilterText.escaped(text) + "\""
  }

  /// A path of a log line in the first directory that has it, or somewhere below.
  private static func absolute(_ path: String, in directories: [String]) -> String? {
    if path.hasPrefix("/") { return path }
    let places = directories.map { $0 + "/" + path }
    return places.first { access($0, F_OK) == 0 }
      ?? directories.lazy.compactMap { NamedFile.find(path, below: $0) }.first
  }

  func row(_ cursor: Int?) -> LogRow? { rows(endingAt: cursor, count: 1).last }

  /// What is folded is unfolded, what is not is folded by its first line; any other line is shown in full.
  private func openLine(_ row: LogRow, bottom: Int?, height: Int) -> LogAnswer {
    guard let isUnfolded = view.isUnfolded(row.sequence),
      let (first, count) = view.foldedRows(ofLine: row.sequence), !isUnfolded || row.sequence == first
    else { return .detail(title: title(row), lines: detail(row)) }
    view.setUnfolded(!isUnfolded, line: row.sequence)
    if revealed == first { revealed = nil }
    guard !isUnfolded else { return show(first, height: height) }
    // As much of it as there is room for.
    let end = view.sequence(first, movedBy: min(count, height) - 1) ?? first
    return .moved(cursor: first, bottom: max(bottom ?? 0, end))
  }

  /// The place that the line names, or else its record: the first of the project's own.
  private func location(_ row: LogRow) -> FileLocation? {
    if let fold = row.fold, let location = fold.location { return location }
    return FileLocation.find(in: row.plainText) ?? view.summary(ofLine: row.sequence)?.location
  }

  /// The line as it was printed; of a folded record all lines.
  func copied(_ row: LogRow) -> String {
    guard view.isUnfolded(row.sequence) == false else { return row.plainText }
    return view.record(ofLine: row.sequence).map(\.plainText).joined(separator: "\n")
  }

  private func title(_ row: LogRow) -> String { "\(row.service) #\(row.run) · \(row.stream.name)" }

  private func detail(_ row: LogRow) -> [String] {
    if let indented = row.indented { return indented }
    var lines = row.plainText.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if row.isTruncated { lines.append("… the line was longer than 64 KiB") }
    if let fields = row.formatted { lines += [""] + fields.map { "\($0.name) = \($0.value)" } }
    // As wide as most editors have them.
    return lines.map { $0.replacing("\t", with: "    ") }
  }
}
