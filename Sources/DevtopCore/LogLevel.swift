/// How grave a log line is, in rising order.
package enum LogLevel: UInt8, Comparable, CaseIterable, Sendable {
  case trace = 1
  case debug
  case info
  case warn
  case error
  case fatal

  package var name: String {
    switch self {
    case .trace: "trace"
    case .debug: "debug"
    case .info: "info"
    case .warn: "warn"
    case .error: "error"
    case .fatal: "fatal"
    }
  }

  package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// Where a log line came from.
package enum LogStream: UInt8, Hashable, CaseIterable, Sendable {
  /// The service's pseudo-terminal: standard output and standard error together.
  case terminal
  /// Standard output, where it is a pipe (`tty = false`).
  case output
  /// Standard error, where it is a pipe (`tty = false`).
  case error
  /// The build command's terminal.
  case build
  /// devtop itself: lifecycle rows, which no text or level of a filter hides.
  case marker

  /// The name in `--json` and in filters.
  package var name: String {
    switch self {
    case .terminal: "tty"
    case .output: "out"
    case .error: "err"
    case .build: "build"
    case .marker: "devtop"
    }
  }
}
