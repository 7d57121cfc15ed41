import DevtopCore
import Glibc

/// Leaves the process without a free descriptor.
final class DescriptorLimit {
  private var before = rlimit()
  private var isRestored = false

  /// The three standard descriptors are open at all times, whatever else is closed meanwhile: a limit behind them leaves
  /// none.
  init() {
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
    var none = rlimit(rlim_cur: 3, rlim_max: before.rlim_max)
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
