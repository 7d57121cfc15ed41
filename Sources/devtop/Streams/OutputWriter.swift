import DevtopCore
import Glibc

/// Standard output in plain and JSON mode, behind a bounded buffer and a thread of its own.
///
/// A reader that does not read never stalls a service: when the buffer is full, lines are dropped and counted,
/// and the count is written as soon as there is room.
final class OutputWriter: Sendable {
  /// Events find room where log lines do not any more, so that a flood of the latter hides none of the former.
  enum Kind {
    case event
    case log

    fileprivate var limitInBytes: Int {
      switch self {
      case .event: 5 << 20
      case .log: 4 << 20
      }
    }
  }

  private struct State {
    var buffer: [UInt8] = []
    var dropped = 0
    /// There are lines that the thread was not told of.
    var hasNews = false
    var isClosed = false
  }

  private let descriptor: Int32
  /// Makes the line that tells of dropped ones.
  private let lossLine: @Sendable (Int) -> String
  private let state = Locked(State())
  private let hasBytes = Wakeup()
  private let isFinished = Wakeup()

  init(descriptor: Int32, lossLine: @escaping @Sendable (Int) -> String) {
    self.descriptor = descriptor
    self.lossLine = lossLine
    startThread { [self] in run() }
  }

  /// Adds a line, which is written with the next `flush` at the latest; never blocks.
  func write(_ line: String, _ kind: Kind = .event) {
    state.withLock { state in
      guard !state.isClosed, state.buffer.count + line.utf8.count < kind.limitInBytes else {
        state.dropped += 1
        return
      }
      appendLoss(&state)
      state.buffer.append(contentsOf: line.utf8)
      state.buffer.append(UInt8(ascii: "\n"))
      state.hasNews = true
    }
  }

  /// Has the lines written that were added since the last call: to wake the thread for each of them would cost more
  /// than to make them.
  func flush() {
    let hasNews = state.withLock { state in
      defer { state.hasNews = false }
      return state.hasNews
    }
    if hasNews { hasBytes.ring() }
  }

  /// Adds a last line, whatever waits already, and waits until everything is written, for `limit` at most; later
  /// lines are dropped.
  func finish(_ last: String? = nil, within limit: Duration) {
    state.withLock { state in
      appendLoss(&state)
      if let last { state.buffer.append(contentsOf: (last + "\n").utf8) }
      state.isClosed = true
    }
    hasBytes.ring()
    isFinished.wait(atMost: limit)
  }

  private func appendLoss(_ state: inout State) {
    guard state.dropped > 0 else { return }
    state.buffer.append(contentsOf: (lossLine(state.dropped) + "\n").utf8)
    state.dropped = 0
  }

  private func run() {
    while let bytes = next() {
      if bytes.isEmpty { hasBytes.wait() } else { writeAll(bytes) }
    }
    isFinished.ring()
  }

  /// What waits to be written; nil when it is closed and empty.
  private func next() -> [UInt8]? {
    state.withLock { state in
      // Room again: what was dropped came behind what waits.
      appendLoss(&state)
      if state.buffer.isEmpty { return state.isClosed ? nil : [] }
      defer { state.buffer = [] }
      return state.buffer
    }
  }

  private func writeAll(_ bytes: [UInt8]) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: start), bytes.count - start)
      }
      if written > 0 {
        start += written
      } else if errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if errno != EINTR {
        // The reader is gone (EPIPE); the session goes on without it.
        return
      }
    }
  }
}
