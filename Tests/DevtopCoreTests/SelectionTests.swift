import Testing

@testable import DevtopCore

/// Marks and selections in the log.
@Suite struct SelectionTests {
  private var session: Session = {
    var session = Session(.go())
    session.bringUp()
    session.on(.resized(Size(columns: 80, rows: 24)))
    return session
  }()

  private var logs: LogPane { session.state.screen.logs }

  // MARK: Marks

  @Test mutating func `m marks a line and takes the mark away`() {
    session.on(.logs(.moved(cursor: 7, bottom: 9)))
    #expect(session.on(.key(.character("m"))) == [.logs(.lineToMark(7))])
    session.on(.logs(.lineToMark(7)))
    session.on(.logs(.lineToMark(3)))
    #expect(logs.marks == [3, 7])
    session.on(.logs(.lineToMark(7)))
    #expect(logs.marks == [3])
  }

  @Test mutating func `marks are gone to from the cursor, or from the end`() throws {
    #expect(session.on(.key(.character("'"))) == [])
    session.on(.logs(.lineToMark(3)))
    let height = session.state.logHeight
    #expect(
      session.on(.key(.character("'"))) == [.logs(.findMark([3], from: nil, forward: false, height: height))])
    session.on(.logs(.moved(cursor: 7, bottom: 9)))
    #expect(
      session.on(.key(.character("'"))) == [.logs(.findMark([3], from: 7, forward: true, height: height))])
    #expect(
      session.on(.key(.character("\""))) == [.logs(.findMark([3], from: 7, forward: false, height: height))])
  }

  @Test mutating func `a mark goes with its line`() {
    for line in [3, 7, 8] { session.on(.logs(.lineToMark(line))) }
    session.on(.logCounts(LogCounts(matched: 1, total: 20, dropped: 7), newLines: 0))
    #expect(logs.marks == [7, 8])
  }

  // MARK: Selection

  private mutating func select(_ line: Int) {
    session.on(.key(.character("v")))
    session.on(.logs(.selectionBegan(line, bottom: 9)))
  }

  @Test mutating func `a selection goes from where it began to the cursor and is copied`() {
    #expect(
      session.on(.key(.character("v")))
        == [.logs(.beginSelection(nil, bottom: nil, height: session.state.logHeight))])
    session.on(.said("something else"))
    session.on(.logs(.selectionBegan(9, bottom: 9)))
    #expect(!logs.follows)
    #expect(session.state.screen.message == nil)
    session.on(.key(.character("k")))
    session.on(.logs(.moved(cursor: 6, bottom: 9)))
    #expect(session.on(.key(.character("y"))) == [.logs(.copyLines(6, 9))])
    #expect(logs.anchor == nil)
    #expect(session.on(.logs(.copied("a\nb"))).first == .copy("a\nb"))
    #expect(session.state.screen.message?.text == "copied 2 lines")
    #expect(session.on(.key(.character("y"))) == [.logs(.copy(6))])
  }

  @Test mutating func `Escape leaves a selection before anything else`() {
    session.on(.action(.zoom))
    select(4)
    session.on(.key(.escape))
    #expect(logs.anchor == nil && !logs.follows && session.state.screen.isZoomed)
    select(4)
    session.on(.key(.character("v")))
    #expect(logs.anchor == nil)
  }

  @Test mutating func `while selecting, G goes to the last line, and F follows without a selection`() {
    select(4)
    guard case .logs(.move(cursor: 4, bottom: 9, let rows, _))? = session.on(.key(.character("G"))).first
    else {
      Issue.record("no movement")
      return
    }
    #expect(rows > 100_000)
    #expect(logs.anchor == 4)
    session.on(.key(.character("F")))
    #expect(logs.anchor == nil && logs.follows)
  }

  // MARK: Mouse

  @Test mutating func `dragging selects rows, also beyond the pane, and copies them at the end`() throws {
    let frame = try #require(Layout(session.state).panes[.logs])
    let (top, height) = (frame.row + 1, session.state.logHeight)
    #expect(
      session.on(.clicked(column: 5, row: top + 1)) == [.logs(.selectRow(1, bottom: nil, height: height))])
    session.on(.logs(.moved(cursor: 4, bottom: 9)))
    // A hand that is not steady.
    #expect(session.on(.dragged(column: 9, row: top + 1)) == [])
    #expect(logs.anchor == nil)
    #expect(
      session.on(.dragged(column: 5, row: top + 3)) == [.logs(.selectRow(3, bottom: 9, height: height))])
    session.on(.logs(.moved(cursor: 6, bottom: 9)))
    #expect(session.on(.dragged(column: 5, row: 0)) == [.logs(.selectRow(0, bottom: 9, height: height))])
    session.on(.logs(.moved(cursor: 3, bottom: 9)))
    #expect(session.on(.released) == [.logs(.copyLines(3, 4))])
    #expect(logs.anchor == nil)
    // Without a button nothing is dragged.
    #expect(session.on(.dragged(column: 5, row: top + 3)) == [])
    #expect(session.on(.released) == [])
  }

  @Test mutating func `a drag that began in another pane selects nothing`() throws {
    session.on(.logs(.moved(cursor: 4, bottom: 9)))
    let files = try #require(Layout(session.state).panes[.build])
    let logs = try #require(Layout(session.state).panes[.logs])
    session.on(.clicked(column: files.column, row: files.row))
    #expect(session.on(.dragged(column: logs.column, row: logs.row + 2)) == [])
    #expect(session.on(.released) == [])
  }
}
