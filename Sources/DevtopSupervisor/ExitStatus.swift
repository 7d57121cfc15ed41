import Glibc

/// How a process ended.
public enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
  /// It exited with this status, 0–255.
  case code(Int32)
  /// A signal ended it.
  case signal(Signal, coreDumped: Bool)
  /// It ended, and nobody was left to take its status.
  case unknown

  /// `exit 2`, `SIGSEGV`, `SIGABRT (core dumped)`.
  public var description: String {
    switch self {
    case .code(let code): "exit \(code)"
    case .signal(let signal, coreDumped: false): "\(signal)"
    case .signal(let signal, coreDumped: true): "\(signal) (core dumped)"
    case .unknown: "exit status unknown"
    }
  }

  /// From `si_code` and `si_status` of waitid(2).
  init(code: Int32, status: Int32) {
    // CLD_EXITED, CLD_KILLED, CLD_DUMPED
    switch code {
    case 1: self = .code(status)
    case 2: self = .signal(Signal(rawValue: status), coreDumped: false)
    case 3: self = .signal(Signal(rawValue: status), coreDumped: true)
    default: self = .unknown
    }
  }
}
