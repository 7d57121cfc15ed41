/// Why a request has no right answer.
enum LoadFailure: Hashable, Comparable, CaseIterable, Sendable {
  case wrongStatus
  case wrongContent
  /// The answer is no HTTP/1.
  case malformed
  /// Nobody listened.
  case refused
  /// ECONNRESET or EPIPE.
  case reset
  /// Closed before the first byte of the answer, on a new connection.
  case unanswered
  /// Closed, or reset, before the first byte of the answer, on a connection that had answered before: its server closed it
  /// when the request was on the way (RFC 9112 §9.3.1).
  case stale
  /// Closed within the answer.
  case cut
  case timedOut
  /// Another error of the system.
  case other

  var name: String {
    switch self {
    case .wrongStatus: "wrong status"
    case .wrongContent: "wrong content"
    case .malformed: "malformed"
    case .refused: "refused"
    case .reset: "reset"
    case .unanswered: "closed without answer"
    case .stale: "stale"
    case .cut: "cut"
    case .timedOut: "timed out"
    case .other: "other"
    }
  }
}
