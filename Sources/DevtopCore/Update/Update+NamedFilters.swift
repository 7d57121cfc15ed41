extension AppState {
  /// Does what was chosen in the palette.
  mutating func perform(_ item: PaletteItem) -> [Effect] {
    switch item {
    case .action(let binding): return perform(binding.action)
    case .jump(let time):
      screen.focus = .logs
      return [.logs(.jump(time, height: logHeight))]
    case .saveFilter(let name): return saveFilter(name)
    case .filter(let filter): return use(filter)
    }
  }

  /// Keeps the filter in force, of Requests while that has the focus, else of Logs.
  private mutating func saveFilter(_ name: String) -> [Effect] {
    let isOfRequests = screen.focus == .requests
    let text = screen.focusedFilter
    let before = filters.count
    filters.removeAll { $0.name == name && $0.isOfRequests == isOfRequests }
    guard !text.isEmpty else {
      let edit = keys.keyName(for: .filter).map { "; \($0) sets one" } ?? ""
      guard filters.count < before else { return say("there is no filter to name\(edit)", isError: true) }
      return [.keepFilters(filters)] + say("filter \(name) forgotten")
    }
    filters.append(NamedFilter(name: name, text: text, isOfRequests: isOfRequests))
    filters.sort { $0.name < $1.name }
    return [.keepFilters(filters)] + say("filter \(name): \(text)")
  }

  private mutating func use(_ filter: NamedFilter) -> [Effect] {
    screen.logs.filtersEnabled = true
    if filter.isOfRequests {
      screen.focus = .requests
      remember(filter.text, in: \.requestFilterHistory)
      return [.logs(.setRequestFilter(filter.text))]
    }
    screen.focus = .logs
    screen.logs.filter = filter.text
    remember(filter.text, in: \.filterHistory)
    return [.logs(.setFilter(filter.text))]
  }
}
