import CProcess
import DevtopCore
import Glibc

/// The lines of `devtop --json`, with the time at which each was read.
final class EventLines: Sendable {
  struct Line: Sendable {
    var text: String
    var readAt: Instant

    /// A number of the object, by its key.
    func number(_ key: String) -> Double? {
      guard let rest = after("\"\(key)\":") else { return nil }
      return Double(rest.prefix { $0.isNumber || $0 == "." || $0 == "-" })
    }

    func isEvent(_ name: String) -> Bool { after("\"event\":\"\(name)\"") != nil }

    func contains(_ part: String) -> Bool { after(part) != nil }

    private func after(_ part: String) -> Substring? {
      var rest = text[...]
      while let first = part.first, let start = rest.firstIndex(of: first) {
        rest = rest[start...]
        if rest.hasPrefix(part) { return rest.dropFirst(part.count) }
        rest = rest.dropFirst()
      }
      return nil
    }
  }

  private struct State {
    var lines: [Line] = []
    var isClosed = false
  }

  private let descriptor: Int32
  private let doorbell: Int32
  private let state = Locked(State())

  init(descriptor: Int32) {
    self.descriptor = descriptor
    doorbell = devtop_eventfd()
    startThread { self.readAll() }
  }

  deinit {
    close(descriptor)
    close(doorbell)
  }

  private func readAll() {
    var rest: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      let now = Clock.now
      guard count > 0 else { break }
      rest += buffer[..<count]
      var lines: [Line] = []
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        lines.append(Line(text: String(decoding: rest[..<end], as: UTF8.self), readAt: now))
        rest.removeSubrange(...end)
      }
      state.withLock { $0.lines += lines }
      ring()
    }
    state.withLock { $0.isClosed = true }
    ring()
  }

  private func ring() {
    var one: UInt64 = 1
    _ = write(doorbell, &one, 8)
  }

  var all: [Line] { state.withLock { $0.lines } }

  func count(_ event: String) -> Int { all.count { $0.isEvent(event) } }

  /// Waits for the first line of a kind.
  ///
  /// - Throws: `BenchError.timedOut`.
  func wait(
    for what: String, atMost limit: Duration, _ condition: (Line) -> Bool
  ) throws(BenchError) -> Line {
    let deadline = Clock.now + limit
    while true {
      let (lines, isClosed) = state.withLock { ($0.lines, $0.isClosed) }
      if let line = lines.first(where: condition) { return line }
      let left = (deadline - Clock.now).inNanoseconds
      guard left > 0, !isClosed else { throw .timedOut(waitingFor: what) }
      var one = pollfd(fd: doorbell, events: Int16(POLLIN), revents: 0)
      poll(&one, 1, Int32(clamping: left / 1_000_000 + 1))
      var rings: UInt64 = 0
      if one.revents != 0 { _ = read(doorbell, &rings, 8) }
    }
  }
}
