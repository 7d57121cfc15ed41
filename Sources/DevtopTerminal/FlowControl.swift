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
  private static let patience: Duration = .seconds(3)
  /// One that used to answer gets this long.
  private static let longPatience: Duration = .seconds(10)

  private var unanswered = 0
  private var asked: Instant?
  private var hasAnswered = false
  private var isDeaf = false

  /// Whether the next frame may be written.
  var isOpen: Bool {
    guard let asked else { return true }
    return Terminal.now() - asked > (hasAnswered ? Self.longPatience : Self.patience)
  }

  /// Counts what was written; true where the question is to be sent now.
  mutating func wrote(_ count: Int) -> Bool {
    if asked != nil, !isOpen { return false }
    if asked != nil, !hasAnswered { isDeaf = true }
    asked = nil
    unanswered += count
    guard !isDeaf, unanswered > Self.allowance else { return false }
    unanswered = 0
    asked = Terminal.now()
    return true
  }

  mutating func answered() {
    asked = nil
    hasAnswered = true
    isDeaf = false
  }
}
