import Glibc

/// A signal by its number, with the names of signal(7).
public struct Signal: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The number, as in `kill -l`.
  public let rawValue: Int32

  /// A signal of this number, which is not checked.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// SIGTERM.
  public static let terminate = Signal(rawValue: SIGTERM)
  /// SIGINT.
  public static let interrupt = Signal(rawValue: SIGINT)
  /// SIGHUP.
  public static let hangup = Signal(rawValue: SIGHUP)
  /// SIGQUIT.
  public static let quit = Signal(rawValue: SIGQUIT)
  /// SIGKILL.
  public static let kill = Signal(rawValue: SIGKILL)

  private static let names: [(number: Int32, name: String)] = [
    (SIGHUP, "HUP"), (SIGINT, "INT"), (SIGQUIT, "QUIT"), (SIGILL, "ILL"), (SIGTRAP, "TRAP"),
    (SIGABRT, "ABRT"),
    (SIGBUS, "BUS"), (SIGFPE, "FPE"), (SIGKILL, "KILL"), (SIGUSR1, "USR1"), (SIGSEGV, "SEGV"),
    (SIGUSR2, "USR2"),
    (SIGPIPE, "PIPE"), (SIGALRM, "ALRM"), (SIGTERM, "TERM"), (SIGSTKFLT, "STKFLT"), (SIGCHLD, "CHLD"),
    (SIGCONT, "CONT"), (SIGSTOP, "STOP"), (SIGTSTP, "TSTP"), (SIGTTIN, "TTIN"), (SIGTTOU, "TTOU"),
    (SIGURG, "URG"),
    (SIGXCPU, "XCPU"), (SIGXFSZ, "XFSZ"), (SIGVTALRM, "VTALRM"), (SIGPROF, "PROF"), (SIGWINCH, "WINCH"),
    (SIGIO, "IO"), (SIGPWR, "PWR"), (SIGSYS, "SYS"),
  ]
  private static let aliases: [(name: String, number: Int32)] = [
    ("IOT", SIGABRT), ("CLD", SIGCHLD), ("POLL", SIGIO),
  ]
  /// The range of real-time signals that glibc leaves to programs (signal(7)).
  private static let realTime: ClosedRange<Int32> = 34...64

  /// The signal of a name or number: `TERM`, `SIGTERM`, `term`, `15`, `RTMIN+1`, `SIGRTMAX`; nil for another text.
  public init?(name: String) {
    var text = name.uppercased()[...]
    if let number = Int32(text) {
      guard (1...64).contains(number) else { return nil }
      self.init(rawValue: number)
      return
    }
    if text.hasPrefix("SIG") { text = text.dropFirst(3) }
    if let known = Self.names.first(where: { $0.name == text }) {
      self.init(rawValue: known.number)
      return
    }
    if let known = Self.aliases.first(where: { $0.name == text }) {
      self.init(rawValue: known.number)
      return
    }
    let base: Int32
    if text.hasPrefix("RTMIN") {
      base = Self.realTime.lowerBound
    } else if text.hasPrefix("RTMAX") {
      base = Self.realTime.upperBound
    } else {
      return nil
    }
    let rest = text.dropFirst(5)
    guard let offset = rest.isEmpty ? 0 : Int32(rest), Self.realTime.contains(base &+ offset) else {
      return nil
    }
    self.init(rawValue: base + offset)
  }

  /// The name with `SIG`, such as `SIGSEGV`, `SIGRTMIN+2` or, for a number without a name, `signal 70`.
  public var description: String {
    if let known = Self.names.first(where: { $0.number == rawValue }) { return "SIG" + known.name }
    guard Self.realTime.contains(rawValue) else { return "signal \(rawValue)" }
    let fromFirst = rawValue - Self.realTime.lowerBound
    let toLast = Self.realTime.upperBound - rawValue
    if toLast == 0 { return "SIGRTMAX" }
    if fromFirst == 0 { return "SIGRTMIN" }
    return fromFirst <= toLast ? "SIGRTMIN+\(fromFirst)" : "SIGRTMAX-\(toLast)"
  }
}
