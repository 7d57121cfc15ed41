import Testing

@testable import DevtopCore

/// Connections that go on, and the seconds that the graphs show.
@Suite struct OpenRequestTests {
  private func session() -> Session {
    var session = Session(.go())
    session.bringUp()
    return session
  }

  private func socket(_ id: String, open: Bool, path: String = "/live") -> RequestSample {
    var socket = sample(path, status: 101, milliseconds: 60_000)
    socket.kind = .webSocket
    socket.exchange?.requestID = id
    if open {
      socket.isOpen = true
      socket.duration = nil
    }
    return socket
  }

  // MARK: Connections that go on

  @Test func `an open WebSocket is in the list, counts at its end, and stays where it began`() {
    var session = session()
    session.on(.requests([sample("/before"), socket("1", open: true), socket("2", open: true)]))
    #expect(session.state.requests.total == 1)
    #expect(session.state.requests.recent.map(\.isOpen) == [true, true, false])
    #expect(session.state.requests.routes.map(\.key.route) == ["/before"])
    session.on(.requests([sample("/after"), socket("1", open: false)]))
    let recent = session.state.requests.recent
    #expect(recent.map(\.path) == ["/after", "/live", "/live", "/before"])
    #expect(recent.map(\.isOpen) == [false, true, false, false])
    #expect(recent[2].duration == .seconds(60))
    #expect(session.state.requests.total == 3)
  }

  @Test func `it is reported once, when it has ended`() {
    var session = session()
    session.on(.requests([socket("1", open: true)]))
    #expect(session.reports.isEmpty)
    session.on(.requests([socket("1", open: false)]))
    #expect(session.reports.count == 1)
  }

  @Test func `the selected row stays selected when a connection opens, and when one ends`() {
    var session = session()
    session.on(.requests([sample("/a"), sample("/b")]))
    session.state.screen.focus = .requests
    session.state.screen.requests.cursor.selected = 1
    session.on(.requests([socket("1", open: true)]))
    #expect(session.state.selectedRequest?.path == "/a")
    session.on(.requests([socket("1", open: false)]))
    #expect(session.state.selectedRequest?.path == "/a")
  }

  @Test func `of more requests at once than the list holds the newest are listed, and all count`() {
    var session = session()
    session.on(.requests([sample("/first"), socket("1", open: true)]))
    session.on(.requests([socket("1", open: false)] + (0..<1_200).map { sample("/\($0)") }))
    #expect(session.state.requests.total == 1_202)
    #expect(session.state.requests.recent.map(\.path) == (700..<1_200).reversed().map { "/\($0)" })
    #expect(session.state.requests.services["api"]?.totals.count == 1_202)
  }

  @Test func `nothing is reported where nobody reads it`() {
    var session = session()
    session.state.reportsRequests = false
    session.on(.requests([sample()]))
    #expect(session.reports.isEmpty)
    #expect(session.state.requests.total == 1)
  }

  @Test func `one whose beginning was pushed out of the list is new in it`() {
    var session = session()
    session.on(.requests([socket("1", open: true)]))
    session.on(.requests((0..<500).map { sample("/\($0)") }))
    session.on(.requests([socket("1", open: false)]))
    #expect(session.state.requests.recent.count == 500)
    #expect(session.state.requests.recent[0].kind == .webSocket)
  }

  @Test func `its heads and bodies count against the cap`() {
    var recent = RecentRequests()
    recent.add(socket("1", open: true))
    recent.add(sample("/b"))
    var ended = socket("1", open: false)
    ended.exchange?.answerBody = [UInt8](repeating: 65, count: 1_000)
    let isFinished = recent.finish(ended)
    #expect(isFinished && recent.capturedBytes == 1_000)
    ended.exchange?.answerBody = [UInt8](repeating: 65, count: RecentRequests.captureLimitInBytes + 1)
    recent.add(socket("1", open: true))
    let isFinishedToo = recent.finish(ended)
    #expect(isFinishedToo && recent.capturedBytes == 0)
    #expect(recent[0].exchange?.isAbridged == true)
    let isFinishedAgain = recent.finish(ended)
    #expect(!isFinishedAgain)
  }

  // MARK: Seconds

  @Test func `seconds have their counts, durations and new runs, the newest last`() {
    var session = session()
    session.on(.requests([sample("/a", run: 1, milliseconds: 10), sample("/b", run: 1, milliseconds: 20)]))
    #expect(session.state.requests.current(of: ["api"]) == 2)
    session.on(.timer(.requestRate))
    session.on(.timer(.requestRate))
    session.on(.requests([sample("/a", run: 2)]))
    session.on(.timer(.requestRate))
    let seconds = session.state.requests.seconds(of: ["api"])
    #expect(seconds.map(\.count) == [2, 0, 1])
    #expect(seconds.map(\.newRun) == [1, nil, 2])
    #expect(seconds[0].durations.largest == .milliseconds(20))
    #expect(session.state.requests.current(of: ["api"]) == 0)
  }

  @Test func `services that began later are added where their seconds are`() {
    var session = Session(.go(), .script())
    session.bringUp()
    session.on(.requests([sample()]))
    session.on(.timer(.requestRate))
    session.on(.requests([sample(), sample(service: "web"), sample(service: "web")]))
    session.on(.timer(.requestRate))
    #expect(session.state.requests.seconds(of: ["api", "web"]).map(\.count) == [1, 3])
    #expect(session.state.requests.seconds(of: ["web"]).map(\.count) == [2])
  }

  @Test func `after a minute without requests the seconds are forgotten and the timer rests`() {
    var session = session()
    session.on(.requests([sample()]))
    let again = Effect.setTimer(.requestRate, after: .seconds(1))
    for _ in 0..<60 {
      let effects = session.on(.timer(.requestRate))
      #expect(effects.contains(again))
    }
    #expect(session.state.requests.seconds(of: ["api"]).count == 60)
    let last = session.on(.timer(.requestRate))
    #expect(last == [])
    #expect(session.state.requests.seconds(of: ["api"]).isEmpty)
    let next = session.on(.requests([sample()]))
    #expect(next.contains(again))
  }

  @Test func `a histogram counts what is shorter than a duration`() {
    var histogram = Histogram()
    #expect(histogram.count(below: .seconds(1)) == 0)
    for milliseconds in [2, 4, 5, 19, 20, 99, 100, 5_000] { histogram.record(.milliseconds(milliseconds)) }
    #expect([1, 3, 8].map { histogram.count(below: .milliseconds($0)) } == [0, 1, 3])
    #expect(histogram.count(below: .milliseconds(18)) == 3)
    #expect(histogram.count(below: .seconds(60)) == 8)
    #expect(histogram.count(below: .zero) == 0)
  }
}
