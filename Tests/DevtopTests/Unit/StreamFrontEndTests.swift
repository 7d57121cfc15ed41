import DevtopCore
import DevtopLogs
import Glibc
import Testing

@testable import devtop

/// Plain and JSON mode, on a pipe.
@Suite struct StreamFrontEndTests {
  private let logs = LogStore(capacityInBytes: 8 << 20) { WallTime(milliseconds: 0) }
  private let queue = EventQueue()
  private let state = AppState(
    configuration: Configuration(projectName: "shop", root: "/shop", source: .commandLine, services: []))

  private func print(_ text: String, times: Int = 1) {
    let source = logs.source(service: "api", run: 1, stream: .output)
    for _ in 0..<times { Array(text.utf8).withUnsafeBytes { logs.append($0, from: source) } }
  }

  @Test func `a log line wakes the main loop with nothing else happening`() throws {
    let pipe = try Pipe()
    let frontEnd = StreamFrontEnd(.plain, logs: logs, queue: queue, descriptor: pipe.writeEnd)
    #expect(frontEnd.show(state) && !queue.take().logGrew)
    print("hello\n")
    var ready = pollfd(fd: queue.descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&ready, 1, 10_000) == 1 && queue.take().logGrew)
    #expect(frontEnd.show(state))
    #expect(frontEnd.nextFrame > .zero)
    frontEnd.finish(nil, at: WallTime(milliseconds: 0))
    #expect(pipe.readAll() == "[api] hello\n")
  }

  @Test func `markers are lines, and a warning does not say them again`() throws {
    let pipe = try Pipe()
    let frontEnd = StreamFrontEnd(.plain, logs: logs, queue: queue, descriptor: pipe.writeEnd)
    logs.mark("no such file", level: .error, service: "api", run: 2)
    frontEnd.tell(.error(ConfigurationNotice("api: no such file")), at: WallTime(milliseconds: 0))
    frontEnd.tell(.warning(ConfigurationNotice("odd")), at: WallTime(milliseconds: 0))
    frontEnd.finish(nil, at: WallTime(milliseconds: 0))
    #expect(pipe.readAll() == "[api] ── no such file\n[devtop] warning: odd\n")
  }

  @Test func `the end of the session is the last line, and a marker is a note`() throws {
    let pipe = try Pipe()
    let frontEnd = StreamFrontEnd(.json, logs: logs, queue: queue, descriptor: pipe.writeEnd)
    logs.mark("stopped", level: nil, service: "api", run: 2)
    print("late\n")
    frontEnd.finish(.sessionEnded(status: 0), at: WallTime(milliseconds: 0))
    let events = pipe.readAll().split(separator: "\n").compactMap { line in
      ["note", "log", "session.ended"].first { line.contains("\"event\":\"\($0)\"") }
    }
    #expect(events == ["note", "log", "session.ended"])
  }

  @Test func `a flood leaves the main loop its turns`() throws {
    let pipe = try Pipe()
    let frontEnd = StreamFrontEnd(.plain, logs: logs, queue: queue, descriptor: pipe.writeEnd)
    print("x\n", times: 10_000)
    #expect(!frontEnd.show(state) && frontEnd.nextFrame == .zero)
    var turns = 1
    while !frontEnd.show(state) { turns += 1 }
    #expect(turns == 2)
    Thread.startDetached { _ = pipe.readAll(atMost: 10_000 * 8) }
    frontEnd.finish(nil, at: WallTime(milliseconds: 0))
  }
}

/// A pipe whose ends are closed with it.
final class Pipe: Sendable {
  let readEnd: Int32
  let writeEnd: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// What is in the pipe, and what comes within a moment, up to a limit.
  func readAll(atMost limit: Int = .max) -> String {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var ready = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
    while all.count < limit, poll(&ready, 1, 200) == 1 {
      let count = read(readEnd, &buffer, buffer.count)
      guard count > 0 else { break }
      all += buffer[..<count]
    }
    return String(decoding: all, as: UTF8.self)
  }
}
