import DevtopCore
import Glibc

/// Leaves the process without a free descriptor.
final class DescriptorLimit {
  private var before = rlimit()
  private var isRestored = false

  /// No descriptor below the lowest free one is free: a limit there leaves none.
  init() throws {
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
    let next = dup(0)
    guard next >= 0 else { throw TestSocket.Failure(what: "dup", code: errno) }
    close(next)
    var none = rlimit(rlim_cur: rlim_t(next), rlim_max: before.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
  }

  func restore() {
    guard !isRestored else { return }
    isRestored = true
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
  }

  /// Of this process.
  static func processorTime() -> Duration {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
  }
}
