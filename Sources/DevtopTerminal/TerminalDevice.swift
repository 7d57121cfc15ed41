import Glibc

/// The two ends of a terminal: its settings and its bytes.
///
/// Never blocks but where it says so.
final class TerminalDevice {
  let input: Int32
  /// What is written to: a description of our own that does not block, where it can be had.
  let output: Int32
  private let given: Int32
  private let ownsOutput: Bool
  private let saved: termios
  private var queue: [UInt8] = []
  /// Nothing more can be read or written: the terminal is gone.
  private(set) var isGone = false

  /// - Throws: `TerminalError.notATerminal`, `.settings`.
  init(input: Int32, output: Int32) throws(TerminalError) {
    guard isatty(input) == 1, isatty(output) == 1 else { throw .notATerminal }
    var settings = termios()
    guard tcgetattr(input, &settings) == 0 else { throw .settings(errno) }
    saved = settings
    self.input = input
    given = output
    // O_NONBLOCK is of the open file, which a shell shares: open it anew instead of setting it.
    let own = open("/proc/self/fd/\(output)", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    ownsOutput = own >= 0
    self.output = ownsOutput ? own : output
  }

  deinit { if ownsOutput { Glibc.close(output) } }

  // MARK: Settings

  /// Keys come one by one, unchanged, without echo, and make no signals (termios(3), as `cfmakeraw`).
  func setRaw() throws(TerminalError) {
    var settings = saved
    cfmakeraw(&settings)
    guard tcsetattr(input, TCSANOW, &settings) == 0 else { throw .settings(errno) }
  }

  /// As it was before; what was typed and not read is dropped where it may be answers to queries.
  func restore(droppingInput: Bool) {
    if droppingInput { tcflush(input, TCIFLUSH) }
    var settings = saved
    tcsetattr(input, TCSANOW, &settings)
  }

  /// Rows and columns as the kernel knows them; nil where it does not.
  var windowSize: (rows: Int, columns: Int)? {
    var window = winsize()
    guard ioctl(given, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0, window.ws_col > 0 else {
      return nil
    }
    return (Int(window.ws_row), Int(window.ws_col))
  }

  // MARK: Bytes

  /// Waits for input for at most `timeout` milliseconds.
  func hasInput(timeout: Int32) -> Bool {
    var descriptor = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, timeout) > 0 && descriptor.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0
  }

  /// What has been typed, at most `capacity` bytes; never waits.
  func read(capacity: Int = 4_096) -> [UInt8] {
    guard !isGone, hasInput(timeout: 0) else { return [] }
    return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      let result = Glibc.read(input, buffer.baseAddress, capacity)
      count = max(0, result)
      if result == 0 || result < 0 && errno != EINTR && errno != EAGAIN { isGone = true }
    }
  }

  var hasQueue: Bool { !queue.isEmpty }

  /// Writes as much as the terminal takes now; the rest waits for `flush`.
  func write(_ bytes: [UInt8]) {
    queue += bytes
    flush()
  }

  func flush() {
    while !queue.isEmpty, !isGone {
      if !ownsOutput, !canWrite(timeout: 0) { return }
      // A descriptor that blocks takes small pieces, which fit once it is writable.
      let piece = ownsOutput ? queue.count : min(queue.count, 512)
      let count = queue.withUnsafeBytes { Glibc.write(output, $0.baseAddress, piece) }
      if count > 0 {
        queue.removeFirst(count)
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        isGone = true
      }
    }
    if isGone { queue = [] }
  }

  /// Waits until everything is written, at most `milliseconds`; what is left then is dropped.
  func drain(milliseconds: Int32) {
    var left = milliseconds
    while hasQueue, !isGone, left > 0 {
      if canWrite(timeout: min(left, 20)) { flush() } else { left -= 20 }
    }
    queue = []
  }

  private func canWrite(timeout: Int32) -> Bool {
    var descriptor = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
    guard poll(&descriptor, 1, timeout) > 0 else { return false }
    if descriptor.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { isGone = true }
    return descriptor.revents & Int16(POLLOUT) != 0
  }
}
