/// How a process ended.
package enum ExitStatus: Hashable, Sendable {
  case code(Int32)
  /// Number and name, such as 11 and `SIGSEGV`.
  case signal(Int32, name: String)

  package var isSuccess: Bool { self == .code(0) }

  /// `exit 2`, `SIGSEGV`.
  package var description: String {
    switch self {
    case .code(let code): "exit \(code)"
    case .signal(_, let name): name
    }
  }
}
