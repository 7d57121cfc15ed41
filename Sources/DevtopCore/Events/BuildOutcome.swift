/// How a build ended.
package struct BuildOutcome: Equatable, Sendable {
  package enum Result: Equatable, Sendable {
    case succeeded
    /// The exit status is not 0, whatever was parsed; or nothing could be started, then `status` is nil.
    case failed(status: ExitStatus?, reason: String?)
    case cancelled

    package var name: String {
      switch self {
      case .succeeded: "ok"
      case .failed: "failed"
      case .cancelled: "cancelled"
      }
    }
  }

  package var result: Result
  package var duration: Duration
  /// In the order of the compiler, duplicates removed.
  package var diagnostics: [Diagnostic]
  /// Whether the run command's binary has other bytes than the one that the live process was started from; nil
  /// where the run command names no file that a build wrote.
  package var binaryChanged: Bool?

  package init(
    _ result: Result, duration: Duration = .zero, diagnostics: [Diagnostic] = [], binaryChanged: Bool? = nil
  ) {
    self.result = result
    self.duration = duration
    self.diagnostics = diagnostics
    self.binaryChanged = binaryChanged
  }

  package var errors: Int { diagnostics.count { $0.severity == .error } }
  package var warnings: Int { diagnostics.count { $0.severity == .warning } }
}
