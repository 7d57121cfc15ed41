/// Why a row could not be measured.
enum BenchError: Error, CustomStringConvertible {
  /// A system call failed.
  case system(what: String, code: Int32)
  /// Something that must be there is not.
  case missing(String)
  /// It did not come in time.
  case timedOut(waitingFor: String)
  /// devtop, or a program of the measurement, did what it should not.
  case unexpected(String)
  /// ^C; everything is being cleaned up.
  case interrupted

  var description: String {
    switch self {
    case .system(let what, let code): "\(what): \(SystemText.error(code))"
    case .missing(let what): what
    case .timedOut(let event): "\(event) did not come in time"
    case .unexpected(let what): what
    case .interrupted: "interrupted"
    }
  }
}
