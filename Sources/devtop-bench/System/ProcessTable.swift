import DevtopCore
import Glibc

/// What /proc says of a process and its descendants; proc(5).
enum ProcessTable {
  struct Process {
    var pid: Int32
    var parent: Int32
    var name: String
    /// User and system time, in clock ticks.
    var ticks: Int
  }

  struct Memory {
    var residentInBytes = 0
    /// Shared pages counted by their share.
    var proportionalInBytes = 0
    /// Pages of the process's own, not of files.
    var anonymousInBytes = 0
  }

  /// Everything that runs.
  static func all() -> [Process] {
    SystemText.names(in: "/proc").compactMap { Int32($0) }.compactMap(process)
  }

  private static func process(_ pid: Int32) -> Process? {
    // The name is in parentheses and may hold anything, so what follows the last one counts.
    guard let text = SystemText.text(of: "/proc/\(pid)/stat"), let open = text.firstIndex(of: "("),
      let close = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: close)...].split(separator: " ")
    guard fields.count > 12, let parent = Int32(fields[1]), let user = Int(fields[11]),
      let system = Int(fields[12])
    else { return nil }
    let name = String(text[text.index(after: open)..<close])
    return Process(pid: pid, parent: parent, name: name, ticks: user + system)
  }

  /// All that descend from a process, without it.
  static func descendants(of root: Int32) -> [Process] {
    let children = Dictionary(grouping: all(), by: \.parent)
    var result: [Process] = []
    var waiting = [root]
    while let next = waiting.popLast() {
      for child in children[next] ?? [] {
        result.append(child)
        waiting.append(child.pid)
      }
    }
    return result
  }

  static func ticks(_ pid: Int32) -> Int { process(pid)?.ticks ?? 0 }

  /// Time on a CPU of all its threads, exact to the scheduler's clock (schedstat's first number).
  static func cpuTime(_ pid: Int32) -> Duration {
    let directory = "/proc/\(pid)/task"
    var total: Int64 = 0
    for task in SystemText.names(in: directory) {
      let text = SystemText.text(of: "\(directory)/\(task)/schedstat") ?? ""
      total += text.split(separator: " ").first.flatMap { Int64($0) } ?? 0
    }
    return .nanoseconds(total)
  }

  static func threads(_ pid: Int32) -> Int { SystemText.names(in: "/proc/\(pid)/task").count }

  static func memory(_ pid: Int32) -> Memory {
    var memory = Memory()
    let text = SystemText.text(of: "/proc/\(pid)/smaps_rollup") ?? ""
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 1, let kibibytes = Int(words[1]) else { continue }
      switch words[0] {
      case "Rss:": memory.residentInBytes = kibibytes * 1_024
      case "Pss:": memory.proportionalInBytes = kibibytes * 1_024
      case "Anonymous:": memory.anonymousInBytes = kibibytes * 1_024
      case _: break
      }
    }
    return memory
  }

  /// The most that was resident at a time so far (VmHWM).
  static func peakInBytes(_ pid: Int32) -> Int {
    let lines = (SystemText.text(of: "/proc/\(pid)/status") ?? "").split(separator: "\n")
    let words = lines.first { $0.hasPrefix("VmHWM:") }?.split { $0 == " " || $0 == "\t" } ?? []
    return words.count > 1 ? (Int(words[1]) ?? 0) * 1_024 : 0
  }

  /// Whether two processes run the same executable.
  static func isSameProgram(_ one: Int32, _ other: Int32) -> Bool {
    var first = stat()
    var second = stat()
    guard stat("/proc/\(one)/exe", &first) == 0, stat("/proc/\(other)/exe", &second) == 0 else {
      return false
    }
    return first.st_ino == second.st_ino && first.st_dev == second.st_dev
  }

  /// The load average of the last minute.
  static var load: Double {
    let text = SystemText.text(of: "/proc/loadavg") ?? ""
    return text.split(separator: " ").first.flatMap { Double($0) } ?? 0
  }
}
