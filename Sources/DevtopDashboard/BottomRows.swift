import DevtopCore

/// The rows below the panes: prompt or message, and the keys of the focused pane.
struct BottomRows {
  let scene: Scene

  private var state: AppState { scene.state }
  private var symbols: Symbols { scene.symbols }

  func draw(on canvas: inout Canvas) {
    let last = scene.size.rows - 1
    let width = scene.size.columns
    guard scene.layout.bottomRows > 0 else { return }
    let hasStatusRow = scene.layout.bottomRows > 1
    if let prompt = state.screen.prompt {
      drawPrompt(prompt, row: hasStatusRow ? last - 1 : last, on: &canvas)
      if hasStatusRow {
        if let completion = prompt.completion {
          drawCompletion(completion, row: last, on: &canvas)
        } else if prompt.error == nil, let problem = state.screen.logs.counts.problem,
          prompt.purpose != .export
        {
          canvas.draw(problem, .buildWarning, column: 1, row: last)
        } else if prompt.error == nil {
          draw(hints(of: prompt), row: last, on: &canvas)
        } else {
          drawError(of: prompt, row: last, on: &canvas)
        }
      }
      return
    }
    if case .terms(let choice)? = state.screen.overlay {
      drawTerms(choice, row: hasStatusRow ? last - 1 : last, on: &canvas)
      if hasStatusRow { drawHints(row: last, on: &canvas) }
      return
    }
    if hasStatusRow { drawStatus(row: last - 1, on: &canvas) }
    if !hasStatusRow, let message = state.screen.message {
      canvas.draw(message.text, message.isError ? .buildError : .status, column: 1, row: last, limit: width)
    } else {
      drawHints(row: last, on: &canvas)
    }
  }

  // MARK: Prompt

  private func label(of prompt: Prompt) -> String {
    switch prompt.purpose {
    case .filter, .requestFilter: "filter\(symbols.prompt) "
    case .search: "search\(symbols.prompt) "
    case .export: "write to\(symbols.prompt) "
    }
  }

  private func drawPrompt(_ prompt: Prompt, row: Int, on canvas: inout Canvas) {
    let width = scene.size.columns
    canvas.fill(Layout.Frame(column: 0, row: row, columns: width, rows: 1), .prompt)
    let start = canvas.draw(label(of: prompt), .prompt, column: 1, row: row)
    // The keys have the row below; where there is none, or it says what is wrong, as many as fit are here.
    let hasKeys = scene.layout.bottomRows == 1 || prompt.error != nil && prompt.completion == nil
    var right = Line()
    var showsRight = false
    for count in stride(from: hasKeys ? 3 : 0, through: 0, by: -1) where !showsRight {
      right = promptState(prompt, keys: count)
      let room = width - 1 - right.columns - start
      showsRight = room >= max(20, min(width / 2, textColumns(of: prompt) + 2))
    }
    let rightStart = width - 1 - right.columns
    let limit = showsRight ? rightStart - 1 : width
    EditorLine(editor: prompt.editor).draw(on: &canvas, column: start, row: row, limit: limit, .prompt)
    if showsRight { canvas.draw(right, column: rightStart, row: row) }
  }

  private func textColumns(of prompt: Prompt) -> Int { DisplayWidth.columns(of: prompt.editor.text) }

  /// How far the prompt has come, and the first of its keys.
  private func promptState(_ prompt: Prompt, keys: Int) -> Line {
    var line = Line()
    switch prompt.purpose {
    case .filter, .requestFilter:
      let counts =
        prompt.purpose == .filter
        ? state.screen.logs.counts
        : LogCounts(matched: state.shownRequests.count, total: state.requests.recent.count)
      if let error = prompt.error {
        // What Tab has put in goes on, and what is not typed to its end: no mistake yet.
        if prompt.completion == nil, !prompt.isUnfinished {
          line.add("\(symbols.failed) column \(error.column)", .buildError)
        }
      } else {
        line.add("\(symbols.ok) \(counts.matched) of \(counts.total)", .buildOK)
      }
    case .search:
      if let message = state.screen.message {
        line.add(message.text, message.isError ? .buildError : .status)
      }
    case .export: line.add("\(state.screen.logs.counts.matched) lines", .dim)
    }
    for hint in hints(of: prompt).prefix(keys) {
      line.add((line.isEmpty ? "" : " \(symbols.dot) ") + "\(hint.key) \(hint.word)", .dim)
    }
    return line
  }

  /// A key and what it does while something is in front that takes the keys.
  private typealias Hint = (key: String, word: String)

  /// The keys of `AppState.keyPressed` for a prompt, and the ones of the line editor that are worth knowing.
  private func hints(of prompt: Prompt) -> [Hint] {
    let own: [Hint] =
      switch prompt.purpose {
      case .filter, .requestFilter: [("Enter", "keep"), ("Esc", "revert"), ("Tab", "complete")]
      case .search: [("Enter", "find"), ("Esc", "back")]
      case .export: [("Enter", "write"), ("Esc", "back")]
      }
    return own + [(symbols.up, "history"), ("^U", "clear"), ("^W", "cut a word"), ("^Y", "put it back")]
  }

  private func hints(of overlay: Overlay) -> [Hint] {
    switch overlay {
    case .terms(let choice):
      [
        ("Enter", "take it"), ("1\(symbols.none)\(choice.terms.count)", "by number"), (symbols.arrow, "next"),
        ("Esc", "close"),
      ]
        + (choice.excludes ? [("+", "only these instead")] : [("-", "all but these instead")])
    case .confirm: [("y Enter", "yes"), ("any other key", "no")]
    case .palette: [("Enter", "run"), ("Esc", "close"), (symbols.up, "choose"), ("^U", "clear")]
    case .help, .detail: [("Esc", "close"), ("j", "down"), ("k", "up"), ("Space", "page down")]
    }
  }

  private func draw(_ hints: [Hint], row: Int, on canvas: inout Canvas) {
    var line = Line()
    for hint in hints {
      var entry = Line(line.isEmpty ? "" : "  ", .menu)
      entry.add(hint.key, .key)
      entry.add(" " + hint.word, .menu)
      guard line.columns + entry.columns <= scene.size.columns - 1 else { break }
      line.add(entry)
    }
    canvas.draw(line, column: 1, row: row)
  }

  /// What may follow, as far as it fits; the candidate that stands in the prompt is among what is shown.
  private func drawCompletion(_ completion: FilterCompletion, row: Int, on canvas: inout Canvas) {
    guard !completion.candidates.isEmpty else {
      canvas.draw("nothing to complete here", .dim, column: 1, row: row)
      return
    }
    var heading = Line("Tab", .key)
    heading.add(" next ", .menu)
    let start = canvas.draw(heading, column: 1, row: row)
    ChoiceLine(labels: completion.candidates.map(\.label), selected: completion.selected, symbols: symbols)
      .draw(on: &canvas, column: start, row: row, limit: scene.size.columns)
  }

  /// What is wrong, with a pointer below the column.
  private func drawError(of prompt: Prompt, row: Int, on canvas: inout Canvas) {
    guard let error = prompt.error else { return }
    let before = String(prompt.editor.characters.prefix(max(0, error.column - 1)))
    let column = 1 + DisplayWidth.columns(of: label(of: prompt)) + DisplayWidth.columns(of: before)
    let style: Theme.Token = prompt.isUnfinished ? .dim : .buildError
    let text = "\(symbols.column) \(error.message)"
    let room = scene.size.columns - column
    if DisplayWidth.columns(of: text) <= room {
      canvas.draw(text, style, column: column, row: row)
    } else {
      canvas.draw("column \(error.column): \(error.message)", style, column: 1, row: row)
    }
  }

  // MARK: Choice

  /// `only› 1 svc:api 2 level:error`.
  private func drawTerms(_ choice: TermChoice, row: Int, on canvas: inout Canvas) {
    canvas.fill(Layout.Frame(column: 0, row: row, columns: scene.size.columns, rows: 1), .prompt)
    let heading = choice.excludes ? "hide" : "only"
    let start = canvas.draw("\(heading)\(symbols.prompt) ", .prompt, column: 1, row: row)
    let labels = choice.terms.enumerated().map { "\($0 + 1) \($1)" }
    ChoiceLine(labels: labels, selected: choice.selected, symbols: symbols)
      .draw(on: &canvas, column: start, row: row, limit: scene.size.columns)
  }

  // MARK: Status and keys

  private func drawStatus(row: Int, on canvas: inout Canvas) {
    let width = scene.size.columns
    var left = Line()
    if let message = state.screen.message {
      left.add(message.text, message.isError ? .buildError : .status)
    } else if let problem = state.screen.logs.counts.problem {
      left.add(problem, .buildWarning)
    } else if state.screen.logs.anchor != nil, state.screen.focus == .logs {
      left.add("\(Wording.count(state.screen.logs.counts.selected, "row")) selected", .match)
      if let key = scene.keys.keyName(for: .copy) { left.add(" \(symbols.dot) \(key) copies", .dim) }
      if let key = scene.keys.keyName(for: .back) { left.add(" \(symbols.dot) \(key) leaves", .dim) }
    } else if !state.screen.logs.search.isEmpty {
      left.add("search: ", .dim)
      left.add(state.screen.logs.search, .match)
      for (action, word) in [(Action.nextMatch, "next"), (.previousMatch, "previous")] {
        if let key = scene.keys.keyName(for: action) { left.add(" \(symbols.dot) \(key) \(word)", .dim) }
      }
    }
    let start = canvas.draw(left, column: 1, row: row, limit: width)
    var right = Line()
    if let summary = state.watch.summary, width >= 100 {
      right.add(
        "\(Wording.count(summary.files, "file")) in \(Wording.count(summary.directories, "directory", "directories")) (\(summary.backend))  ",
        .dim)
    }
    right.add(state.configuration.source.name + "  ", .dim)
    right.add(state.configuration.root, .dim)
    canvas.draw(right, endingAt: width - 1, row: row, notBefore: start + 2)
  }

  private func drawHints(row: Int, on canvas: inout Canvas) {
    let width = scene.size.columns
    var line = Line()
    if let overlay = state.screen.overlay {
      draw(hints(of: overlay), row: row, on: &canvas)
      return
    }
    if let typing = state.screen.typing {
      draw(
        [(AppState.leavingKey.name, "back to devtop"), ("every other key", "goes to \(typing.service)")],
        row: row,
        on: &canvas)
      return
    }
    let hints = scene.keys.hints(for: state.screen.focus).filter { isUseful($0.action) }
    // Help comes first: it leads to everything else. The way out is there, too, whatever else fits between.
    let ordered = hints.filter { $0.action == .help } + hints.filter { $0.action != .help }
    let quit = ordered.last { $0.action == .quit }.map { entry(of: $0) } ?? Line()
    for hint in ordered {
      let isQuit = hint.action == .quit
      let entry = line.isEmpty ? entry(of: hint, isFirst: true) : entry(of: hint)
      guard line.columns + entry.columns + (isQuit ? 0 : quit.columns) <= width - 1 else { continue }
      line.add(entry)
    }
    canvas.draw(line, column: 1, row: row)
  }

  private func entry(of hint: KeyTable.Binding, isFirst: Bool = false) -> Line {
    var entry = Line(isFirst ? "" : "  ", .menu)
    entry.add(hint.keys.first?.name ?? "", .key)
    entry.add(" " + (hint.hint ?? ""), .menu)
    return entry
  }

  /// Whether a key would do more than say that there is nothing to do.
  private func isUseful(_ action: Action) -> Bool {
    switch action {
    case .rebuild: state.services.contains { !$0.spec.build.isEmpty }
    case .rawOutput: state.buildService?.lastBuild != nil || state.buildService?.build.run != nil
    case .follow: !state.screen.logs.follows
    case .dismiss: !state.buildRows.isEmpty
    case .edit, .nextError: state.screen.focus != .build || !state.buildRows.isEmpty
    case .open:
      switch state.screen.focus {
      case .files: !state.files.isEmpty
      case .requests: state.requests.total > 0
      case .build, .logs, .services: true
      }
    case .copyCurl, .requestLogs: state.selectedRequest != nil
    // Not only said to be impossible, but also not offered.
    case .replay: state.selectedRequest.map { $0.replayObstacle == nil } ?? false
    case .nextColumn: !state.requests.routes.isEmpty && scene.layout.requestHalves.routes != nil
    default: true
    }
  }
}
