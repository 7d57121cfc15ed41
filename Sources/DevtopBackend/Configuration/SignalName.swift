internal import Glibc

/// Signals by name, as `stop.signal` takes them (signal(7), Linux x86-64 and arm64).
enum SignalName {
  private static let numbers: [(name: String, number: Int32)] = [
    ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("ABRT", SIGABRT), ("KILL", SIGKILL),
    ("USR1", SIGUSR1), ("USR2", SIGUSR2), ("ALRM", SIGALRM), ("TERM", SIGTERM), ("CONT", SIGCONT),
    ("WINCH", SIGWINCH), ("PWR", SIGPWR),
  ]

  static var all: [String] { numbers.map(\.name) }

  /// `TERM`, `SIGTERM` and `sigterm` are the same.
  static func number(_ name: String) -> Int32? {
    var upper = name.uppercased()
    if upper.hasPrefix("SIG") { upper.removeFirst(3) }
    return numbers.first { $0.name == upper }?.number
  }

  static func name(_ number: Int32) -> String? { numbers.first { $0.number == number }?.name }
}
