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

  /// Bytes since the last question.
  private var unanswered = 0
  /// Questions without an answer; answers come in their order.
  private var questions = 1
  /// When the last of them was sent.
  private var lastQuestion: Instant
  /// When the question that painting waits for was sent, and how many answers are missing until its own.
  private var gate: (asked: Instant, missing: Int)?
  private var hasAnswered = false
  /// It was waited for in vain: that is not done again before it has answered.
  private var isSilent = false

  /// The query has just been sent for the first time.
  init(probed: Instant) { lastQuestion = probed }

  /// The terminal was away, and the query has just been sent again; what is known of it holds.
  mutating func resumed(at now: Instant) {
    // Answers to older ones went to the program that had the terminal.
    questions = 1
    lastQuestion = now
    gate = nil
    unanswered = 0
  }

  private var usualPatience: Duration { hasAnswered ? Self.longPatience : Self.patience }

  /// Whether the next frame may be written.
  func isOpen(at now: Instant) -> Bool {
    guard let gate else { return true }
    return now - gate.asked > usualPatience
  }

  /// Whether an answer is to be expected still.
  func awaitsAnswer(at now: Instant) -> Bool {
    !isSilent && questions > 0 && now - lastQuestion < usualPatience
  }

  /// Counts what was written; true where the question is to be sent now.
  mutating func wrote(_ count: Int, at now: Instant) -> Bool {
    guard isOpen(at: now) else { return false }
    if gate != nil {
      isSilent = true
      questions = 0
    }
    gate = nil
    unanswered += count
    guard unanswered > Self.allowance, !isSilent else { return false }
    // A terminal that does not answer is not asked again; should it answer late, it is.
    guard hasAnswered || now - lastQuestion < Self.patience else { return false }
    unanswered = 0
    questions += 1
    lastQuestion = now
    gate = (now, questions)
    return true
  }

  mutating func answered() {
    questions = max(0, questions - 1)
    hasAnswered = true
    isSilent = false
    if let (asked, missing) = gate { gate = missing > 1 ? (asked, missing - 1) : nil }
  }
}
