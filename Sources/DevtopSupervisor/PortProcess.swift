import CProcess
import Glibc

/// A process that holds a port.
public struct PortProcess: Hashable, Sendable {
  /// How an attempt to end it went.
  public enum Ending: Hashable, Sendable {
    /// It is gone.
    case ended
    /// It was gone before, or another process has its number now.
    case alreadyGone
    /// This user may not signal it.
    case refused
    /// It survives SIGKILL: it waits in the kernel.
    case unkillable
  }

  /// Its number.
  public let pid: Int32
  /// Its arguments, joined by spaces, without control characters.
  public let command: String
  /// Calendar time of its start, in milliseconds since 1970; exact to a few 10 ms.
  public let startMilliseconds: Int64
  /// The name of its user.
  public let user: String
  private let startTicks: UInt64

  init?(pid: Int32) {
    guard let stat = ProcessStat(pid) else { return nil }
    self.pid = pid
    startTicks = stat.startTicks
    let words = (readFile("/proc/\(pid)/cmdline", limit: 1 << 16) ?? []).split(separator: 0)
    let line = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    command = String(
      String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
    startMilliseconds =
      Self.bootMilliseconds() + Int64(stat.startTicks) * 1000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
    var info = Glibc.stat()
    user = lstat("/proc/\(pid)", &info) == 0 ? PortHolder.userName(info.st_uid) : "?"
  }

  /// When the machine started (`btime` has whole seconds only, so the clocks are compared).
  private static func bootMilliseconds() -> Int64 {
    var wall = timespec()
    var sinceBoot = timespec()
    clock_gettime(CLOCK_REALTIME, &wall)
    clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
    func milliseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
    return milliseconds(wall) - milliseconds(sinceBoot)
  }

  /// Ends the process, on a thread of its own: SIGTERM, and SIGKILL after `grace`; then calls `completion`.
  ///
  /// - Throws: `SupervisorError.cannotStart` when there is no thread to be had.
  public func end(
    grace: Duration, completion: @escaping @Sendable (Ending) -> Void
  ) throws(SupervisorError) {
    try WorkerThread(named: "devtop-end") { completion(endAndWait(grace: grace)) }.detach()
  }

  /// As `end(grace:completion:)`, blocking for `grace` and at most 2 s more.
  public func endAndWait(grace: Duration) -> Ending {
    let descriptor = devtop_pidfd_open(pid)
    guard descriptor >= 0 else { return .alreadyGone }
    defer { close(descriptor) }
    // The descriptor names one process for good; it is the right one if its start time is.
    guard ProcessStat(pid)?.startTicks == startTicks else { return .alreadyGone }
    let (seconds, attoseconds) = grace.components
    let graceInMilliseconds = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    for (signal, patience) in [(SIGTERM, graceInMilliseconds), (SIGKILL, 2000)] {
      switch devtop_pidfd_signal(descriptor, signal) {
      case 0: break
      case ESRCH: return .ended
      case _: return .refused
      }
      var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&one, 1, patience) > 0 { return .ended }
    }
    return .unkillable
  }
}
