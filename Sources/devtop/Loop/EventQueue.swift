import DevtopCore
import Glibc

/// Events on their way to the main loop, which sleeps in `poll` on `descriptor`.
final class EventQueue: Sendable {
  private struct State {
    var events: [Event] = []
    var logGrew = false
    var viewChanged = false
    var terminalResized = false
    var themeChanged = false
    var isSignalled = false
  }

  /// What came since the last call of `take`.
  struct Batch {
    var events: [Event]
    /// The log store has new lines.
    var logGrew: Bool
    /// The filtered view has matched more lines.
    var viewChanged: Bool
    /// The terminal has another size (SIGWINCH).
    var terminalResized: Bool
    /// The file of the theme in use was saved.
    var themeChanged: Bool
  }

  /// Readable while something waits.
  let descriptor: Int32
  private let writeEnd: Int32
  private let state = Locked(State())

  init() {
    var ends: [Int32] = [-1, -1]
    // Without it the main loop could not sleep; there is no way to go on.
    precondition(pipe(&ends) == 0, "no pipe could be made (errno \(errno))")
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    close(descriptor)
    close(writeEnd)
  }

  func send(_ event: Event) { change { $0.events.append(event) } }

  func logGrew() { change { $0.logGrew = true } }

  func viewChanged() { change { $0.viewChanged = true } }

  func terminalResized() { change { $0.terminalResized = true } }

  func themeChanged() { change { $0.themeChanged = true } }

  func take() -> Batch {
    state.withLock { state in
      if state.isSignalled {
        var bytes: UInt64 = 0
        _ = read(descriptor, &bytes, 8)
      }
      let batch = Batch(
        events: state.events, logGrew: state.logGrew, viewChanged: state.viewChanged,
        terminalResized: state.terminalResized, themeChanged: state.themeChanged)
      state = State()
      return batch
    }
  }

  /// One byte is in the pipe while something waits, never more.
  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      guard !state.isSignalled else { return }
      state.isSignalled = true
      var byte: UInt8 = 1
      _ = write(writeEnd, &byte, 1)
    }
  }
}
