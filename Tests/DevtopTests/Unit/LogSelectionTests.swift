import DevtopCore
import DevtopLogs
import Glibc
import Testing

@testable import devtop

/// What the view of the log answers to marks, selections, and what filters can be made of.
@Suite struct LogSelectionTests {
  private let store = LogStore(capacityInBytes: 1 << 20) { WallTime(milliseconds: 0) }
  private let view: LogView
  private let navigator: LogNavigator

  private static let trace = [
    "panic: boom", "", "goroutine 1 [running]:", "main.pay()", "\t/shop/pay.go:7 +0x1",
  ]

  init() {
    view = LogView(store: store, root: "/shop") {}
    navigator = LogNavigator(store: store, view: view)
    // 0: before, 1 to 5: the trace, 6 and 7 behind it.
    print("before\n" + Self.trace.joined(separator: "\n") + "\ndone\n\u{1B}[31mred\u{1B}[0m\n")
    settle()
  }

  private func settle() {
    for _ in 0..<5_000 where !view.counts.isComplete { usleep(1_000) }
  }

  private func print(_ text: String, service: ServiceID = "api") {
    let source = store.source(service: service, run: 1, stream: .output)
    Array(text.utf8).withUnsafeBytes { store.append($0, from: source) }
  }

  private func answer(_ command: LogCommand) -> LogAnswer? {
    let events = navigator.answer(command, root: "/shop")
    settle()
    guard case .logs(let answer)? = events.first else { return nil }
    return answer
  }

  @Test func `what is shown between two lines is copied as it was printed, records whole`() {
    let trace = Self.trace.joined(separator: "\n")
    #expect(answer(.copyLines(0, 7)) == .copied("before\n\(trace)\ndone\nred"))
    #expect(answer(.copyLines(1, 1)) == .copied(trace))
    #expect(answer(.copyLines(2, 6)) == .copied("\(trace)\ndone"))
    _ = answer(.openLine(1, bottom: nil, height: 9))
    #expect(answer(.copyLines(4, 6)) == .copied("main.pay()\n\t/shop/pay.go:7 +0x1\ndone"))
    _ = answer(.setFilter("before | red"))
    #expect(answer(.copyLines(0, 7)) == .copied("before\nred"))
  }

  @Test func `a selection begins at the cursor, or at the last line, in the window that is shown`() {
    #expect(answer(.beginSelection(nil, bottom: nil, height: 9)) == .selectionBegan(7, bottom: 7))
    #expect(answer(.beginSelection(0, bottom: 6, height: 9)) == .selectionBegan(0, bottom: 6))
    _ = answer(.setFilter("nowhere"))
    #expect(answer(.beginSelection(nil, bottom: nil, height: 9)) == .notFound("there is no line to select"))
  }

  @Test func `the rows of a selection are counted as they are shown`() {
    func selected(_ anchor: Int?, _ cursor: Int?) -> Int {
      navigator.counts(searching: "", cursor: cursor, anchor: anchor).selected
    }
    #expect(selected(nil, 7) == 0)
    #expect(selected(7, 7) == 1)
    #expect(selected(0, 7) == 5)
    #expect(selected(7, 0) == 5)
    _ = answer(.setFilter("before | red"))
    #expect(selected(0, 7) == 2)
  }

  @Test func `marks are gone to in turn, around the ends, as far as they are shown`() {
    let marks: Set<Int> = [0, 4, 7]
    func next(_ cursor: Int?, forward: Bool = true) -> Int? {
      guard case .moved(let found, _)? = answer(.findMark(marks, from: cursor, forward: forward, height: 9))
      else { return nil }
      return found
    }
    #expect(next(nil, forward: false) == 7)
    #expect(next(7) == 0)
    // In a folded record, which it unfolds.
    #expect(next(0) == 4)
    #expect(view.isUnfolded(4) == true)
    #expect(next(4) == 7)
    #expect(next(4, forward: false) == 0)
    #expect(next(0, forward: false) == 7)
    _ = answer(.setFilter("red | done"))
    #expect(next(6) == 7)
    #expect(next(7) == 7)
    _ = answer(.setFilter("done"))
    #expect(
      answer(.findMark(marks, from: 6, forward: true, height: 9))
        == .notFound("no marked line is among those that are shown"))
    _ = answer(.setFilter(""))
    _ = answer(.clear)
    #expect(next(nil, forward: false) == nil)
  }

  @Test func `a line is marked once it is whole`() {
    #expect(answer(.lineToMark(nil)) == .lineToMark(7))
    #expect(answer(.lineToMark(0)) == .lineToMark(0))
    print("a prompt> ")
    for _ in 0..<5_000 where navigator.rows(endingAt: nil, count: 1).last?.isPartial != true { usleep(1_000) }
    #expect(answer(.lineToMark(nil)) == .notFound("the line has no end yet and cannot be marked"))
  }

  @Test func `a row offers terms, none offers none`() {
    #expect(
      answer(.terms(0, withService: true, excludes: true))
        == .terms(["svc:api", "\"before\""], excludes: true))
    _ = answer(.setFilter("nowhere"))
    #expect(answer(.terms(nil, withService: true, excludes: false)) == .terms([], excludes: false))
  }

  @Test func `completion looks at the newest lines, of the service that is shown`() {
    var state = AppState(
      configuration: Configuration(
        projectName: "shop", root: "/shop", source: .file("devtop.toml"), services: []))
    func keys() -> [String] {
      navigator.completion(of: ".", isOfRequests: false, state).candidates.map(\.label)
    }
    print("old=1\n" + String(repeating: "line\n", count: 1_990) + "job=7\n")
    print("page=7\n", service: "web")
    #expect(keys() == [".job:", ".old:", ".page:"])
    state.screen.service = "web"
    #expect(keys() == [".page:"])
    state.screen.service = nil
    print(String(repeating: "line\n", count: 100))
    #expect(keys() == [".job:", ".page:"])
    // No more than a key can wait for.
    print(String(repeating: String(repeating: "x", count: 60_000) + "\n", count: 30))
    #expect(keys() == [])
    #expect(
      navigator.completion(of: "me", isOfRequests: true, state).common == "method:")
  }
}
