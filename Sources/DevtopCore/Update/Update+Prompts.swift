/// The prompts on the bottom line: the filters and the search.
extension AppState {
  mutating func openPrompt(_ purpose: Prompt.Purpose) -> [Effect] {
    if purpose == .filter, screen.focus == .requests { return openPrompt(.requestFilter) }
    screen.focus = purpose == .requestFilter ? .requests : .logs
    switch purpose {
    case .requestFilter:
      screen.prompt = Prompt(
        .requestFilter, text: screen.requests.filter?.text ?? "", history: screen.requestFilterHistory)
    case .filter: screen.prompt = Prompt(.filter, text: screen.logs.filter, history: screen.filterHistory)
    case .search:
      screen.prompt = Prompt(.search, text: "", history: screen.searchHistory)
      screen.prompt?.origin = (screen.logs.cursor, screen.logs.bottom)
    case .export:
      screen.prompt = Prompt(
        .export, text: "devtop-\(now.wall.rfc3339.prefix(19).filter { $0 != ":" }).log",
        history: screen.exportHistory)
    }
    return []
  }

  mutating func promptPressed(_ key: Key) -> [Effect] {
    guard var prompt = screen.prompt else { return [] }
    switch key {
    case .escape: return cancelPrompt(prompt)
    case .enter: return acceptPrompt(prompt)
    case .tab, .backTab: return complete(forward: key == .tab)
    default:
      prompt.completion = nil
      screen.prompt = prompt
      let before = prompt.editor.text
      guard prompt.editor.handle(key) else { return [] }
      screen.prompt = prompt
      return prompt.editor.text == before ? [] : promptChanged()
    }
  }

  /// The live preview of what is being typed.
  mutating func promptChanged() -> [Effect] {
    guard let prompt = screen.prompt else { return [] }
    let text = prompt.editor.text
    switch prompt.purpose {
    case .requestFilter: return [.logs(.setRequestFilter(text))]
    case .filter: return [.logs(.setFilter(text))]
    case .export: return []
    case .search:
      screen.logs.search = text
      guard !text.isEmpty else { return [] }
      // From where the search was begun, and that line counts, too.
      let from = prompt.origin.cursor.map { $0 + 1 }
      return [.logs(.find(text, from: from, forward: false, height: logHeight))]
    }
  }

  /// Shows what was shown when a search began.
  mutating func showOrigin(of prompt: Prompt) {
    (screen.logs.cursor, screen.logs.bottom) = prompt.origin
    screen.logs.follows = prompt.origin.bottom == nil
  }

  private mutating func cancelPrompt(_ prompt: Prompt) -> [Effect] {
    screen.prompt = nil
    switch prompt.purpose {
    case .requestFilter: return [.logs(.setRequestFilter(prompt.original))]
    case .filter: return [.logs(.setFilter(screen.logs.filtersEnabled ? prompt.original : ""))]
    case .export: return []
    case .search:
      screen.logs.search = ""
      showOrigin(of: prompt)
      return []
    }
  }

  private mutating func acceptPrompt(_ prompt: Prompt) -> [Effect] {
    let text = prompt.editor.text
    // What is wrong is said where the candidates were.
    screen.prompt?.completion = nil
    switch prompt.purpose {
    case .requestFilter:
      if prompt.error != nil { return [] }
      screen.prompt = nil
      screen.logs.filtersEnabled = true
      remember(text, in: \.requestFilterHistory)
      return [.logs(.setRequestFilter(text))]
    case .filter:
      // A filter with an error is not kept: the prompt stays open and says what is wrong.
      if prompt.error != nil { return [] }
      screen.prompt = nil
      screen.logs.filter = text
      screen.logs.filtersEnabled = true
      remember(text, in: \.filterHistory)
      return [.logs(.setFilter(text))]
    case .search:
      screen.prompt = nil
      remember(text, in: \.searchHistory)
      return []
    case .export:
      screen.prompt = nil
      guard !text.isEmpty else { return [] }
      remember(text, in: \.exportHistory)
      let root = configuration.root + "/"
      exports.insert(text.hasPrefix(root) ? String(text.dropFirst(root.count)) : text)
      return [.logs(.export(text))]
    }
  }

  mutating func remember(_ text: String, in history: WritableKeyPath<ScreenState, [String]>) {
    guard !text.isEmpty else { return }
    screen[keyPath: history].removeAll { $0 == text }
    screen[keyPath: history].insert(text, at: 0)
    if screen[keyPath: history].count > 100 { screen[keyPath: history].removeLast() }
  }
}
