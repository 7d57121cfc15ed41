import DevtopCore
import DevtopLogs
import Glibc
import Testing

@testable import devtop

/// What the log pane does with lines that a clear has hidden, and with files that lines name.
@Suite struct LogNavigatorTests {
  private let store = LogStore(capacityInBytes: 1 << 20) { WallTime(milliseconds: 0) }
  private let navigator: LogNavigator

  init() { navigator = LogNavigator(store: store, view: LogView(store: store) {}) }

  private func print(_ lines: [String], service: ServiceID = "api") {
    let source = store.source(service: service, run: 1, stream: .output)
    for line in lines { Array((line + "\n").utf8).withUnsafeBytes { store.append($0, from: source) } }
  }

  private func answer(_ command: LogCommand) -> [Event] { navigator.answer(command, root: "/shop") }

  @Test func `behind a clear nothing hidden is found or reached`() {
    print(["error one", "two", "error three"])
    _ = answer(.clear)
    print(["four", "five"])
    #expect(navigator.rows(endingAt: nil, count: 10).map(\.sequence) == [3, 4])
    for forward in [true, false] {
      for from in [nil, 3, 4] as [Int?] {
        #expect(
          answer(.find("error", from: from, forward: forward, height: 10)) == [
            .logs(.notFound("no line has error"))
          ])
        #expect(
          answer(.findLevel(.error, from: from, forward: forward, height: 10))
            == [.logs(.notFound("no error or worse in the log"))])
      }
    }
    // Up from the first visible row stays there, in a full window.
    #expect(
      answer(.move(cursor: 3, bottom: nil, by: -5, height: 10)) == [.logs(.moved(cursor: 3, bottom: 4))])
    #expect(answer(.move(cursor: 4, bottom: nil, by: -5, height: 1)) == [.logs(.moved(cursor: 3, bottom: 3))])
    #expect(answer(.moveToStart(height: 10)) == [.logs(.moved(cursor: 3, bottom: 4))])

    print(["error six", "seven"])
    for forward in [true, false] {
      #expect(
        answer(.find("error", from: 6, forward: forward, height: 1)) == [.logs(.moved(cursor: 5, bottom: 5))])
      #expect(
        answer(.find("error", from: 3, forward: forward, height: 1)) == [.logs(.moved(cursor: 5, bottom: 5))])
    }
    _ = answer(.undoClear)
    #expect(
      answer(.find("error", from: 5, forward: false, height: 1)) == [.logs(.moved(cursor: 2, bottom: 2))])
  }

  @Test(arguments: [
    ("/orders slow", 2), ("/orders/", 1), ("/or.ers/", 1), ("/OR.ERS/i", 1), ("slow /orders", 3),
  ])
  func `a search is for a piece of text, or for an expression between slashes`(text: String, found: Int) {
    print(["GET", "GET /orders", "GET /orders slow", "slow /orders"])
    let answer = answer(.find(text, from: nil, forward: true, height: 1))
    #expect(answer == [.logs(.moved(cursor: found, bottom: found))])
  }

  @Test func `a file is looked for in the service's directory, then in the project's root`() throws {
    var template = Array("/tmp/devtop-navigator.XXXXXX".utf8CString)
    let root = String(cString: try #require(mkdtemp(&template)))
    defer {
      for name in ["api/main.go", "go.go"] { unlink("\(root)/\(name)") }
      rmdir(root + "/api")
      rmdir(root)
    }
    mkdir(root + "/api", 0o755)
    for name in ["api/main.go", "go.go"] { close(open("\(root)/\(name)", O_CREAT | O_WRONLY, 0o644)) }
    func place(_ line: String) -> String? {
      print([line])
      let events = navigator.answer(.openLocation(nil), root: root) { $0 == "api" ? root + "/api" : nil }
      guard case .logs(.location(let path, 7, _))? = events.first else { return nil }
      return path
    }
    #expect(place("main.go:7:1: odd") == root + "/api/main.go")
    #expect(place("go.go:7:1: odd") == root + "/go.go")
    #expect(place("gone.go:7:1: odd") == root + "/gone.go")
    #expect(place("/etc/gone.go:7:1: odd") == "/etc/gone.go")
  }
}
