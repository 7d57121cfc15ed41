import CProcess
import Glibc

/// On which CPUs threads may run; sched_setaffinity(2).
///
/// Where a thread lands is most of what differs between two equal measurements on a machine of few CPUs.
struct Affinity {
  /// One bit for each CPU, as the kernel counts them; 1,024 of them.
  private var words = [UInt64](repeating: 0, count: 16)

  /// Of the calling thread.
  private static var current: Self {
    var result = Self()
    _ = result.words.withUnsafeMutableBytes { bytes in
      devtop_affinity(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
    return result
  }

  private static func only(_ cpu: Int) -> Self {
    var result = Self()
    result.words[cpu / 64] = 1 << UInt64(cpu % 64)
    return result
  }

  /// Runs `body` with the processes that are measured on one CPU, and the calling thread and `others` on another; where
  /// there is only one, as it is.
  ///
  /// Processes stay where they are put.
  static func apart<Value>(
    _ measured: [Int32], from others: [Int32] = [], _ body: () throws(BenchError) -> Value
  ) throws(BenchError) -> Value {
    let before = current
    let cpus = (0..<before.words.count * 64).filter { before.words[$0 / 64] & 1 << UInt64($0 % 64) != 0 }
    guard cpus.count >= 2 else { return try body() }
    for process in others { pin(process, to: cpus[0]) }
    for process in measured { pin(process, to: cpus[1]) }
    only(cpus[0]).set(0)
    defer { before.set(0) }
    return try body()
  }

  /// All threads that a process has now; those that they start inherit it.
  private static func pin(_ process: Int32, to cpu: Int) {
    // Twice, for a thread that was being started.
    for _ in 0..<2 {
      for name in SystemText.names(in: "/proc/\(process)/task") {
        if let thread = Int32(name) { only(cpu).set(thread) }
      }
    }
  }

  /// A thread that is gone meanwhile does not matter.
  private func set(_ thread: Int32) {
    _ = words.withUnsafeBytes { bytes in
      devtop_set_affinity(thread, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
  }
}
