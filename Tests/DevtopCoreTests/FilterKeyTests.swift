import Testing

@testable import DevtopCore

/// Tab in a filter, and the keys that filter by what a row has.
@Suite struct FilterKeyTests {
  private var session: Session = {
    var session = Session(.go(), .script("web"))
    session.bringUp()
    return session
  }()

  private mutating func type(_ text: String) {
    for character in text { session.on(.key(.character(character))) }
  }

  private var prompt: String? { session.state.screen.prompt?.editor.text }

  private func candidates(_ labels: String...) -> [FilterCompletion.Candidate] {
    labels.map { FilterCompletion.Candidate($0, text: $0) }
  }

  // MARK: Completion

  @Test mutating func `Tab asks what may follow the cursor and takes a single answer`() {
    type("f!lev)")
    session.on(.key(.left))
    #expect(session.on(.key(.tab)) == [.logs(.complete("!lev", isOfRequests: false))])
    let found = FilterCompletion(start: 1, common: "level:", candidates: candidates("level:"))
    #expect(session.on(.logs(.completed("!lev", found))) == [.logs(.setFilter("!level:)"))])
    #expect(session.state.screen.prompt?.completion == nil)
    type("x")
    #expect(prompt == "!level:x)")
  }

  @Test mutating func `of several the common beginning is taken, and Tab goes through them`() {
    type("flevel:e")
    let found = FilterCompletion(start: 6, common: "er", candidates: candidates("err", "error"))
    #expect(session.on(.logs(.completed("level:e", found))) == [.logs(.setFilter("level:er"))])
    #expect(session.on(.key(.tab)) == [.logs(.setFilter("level:err"))])
    #expect(session.on(.key(.tab)) == [.logs(.setFilter("level:error"))])
    #expect(session.on(.key(.tab)) == [.logs(.setFilter("level:err"))])
    #expect(session.on(.key(.backTab)) == [.logs(.setFilter("level:error"))])
    // Typing goes on behind what was chosen, and asks anew.
    type(" ")
    #expect(session.state.screen.prompt?.completion == nil)
    #expect(session.on(.key(.tab)) == [.logs(.complete("level:error ", isOfRequests: false))])
  }

  @Test mutating func `Enter on what is not whole says what is missing`() {
    type("f")
    let found = FilterCompletion(start: 0, candidates: candidates("level:", "svc:"))
    session.on(.logs(.completed("", found)))
    session.on(.key(.tab))
    session.on(.logs(.filterRejected("level:", message: "a value is missing", column: 7)))
    #expect(session.state.screen.prompt?.completion != nil)
    #expect(session.on(.key(.enter)) == [])
    #expect(session.state.screen.prompt?.completion == nil)
    #expect(session.state.screen.prompt?.error?.column == 7)
  }

  @Test mutating func `an answer to what has changed since is of no use`() {
    type("flev")
    session.on(.key(.backspace))
    let found = FilterCompletion(start: 0, common: "level:", candidates: candidates("level:"))
    #expect(session.on(.logs(.completed("lev", found))) == [])
    #expect(prompt == "le")
    session.on(.key(.escape))
    #expect(session.on(.logs(.completed("lev", found))) == [])
    #expect(session.state.screen.prompt == nil)
  }

  @Test mutating func `only filters are completed, those of requests by requests`() {
    type("/lev")
    #expect(session.on(.key(.tab)) == [])
    session.on(.key(.escape))
    type("4fme")
    #expect(session.on(.key(.tab)) == [.logs(.complete("me", isOfRequests: true))])
    let found = FilterCompletion(start: 0, common: "method:", candidates: candidates("method:"))
    #expect(session.on(.logs(.completed("me", found))) == [.logs(.setRequestFilter("method:"))])
  }

  // MARK: Filtering by a row

  @Test mutating func `a value of the row under the cursor is added to the filter`() {
    session.state.screen.logs.filter = "paid"
    session.on(.logs(.moved(cursor: 3, bottom: 9)))
    #expect(
      session.on(.key(.character("+"))) == [.logs(.terms(3, withService: true, excludes: false))])
    session.on(.logs(.terms(["svc:api", "level:error"], excludes: false)))
    #expect(session.on(.key(.character("2"))) == [.logs(.setFilter("paid level:error"))])
    #expect(session.state.screen.logs.filter == "paid level:error")
    #expect(session.state.screen.filterHistory.first == "paid level:error")
    #expect(session.state.screen.overlay == nil)
    // It is there already.
    session.on(.logs(.terms(["svc:api", "level:error"], excludes: false)))
    session.on(.key(.right))
    #expect(session.on(.key(.enter)) == [])
    #expect(session.state.screen.logs.filter == "paid level:error")
  }

  @Test mutating func `what a row has is hidden by minus, also behind alternatives`() {
    session.state.screen.logs.filter = "a | b"
    session.on(.action(.nextService))
    #expect(
      session.on(.key(.character("-"))) == [.logs(.terms(nil, withService: false, excludes: true))])
    session.on(.logs(.terms(["level:error", ".status:500"], excludes: true)))
    session.on(.key(.left))
    #expect(session.on(.key(.enter)) == [.logs(.setFilter("(a | b) !.status:500"))])
    // Plus and minus change each other's mind.
    session.on(.logs(.terms(["level:error"], excludes: true)))
    session.on(.key(.character("+")))
    #expect(session.on(.key(.character("1"))) == [.logs(.setFilter("(a | b) !.status:500 level:error"))])
  }

  @Test mutating func `the choice is left by Escape, takes no other key, and needs something to choose`() {
    session.on(.logs(.terms(["level:error"], excludes: false)))
    #expect(session.on(.key(.character("7"))) == [])
    #expect(session.on(.key(.character("b"))) == [])
    #expect(session.state.screen.overlay == .terms(TermChoice(["level:error"], excludes: false)))
    #expect(session.on(.key(.escape)) == [])
    #expect(session.state.screen.overlay == nil)
    session.on(.logs(.terms([], excludes: false)))
    #expect(session.state.screen.overlay == nil)
  }

  @Test mutating func `filters that are off go on with the term`() {
    session.state.screen.logs.filter = "level:error"
    session.on(.key(.control("f")))
    session.on(.logs(.terms(["level:error"], excludes: false)))
    #expect(session.on(.key(.enter)) == [.logs(.setFilter("level:error"))])
    #expect(session.state.screen.logs.filtersEnabled)
  }

  @Test mutating func `requests are filtered by route, class of status and method`() {
    session.on(.key(.character("4")))
    #expect(session.on(.key(.character("+"))) == [])
    #expect(session.state.screen.overlay == nil)
    let sample = RequestSample(
      service: "api", run: 1, time: WallTime(milliseconds: 0), method: "GET", path: "/orders/7?x=1",
      status: 503)
    session.on(.requests([sample]))
    session.on(.key(.character("+")))
    let choice = TermChoice(
      ["route:/orders/:id", "status:5xx", "method:GET", "path:/orders/7"], excludes: false, isOfRequests: true
    )
    #expect(session.state.screen.overlay == .terms(choice))
    #expect(session.on(.key(.character("2"))) == [.logs(.setRequestFilter("status:5xx"))])
    let filter = RequestFilter(text: "status:5xx") { _, _ in true }
    session.on(.logs(.requestFilter(filter)))
    session.on(.key(.character("l")))
    session.on(.key(.character("-")))
    #expect(session.on(.key(.enter)) == [.logs(.setRequestFilter("status:5xx !route:/orders/:id"))])
    #expect(session.state.screen.requestFilterHistory.first == "status:5xx !route:/orders/:id")
  }

  @Test mutating func `what is no request of HTTP is filtered by what it is`() {
    session.on(.key(.character("4")))
    var sample = RequestSample(
      service: "api", run: 1, time: WallTime(milliseconds: 0), method: "GET", path: "/live", status: 101)
    sample.kind = .webSocket
    session.on(.requests([sample]))
    session.on(.key(.character("+")))
    #expect(session.on(.key(.character("3"))) == [.logs(.setRequestFilter("ws"))])
    sample.kind = .tunnel
    session.on(.requests([sample]))
    session.on(.key(.character("-")))
    #expect(session.on(.key(.enter)) == [.logs(.setRequestFilter("!tunnel"))])
  }

  @Test(
    arguments: [
      ("", "x"), ("a !x b", "a x b"), ("!(a x b)", "!(a x b) x"), ("\"a x b\"", "\"a x b\" x"), ("  ", "x"),
      ("a", "a x"), ("a x", nil), ("a|b", "(a|b) x"), ("x | b", "(x | b) x"),
      ("(a | b) c", "(a | b) c x"), ("\"a | b\"", "\"a | b\" x"), ("/a\\(/ | b", "(/a\\(/ | b) x"),
      ("\"(\" | b", "(\"(\" | b) x"), ("a \"b\\\" | c\"", "a \"b\\\" | c\" x"), (":-( | b", "(:-( | b) x"),
    ] as [(String, String?)])
  func `a term is added to all of a filter`(filter: String, expected: String?) {
    #expect(FilterText.adding("x", to: filter) == expected)
  }
}
