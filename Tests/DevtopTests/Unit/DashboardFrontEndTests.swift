import DevtopCore
import DevtopLogs
import DevtopTerminal
import Glibc
import Testing

@testable import devtop

/// The dashboard's front end on a pseudo-terminal whose other side the test holds.
@Suite(.serialized) final class DashboardFrontEndTests {
  private let master: Int32
  private let slave: Int32
  private let store = LogStore(capacityInBytes: 1 << 20) { WallTime(milliseconds: 0) }
  private let queue = EventQueue()

  init() throws {
    var ends: (master: Int32, slave: Int32) = (-1, -1)
    var window = winsize(ws_row: 60, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0)
    try #require(openpty(&ends.master, &ends.slave, nil, nil, &window) == 0)
    (master, slave) = ends
  }

  deinit {
    close(master)
    close(slave)
  }

  private func frontEnd(_ theme: String = "terminal", _ depth: ColorDepth? = nil) throws -> DashboardFrontEnd
  {
    try DashboardFrontEnd(
      DashboardFrontEnd.Options(
        theme: theme, configuredTheme: nil, depth: depth, usesASCII: false, root: "/tmp", environment: [:]),
      logs: store, queue: queue, input: slave, output: slave,
      terminal: TerminalEnvironment(type: "xterm-256color"))
  }

  private func state() -> AppState {
    var spec = ServiceSpec(id: "api", directory: "/tmp")
    spec.run = .shell("api")
    var state = AppState(
      configuration: Configuration(
        projectName: "shop", root: "/tmp", source: .file("devtop.toml"), services: [spec]))
    state.screen.size = Size(columns: 200, rows: 60)
    return state
  }

  private func answer(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(write(master, bytes, bytes.count) == bytes.count)
  }

  /// Takes what was written, as a terminal does.
  private func drain() {
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while poll(&descriptor, 1, 0) > 0, read(master, &buffer, buffer.count) > 0 {}
  }

  private static let isWell = "\u{1B}[0n"

  @Test func `a picture that waited for the terminal's answer is due when it comes`() throws {
    let frontEnd = try frontEnd()
    let state = state()
    answer(Self.isWell)
    #expect(frontEnd.readInput().isEmpty)
    // Until more is under way than the terminal is trusted with.
    var isTaken = true
    for index in 0..<50 where isTaken {
      store.mark(String(repeating: String(index % 10), count: 150), level: nil, service: "api", run: 1)
      _ = frontEnd.perform(.redraw, state)
      isTaken = frontEnd.show(state)
      while frontEnd.outputDescriptor >= 0 {
        drain()
        frontEnd.flush()
      }
      drain()
    }
    #expect(!isTaken)
    #expect(frontEnd.nextFrame > .zero)
    // A key alone does not mean that it keeps up.
    answer("k")
    #expect(frontEnd.readInput() == [.key(.character("k"))])
    #expect(frontEnd.nextFrame > .zero)
    answer(Self.isWell)
    #expect(frontEnd.readInput().isEmpty)
    #expect(frontEnd.nextFrame == .zero)
    #expect(frontEnd.show(state))
    frontEnd.finish(nil, at: WallTime(milliseconds: 0))
  }

  @Test func `the next theme says its name`() throws {
    let frontEnd = try frontEnd("nord")
    guard case .said(let first)? = frontEnd.perform(.nextTheme, state()).first,
      case .said(let second)? = frontEnd.perform(.nextTheme, state()).first
    else {
      Issue.record("nothing was said")
      return
    }
    #expect(first.hasPrefix("theme ") && second.hasPrefix("theme ") && first != second)
    frontEnd.finish(nil, at: WallTime(milliseconds: 0))
  }

  @Test func `without colours a theme says that none are seen`() throws {
    let frontEnd = try frontEnd("nord", ColorDepth.none)
    guard case .said(let text)? = frontEnd.perform(.nextTheme, state()).first else {
      Issue.record("nothing was said")
      return
    }
    #expect(text.hasSuffix("; this terminal shows no colours"))
    frontEnd.finish(nil, at: WallTime(milliseconds: 0))
  }

  @Test func `long lines are moved no further than they go`() throws {
    let frontEnd = try frontEnd()
    var state = state()
    state.screen.size = Size(columns: 120, rows: 40)
    store.mark("short", level: nil, service: "api", run: 1)
    #expect(
      frontEnd.perform(.logs(.moveSideways(from: 0, by: 16)), state) == [.logs(.movedSideways(0))])
    store.mark(String(repeating: "x", count: 300), level: nil, service: "api", run: 1)
    // Of 120 columns 19 are time, name and level; the pane has the line when its view has taken it.
    var end = 0
    for _ in 0..<5_000 where end == 0 {
      guard
        case .logs(.movedSideways(let column))? =
          frontEnd.perform(.logs(.moveSideways(from: 0, by: 1_000)), state).first
      else {
        Issue.record("nothing was answered")
        return
      }
      end = column
      if end == 0 { usleep(1_000) }
    }
    #expect(end == 300 - 101)
    #expect(
      frontEnd.perform(.logs(.moveSideways(from: end, by: -16)), state) == [.logs(.movedSideways(end - 16))])
    frontEnd.finish(nil, at: WallTime(milliseconds: 0))
  }

  @Test func `the demo's introduction is seen whole at 80 columns`() {
    for line in DemoProject.introduction(root: "/tmp/devtop-demo-abcdef") {
      #expect(line.count <= 58, "\(line)")
    }
  }
}
