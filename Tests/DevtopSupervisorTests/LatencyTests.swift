import CProcess
import DevtopCore
import Glibc
import Testing

/// Threads that are run soon after they wake.
@Suite struct LatencyTests {
  /// The time slice in nanoseconds that `/proc/…/sched` tells of (proc_pid_sched(5)); nil where the kernel does not.
  private static func slice(_ text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix("se.slice ") }
    return line?.split(separator: " ").last.flatMap { Int($0) }
  }

  private static func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    return text(of: file)
  }

  private static func output(of command: String) -> String {
    guard let pipe = popen(command, "r") else { return "" }
    defer { pclose(pipe) }
    return text(of: pipe)
  }

  private static func text(of stream: UnsafeMutablePointer<FILE>) -> String {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, stream)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// Linux 6.12 and newer.
  private static var knowsSlices: Bool {
    var name = utsname()
    uname(&name)
    let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return slice(read("/proc/thread-self/sched")) != nil && numbers.count == 2
      && (numbers[0], numbers[1]) >= (6, 12)
  }

  @Test(.enabled(if: knowsSlices, "needs Linux 6.12 with scheduler statistics"))
  func `a thread that asks gets short slices and keeps its niceness; what it starts does not`() throws {
    let usual = try #require(Self.slice(Self.read("/proc/thread-self/sched")))
    let results = Locked<(own: Int?, niceness: Int32, child: Int?)>((nil, 0, nil))
    let thread = try Thread(named: "quick") {
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 3)
      devtop_prefer_latency()
      let own = Self.slice(Self.read("/proc/thread-self/sched"))
      let niceness = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
      let child = Self.slice(Self.output(of: "cat /proc/self/sched"))
      results.withLock { $0 = (own, niceness, child) }
    }
    thread.join()
    let (own, niceness, child) = results.withLock { $0 }
    #expect(own == 100_000)
    #expect(niceness == 3)
    #expect(child == usual)
  }
}
