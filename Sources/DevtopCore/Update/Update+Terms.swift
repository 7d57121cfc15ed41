/// `+` and `-`: a filter by what the row under the cursor has.
extension AppState {
  /// Asks what the selected row can be filtered by.
  mutating func chooseTerm(excludes: Bool) -> [Effect] {
    let hasServices = screen.service == nil && services.count > 1
    guard screen.focus == .requests else {
      screen.focus = .logs
      return [.logs(.terms(screen.logs.cursor, withService: hasServices, excludes: excludes))]
    }
    guard let request = requestTerms else {
      return say(requests.total == 0 ? "no request yet" : "no request is selected")
    }
    return open(TermChoice(request, excludes: excludes, isOfRequests: true))
  }

  /// The route, the class of the status and the method of the selected request, or of the selected route.
  private var requestTerms: [String]? {
    var terms: [String] = []
    let service: ServiceID
    switch screen.requests.half {
    case .latest:
      guard let sample = selectedRequest else { return nil }
      service = sample.service
      if sample.kind == .tunnel {
        terms = ["tunnel"]
      } else {
        if let route = sample.route { terms.append("route:\(FilterText.quoted(route))") }
        if sample.status >= 100 { terms.append("status:\(sample.status / 100)xx") }
        terms.append(Self.methodTerm(sample.verb))
        let path = String(sample.pathOnly)
        if path != sample.route { terms.append("path:\(FilterText.quoted(path))") }
      }
    case .routes:
      guard let key = selectedRoute?.key else { return nil }
      service = key.service
      terms = ["route:\(FilterText.quoted(key.route))", Self.methodTerm(key.method)]
    }
    if screen.service == nil, requests.services.count > 1 {
      terms.append("svc:\(FilterText.quoted(service.name))")
    }
    return terms
  }

  /// What became a WebSocket or an event stream is shown, and asked for, by that.
  private static func methodTerm(_ verb: String) -> String {
    switch verb {
    case "WS", "SSE": verb.lowercased()
    default: "method:\(verb.uppercased())"
    }
  }

  mutating func open(_ choice: TermChoice) -> [Effect] {
    guard !choice.terms.isEmpty else { return say("there is nothing to filter by in this row") }
    screen.overlay = .terms(choice)
    return []
  }

  mutating func termPressed(_ key: Key, _ choice: TermChoice) -> [Effect] {
    var choice = choice
    let count = choice.terms.count
    switch key {
    case .escape, .character("q"):
      screen.overlay = nil
      return []
    case .enter: return use(choice.terms[choice.selected], of: choice)
    case .character(let digit) where digit.wholeNumberValue.map { (1...count).contains($0) } == true:
      return use(choice.terms[(digit.wholeNumberValue ?? 1) - 1], of: choice)
    case .right, .down, .tab, .character("l"), .character("j"):
      choice.selected = (choice.selected + 1) % count
    case .left, .up, .backTab, .character("h"), .character("k"):
      choice.selected = (choice.selected + count - 1) % count
    default:
      switch keys.action(for: key, in: screen.focus) {
      case .filterIn: choice.excludes = false
      case .filterOut: choice.excludes = true
      default: return []
      }
    }
    screen.overlay = .terms(choice)
    return []
  }

  /// The filter in force and the term, as if both had been typed.
  private mutating func use(_ term: String, of choice: TermChoice) -> [Effect] {
    screen.overlay = nil
    let term = choice.excludes ? "!" + term : term
    let filter = choice.isOfRequests ? screen.requests.filter?.text ?? "" : screen.logs.filter
    guard let text = FilterText.adding(term, to: filter) ?? (screen.logs.filtersEnabled ? nil : filter) else {
      return say("the filter has \(term) already")
    }
    screen.logs.filtersEnabled = true
    let said = say("filter: \(text)" + (keys.keyName(for: .filter).map { "; \($0) edits it" } ?? ""))
    if choice.isOfRequests {
      remember(text, in: \.requestFilterHistory)
      return [.logs(.setRequestFilter(text))] + said
    }
    screen.logs.filter = text
    remember(text, in: \.filterHistory)
    return [.logs(.setFilter(text))] + said
  }
}
