/// Filters, search, and what the view of the log answers.
extension AppState {
  mutating func toggleFilters() -> [Effect] {
    screen.logs.filtersEnabled.toggle()
    return [.logs(.setFilter(screen.logs.filtersEnabled ? screen.logs.filter : ""))]
      + say(screen.logs.filtersEnabled ? "filters on" : "filters off")
  }

  /// 0, 3, 10 lines.
  mutating func nextContext() -> [Effect] {
    screen.logs.context =
      switch screen.logs.context {
      case 0: 3
      case 3: 10
      default: 0
      }
    let lines = screen.logs.context
    return [.logs(.setContext(lines))]
      + say(lines == 0 ? "only what the filter finds" : "\(lines) lines around what the filter finds")
  }

  mutating func findMatch(forward: Bool) -> [Effect] {
    let text = screen.logs.search.isEmpty ? screen.searchHistory.first ?? "" : screen.logs.search
    guard !text.isEmpty else { return say("nothing was searched yet: / searches") }
    screen.logs.search = text
    let isForward = forward && screen.logs.cursor != nil
    return [.logs(.find(text, from: screen.logs.cursor, forward: isForward, height: logHeight))]
  }

  mutating func findError(forward: Bool) -> [Effect] {
    let rows = buildRows
    guard screen.focus != .build || !rows.isEmpty else { return say("no diagnostics") }
    let hasErrors = rows.contains(where: \.isError)
    guard !rows.isEmpty, screen.focus == .logs ? hasErrors && screen.logs.cursor == nil : true else {
      screen.focus = .logs
      // From the end of the log the newest one is meant.
      let isForward = forward && screen.logs.cursor != nil
      return [.logs(.findLevel(.warn, from: screen.logs.cursor, forward: isForward, height: logHeight))]
    }
    // The first press shows the first error, further ones walk through them.
    let step = screen.focus == .build ? (forward ? 1 : rows.count - 1) : 0
    screen.focus = .build
    let next = (screen.build.cursor.selected + step) % rows.count
    return move(by: next - screen.build.cursor.selected, in: .build)
  }

  /// What the log's view answered.
  mutating func answered(_ answer: LogAnswer) -> [Effect] {
    switch answer {
    case .filterApplied(let text):
      if screen.prompt?.purpose == .filter { screen.prompt?.error = nil }
      if screen.prompt == nil, screen.logs.filtersEnabled { screen.logs.filter = text }
      return []
    case .filterRejected(_, let message, let column):
      guard screen.prompt?.purpose == .filter || screen.prompt?.purpose == .requestFilter else {
        return say("filter: \(message)", isError: true)
      }
      screen.prompt?.error = (message, column)
      return []
    case .moved(let cursor, let bottom):
      screen.logs.cursor = cursor
      screen.logs.bottom = bottom
      screen.logs.follows = bottom == nil
      if bottom == nil { screen.logs.newLines = 0 }
      // What was not found for a part of the word is found now.
      if screen.prompt?.purpose == .search, screen.message?.isError == true { screen.message = nil }
      return []
    case .movedSideways(let column):
      screen.logs.column = column
      return []
    case .notFound(let text):
      // What a part of the word has led to is not what is looked for.
      if let prompt = screen.prompt, prompt.purpose == .search { showOrigin(of: prompt) }
      return say(text, isError: true)
    case .copied(let text): return copy(text)
    case .detail(let title, let lines):
      screen.overlay = .detail(title: title, lines: lines, scroll: 0)
      return []
    case .location(let path, let line, let column): return [.open(path: path, line: line, column: column)]
    case .linesWithID(let id, let lines, let hasMore): return showLines(lines, hasMore: hasMore, with: id)
    case .requestLines(let filter, let isByTime): return showLines(filter: filter, isByTime: isByTime)
    case .requestFilter(let filter): return takeRequestFilter(filter)
    case .terms(let terms, let excludes): return open(TermChoice(terms, excludes: excludes))
    case .lineToMark(let line): return toggleMark(line)
    case .selectionBegan(let line, let bottom): return beginSelection(line, bottom: bottom)
    case .completed(let text, let found): return take(found, for: text)
    }
  }
}
