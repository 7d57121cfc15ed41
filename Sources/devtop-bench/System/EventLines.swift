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

    /// A piece of text of the object, by its key; escapes are left as they are.
    func text(_ key: String) -> String? {
      guard let rest = after("\"\(key)\":\"") else { return nil }
      return String(rest.prefix { $0 != "\"" })
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
  /// How lines begin, behind the time, that are not kept.
  private let ignored: [[UInt8]]

  /// Reads to the end; lines of the events in `ignored` are not kept.
  init(descriptor: Int32, ignoring ignored: [String] = []) {
    self.descriptor = descriptor
    self.ignored = ignored.map { Array("\"event\":\"\($0)\"".utf8) }
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
      var start = 0
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        if isKept(rest[start..<end]) {
          lines.append(Line(text: String(decoding: rest[start..<end], as: UTF8.self), readAt: now))
        }
        start = end + 1
      }
      rest.removeFirst(start)
      guard !lines.isEmpty else { continue }
      state.withLock { $0.lines += lines }
      ring()
    }
    state.withLock { $0.isClosed = true }
    ring()
  }

  private func isKept(_ line: ArraySlice<UInt8>) -> Bool {
    // The time comes first, the event second.
    guard !ignored.isEmpty, let comma = line.firstIndex(of: UInt8(ascii: ",")) else { return true }
    return !ignored.contains { line[(comma + 1)...].starts(with: $0) }
  }

  private func ring() {
    var one: UInt64 = 1
    _ = write(doorbell, &one, 8)
  }

  /// The lines of a service's state.
  static func isState(_ line: Line, of service: String, _ state: String) -> Bool {
    line.isEvent("service.state") && line.text("service") == service && line.text("state") == state
  }

  var all: [Line] { state.withLock { $0.lines } }

  func count(_ event: String) -> Int { all.count { $0.isEvent(event) } }

  /// Waits for the first line of a kind.
  ///
  /// - Throws: `BenchError.timedOut`.
  func wait(
    for what: String, atMost limit: Duration, _ condition: (Line) -> Bool
  ) throws(BenchError) -> Line {
    var position = 0
    return try wait(for: what, after: &position, atMost: limit, condition)
  }

  /// Waits for the first line of a kind among those from `position` on, and moves it behind that line.
  ///
  /// - Throws: `BenchError.timedOut`.
  func wait(
    for what: String, after position: inout Int, atMost limit: Duration, _ condition: (Line) -> Bool
  ) throws(BenchError) -> Line {
    let deadline = Clock.now + limit
    var seen = position
    while true {
      let (lines, isClosed) = state.withLock { ($0.lines, $0.isClosed) }
      if let index = lines[seen...].firstIndex(where: condition) {
        position = index + 1
        return lines[index]
      }
      seen = lines.count
      let left = (deadline - Clock.now).inNanoseconds
      guard left > 0, !isClosed else { throw .timedOut(waitingFor: what) }
      var one = pollfd(fd: doorbell, events: Int16(POLLIN), revents: 0)
      poll(&one, 1, Int32(clamping: left / 1_000_000 + 1))
      var rings: UInt64 = 0
      if one.revents != 0 { _ = read(doorbell, &rings, 8) }
    }
  }
}
