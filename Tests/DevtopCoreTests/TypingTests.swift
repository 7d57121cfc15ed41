import Testing

@testable import DevtopCore

/// The keyboard of a service's terminal.
@Suite struct TypingTests {
  private var session: Session = {
    var session = Session(.go())
    session.bringUp()
    session.on(.resized(Size(columns: 80, rows: 24)))
    return session
  }()

  private var screen: ScreenState { session.state.screen }

  private mutating func begin() {
    let run = session.service("api").process.run ?? 0
    #expect(session.on(.key(.character("i"))) == [.holdTerminal("api", run, isHeld: true)])
  }

  @Test mutating func `every key but one goes to the service`() {
    let run = session.service("api").process.run ?? 0
    session.on(.action(.focusFiles))
    begin()
    #expect(screen.focus == .logs)
    #expect(screen.isZoomed)
    for key in [Key.character("q"), .control("c"), .escape, .character("?"), .up, .control("z")] {
      #expect(session.on(.key(key)) == [.type("api", run, .key(key))])
    }
    #expect(session.on(.pasted("two\nlines")) == [.type("api", run, .pasted("two\nlines"))])
    #expect(session.on(.key(.control("]"))) == [.holdTerminal("api", run, isHeld: false)])
    #expect(screen.typing == nil)
    #expect(screen.focus == .files)
    #expect(!screen.isZoomed)
  }

  @Test mutating func `a run that ends gives the keyboard back`() {
    let run = session.service("api").process.run ?? 0
    begin()
    let effects = session.on(.processExited("api", run, .code(0)))
    #expect(effects.contains(.holdTerminal("api", run, isHeld: false)))
    #expect(screen.typing == nil)
    #expect(screen.message?.text == "api #\(run) has ended: the keyboard is devtop's again")
  }

  @Test mutating func `who cannot be typed into says why, and what to do`() {
    session.on(.processExited("api", 1, .code(0)))
    session.on(.processEnded("api", 1))
    session.on(.key(.character("i")))
    #expect(screen.typing == nil)
    #expect(screen.message?.text.hasPrefix("api does not run") == true)

    var piped = ServiceSpec.go()
    piped.usesTerminal = false
    session = Session(piped)
    session.bringUp()
    session.on(.key(.character("i")))
    #expect(screen.typing == nil)
    #expect(screen.message?.text == "api has no terminal; take tty = false out of [service.api]")

    session = Session(.go(), .script())
    session.bringUp()
    session.makeReady("web", session.service("web").process.run ?? 0)
    session.on(.key(.character("i")))
    #expect(screen.typing == nil)
    #expect(screen.message?.text.hasPrefix("choose the service to type into") == true)
  }
}
