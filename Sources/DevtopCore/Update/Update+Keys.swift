extension AppState {
  /// A key goes to what is in front: a question, the help, a prompt, else to the focused pane by the key table.
  mutating func keyPressed(_ key: Key) -> [Effect] {
    if key == .control("c") { return perform(keys.action(for: key, in: screen.focus) ?? .interrupt) }
    switch screen.overlay {
    case .confirm(let question): return answer(question, key)
    case .help(let scroll):
      // A row each, and two for each heading.
      let last = keys.bindings.count + 2 * keys.sections.count - 1 - overlayPage
      return scrollOverlay(key, from: scroll, to: max(0, last)) { .help(scroll: $0) }
    case .detail(let title, let lines, let scroll):
      let last = Layout.detailRows(of: lines, on: screen.size) - overlayPage
      return scrollOverlay(key, from: scroll, to: max(0, last)) {
        .detail(title: title, lines: lines, scroll: $0)
      }
    case .palette(let editor, let selected): return palettePressed(key, editor, selected)
    case nil: break
    }
    if screen.prompt != nil { return promptPressed(key) }
    return keys.action(for: key, in: screen.focus).map { perform($0) } ?? []
  }

  private mutating func answer(_ question: Confirmation, _ key: Key) -> [Effect] {
    switch key {
    case .character("y"), .character("Y"), .enter: return confirmed(question)
    // A second q says it again.
    case .character("q") where question == .quit: return confirmed(question)
    default:
      screen.overlay = nil
      return []
    }
  }

  /// The rows of text in a box of full height.
  private var overlayPage: Int { max(1, screen.size.rows - 4) }

  private mutating func scrollOverlay(
    _ key: Key, from scroll: Int, to last: Int, _ make: (Int) -> Overlay
  ) -> [Effect] {
    let scroll = max(0, min(scroll, last))
    switch key {
    case .down, .character("j"): screen.overlay = make(min(last, scroll + 1))
    case .up, .character("k"): screen.overlay = make(max(0, scroll - 1))
    case .pageDown, .character(" "), .control("d"): screen.overlay = make(min(last, scroll + overlayPage))
    case .pageUp, .control("u"): screen.overlay = make(max(0, scroll - overlayPage))
    case .home, .character("g"): screen.overlay = make(0)
    case .end, .character("G"): screen.overlay = make(last)
    case .escape, .enter, .character("q"), .character("?"), .function(1): screen.overlay = nil
    default: break
    }
    return []
  }

  private mutating func palettePressed(_ key: Key, _ editor: LineEditor, _ selected: Int) -> [Effect] {
    var editor = editor
    let matches = PaletteList.matches(editor.text, keys)
    switch key {
    case .escape: screen.overlay = nil
    case .enter:
      screen.overlay = nil
      if matches.indices.contains(selected) { return perform(matches[selected].action) }
    case .up, .control("p"): screen.overlay = .palette(editor, selected: max(0, selected - 1))
    case .down, .control("n"):
      screen.overlay = .palette(editor, selected: max(0, min(matches.count - 1, selected + 1)))
    default:
      if editor.handle(key) { screen.overlay = .palette(editor, selected: 0) }
    }
    return []
  }

  mutating func pasted(_ text: String) -> [Effect] {
    if case .palette(var editor, _) = screen.overlay {
      editor.insert(text)
      screen.overlay = .palette(editor, selected: 0)
      return []
    }
    guard screen.overlay == nil, screen.prompt != nil else { return [] }
    screen.prompt?.editor.insert(text)
    return promptChanged()
  }

  // MARK: Prompts

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
    }
    return []
  }

  private mutating func promptPressed(_ key: Key) -> [Effect] {
    guard var prompt = screen.prompt else { return [] }
    switch key {
    case .escape: return cancelPrompt(prompt)
    case .enter: return acceptPrompt(prompt)
    default:
      let before = prompt.editor.text
      guard prompt.editor.handle(key) else { return [] }
      screen.prompt = prompt
      return prompt.editor.text == before ? [] : promptChanged()
    }
  }

  /// The live preview of what is being typed.
  private mutating func promptChanged() -> [Effect] {
    guard let prompt = screen.prompt else { return [] }
    let text = prompt.editor.text
    switch prompt.purpose {
    case .requestFilter: return [.logs(.setRequestFilter(text))]
    case .filter: return [.logs(.setFilter(text))]
    case .search:
      screen.logs.search = text
      guard !text.isEmpty else { return [] }
      // From where the search was begun, and that line counts, too.
      let from = prompt.origin.cursor.map { $0 + 1 }
      return [.logs(.find(text, from: from, forward: false, height: logHeight))]
    }
  }

  private mutating func cancelPrompt(_ prompt: Prompt) -> [Effect] {
    screen.prompt = nil
    switch prompt.purpose {
    case .requestFilter: return [.logs(.setRequestFilter(prompt.original))]
    case .filter: return [.logs(.setFilter(screen.logs.filtersEnabled ? prompt.original : ""))]
    case .search:
      screen.logs.search = ""
      (screen.logs.cursor, screen.logs.bottom) = prompt.origin
      screen.logs.follows = prompt.origin.bottom == nil
      return []
    }
  }

  private mutating func acceptPrompt(_ prompt: Prompt) -> [Effect] {
    let text = prompt.editor.text
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
    }
  }

  mutating func remember(_ text: String, in history: WritableKeyPath<ScreenState, [String]>) {
    guard !text.isEmpty else { return }
    screen[keyPath: history].removeAll { $0 == text }
    screen[keyPath: history].insert(text, at: 0)
    if screen[keyPath: history].count > 100 { screen[keyPath: history].removeLast() }
  }
}
