import DevtopCore

/// Keeps frames from queueing up between devtop and a slow terminal.
///
/// The kernel's and ssh's buffers take far more than a slow line delivers in a second. So after every few
/// kilobytes the terminal is asked for its status (DSR 5), and nothing is painted until it has answered: it has
/// shown everything before the question then.
struct FlowControl {
  static let query = Array("\u{1B}[5n".utf8)
  /// Bytes that may be under way without a question.
  private static let allowance = 8_192
  /// A terminal that has never answered is waited for this long, once.
  private static let patience: Duration = .milliseconds(500)
  /// One that has answered before gets this long, once.
  private static let longPatience: Duration = .seconds(10)

  private var unanswered = 0
  /// When the question that painting waits for was sent.
  private var asked: Instant?
  /// When the terminal was last asked whether it answers at all; nothing waits for that.
  private var probed: Instant
  private var hasAnswered = false
  /// It was waited for in vain: that is not done again before it has answered.
  private var isSilent = false

  /// The query has just been sent for the first time.
  init(probed: Instant) { self.probed = probed }

  /// The terminal was away, and the query has just been sent again; what is known of it holds.
  mutating func resumed(at now: Instant) {
    probed = now
    asked = nil
    unanswered = 0
  }

  /// Whether the next frame may be written.
  func isOpen(at now: Instant) -> Bool {
    guard let asked else { return true }
    return now - asked > (hasAnswered ? Self.longPatience : Self.patience)
  }

  /// Whether an answer is to be expected still.
  func awaitsAnswer(at now: Instant) -> Bool {
    if isSilent { return false }
    return hasAnswered ? asked.map { now - $0 < Self.longPatience } ?? false : now - probed < Self.patience
  }

  /// Counts what was written; true where the question is to be sent now.
  mutating func wrote(_ count: Int, at now: Instant) -> Bool {
    guard isOpen(at: now) else { return false }
    if asked != nil { isSilent = true }
    asked = nil
    unanswered += count
    guard unanswered > Self.allowance, !isSilent else { return false }
    // A terminal that does not answer is not asked again; should it answer late, it is.
    guard hasAnswered || now - probed < Self.patience else { return false }
    unanswered = 0
    asked = now
    return true
  }

  mutating func answered() {
    // The first answer may be to the probe: no question before it is waited for longer than needed.
    asked = hasAnswered ? nil : asked
    hasAnswered = true
    isSilent = false
  }
}
