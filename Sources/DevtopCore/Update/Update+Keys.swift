extension AppState {
  /// A key goes to what is in front: a question, the help, a prompt, else to the focused pane by the key table.
  mutating func keyPressed(_ key: Key) -> [Effect] {
    if let typing = screen.typing { return typed(.key(key), typing) }
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
    case .terms(let choice): return termPressed(key, choice)
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
    let matches = PaletteList.items(editor.text, keys, filters)
    switch key {
    case .escape: screen.overlay = nil
    case .enter:
      screen.overlay = nil
      if matches.indices.contains(selected) { return perform(matches[selected]) }
    case .up, .control("p"): screen.overlay = .palette(editor, selected: max(0, selected - 1))
    case .down, .control("n"):
      screen.overlay = .palette(editor, selected: max(0, min(matches.count - 1, selected + 1)))
    default:
      if editor.handle(key) { screen.overlay = .palette(editor, selected: 0) }
    }
    return []
  }

  mutating func pasted(_ text: String) -> [Effect] {
    if let typing = screen.typing { return typed(.pasted(text), typing) }
    if case .palette(var editor, _) = screen.overlay {
      editor.insert(text)
      screen.overlay = .palette(editor, selected: 0)
      return []
    }
    guard screen.overlay == nil, screen.prompt != nil else { return [] }
    screen.prompt?.completion = nil
    screen.prompt?.editor.insert(text)
    return promptChanged()
  }
}
