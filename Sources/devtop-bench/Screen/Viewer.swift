import CProcess
import DevtopCore
import DevtopLogs
import Glibc

/// Reads a pseudo-terminal all the time on a thread of its own, as a terminal emulator does, and keeps the screen.
final class Viewer: Sendable {
  typealias Condition = @Sendable (TerminalScreen) -> Bool

  private struct State {
    var screen: TerminalScreen
    var bytes = 0
    /// Runs of output with at least 4 ms of silence before them: about the frames.
    var bursts = 0
    var lastRead = Instant.zero
    var firstRead = Instant.zero
    var condition: Condition?
    var metAt: Instant?
    var isClosed = false
    var ledger: FrameLedger?
  }

  let terminal: PseudoTerminal
  private let doorbell: Int32
  private let state: Locked<State>

  /// Begins to read.
  init(_ terminal: PseudoTerminal, columns: Int, rows: Int) {
    self.terminal = terminal
    doorbell = devtop_eventfd()
    state = Locked(State(screen: TerminalScreen(rows: rows, columns: columns)))
    startThread { self.readAll() }
  }

  deinit {
    close(doorbell)
    close(terminal.master)
  }

  private func readAll() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(terminal.master, &buffer, buffer.count)
      let isFinished = count == 0 || count < 0 && errno != EINTR && errno != EAGAIN
      let now = Clock.now
      let answers = state.withLock { state in
        if isFinished { state.isClosed = true }
        guard count > 0 else { return [UInt8]() }
        state.bytes += count
        if (now - state.lastRead).inMilliseconds >= 4 {
          state.bursts += 1
          state.ledger?.close(state.screen)
        }
        state.ledger?.take(count)
        if state.firstRead == .zero { state.firstRead = now }
        buffer.withUnsafeBufferPointer { state.screen.feed(UnsafeBufferPointer(rebasing: $0[..<count])) }
        // What is done here is no silence of the program.
        state.lastRead = Clock.now
        if state.metAt == nil, let condition = state.condition, condition(state.screen) { state.metAt = now }
        return state.screen.takeReplies()
      }
      // Terminals answer questions at once; who asks waits for it.
      if !answers.isEmpty { type(answers) }
      if count > 0 || isFinished { ring() }
      if isFinished { return }
    }
  }

  private func ring() {
    var one: UInt64 = 1
    _ = write(doorbell, &one, 8)
  }

  /// The screen as it is.
  var screen: TerminalScreen { state.withLock { $0.screen } }
  /// Bytes written by the program so far.
  var bytes: Int { state.withLock { $0.bytes } }
  var firstByteAt: Instant { state.withLock { $0.firstRead } }
  var bursts: Int { state.withLock { $0.bursts } }

  /// Keeps account of the frames from now on.
  func beginLedger() { state.withLock { $0.ledger = FrameLedger($0.screen) } }

  /// The account of the frames so far; nil where none was begun.
  var ledger: FrameLedger? {
    state.withLock { state in
      state.ledger?.close(state.screen)
      return state.ledger
    }
  }

  /// Says what to wait for; a condition that holds already counts as met now.
  func expect(_ condition: @escaping Condition) {
    state.withLock { state in
      state.metAt = condition(state.screen) ? Clock.now : nil
      state.condition = condition
    }
  }

  /// When the bytes that made the expected screen were read.
  ///
  /// - Throws: `BenchError.timedOut`.
  func wait(for what: String, atMost limit: Duration) throws(BenchError) -> Instant {
    let deadline = Clock.now + limit
    while true {
      let (metAt, isClosed) = state.withLock { ($0.metAt, $0.isClosed) }
      if let metAt { return metAt }
      let left = (deadline - Clock.now).inNanoseconds
      guard left > 0, !isClosed else { throw .timedOut(waitingFor: what) }
      var one = pollfd(fd: doorbell, events: Int16(POLLIN), revents: 0)
      poll(&one, 1, Int32(clamping: left / 1_000_000 + 1))
      var count: UInt64 = 0
      if one.revents != 0 { _ = read(doorbell, &count, 8) }
    }
  }

  /// Presses a key.
  func type(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { write(terminal.master, $0.baseAddress, $0.count) }
  }
}
