import Glibc

/// The fields of /proc/PID/stat that are needed here (proc_pid_stat(5)).
struct ProcessStat: Hashable, Sendable {
  let state: UInt8
  let parent: Int32
  let session: Int32
  /// User and system time of all threads and of children that were waited for, in clock ticks.
  let ticks: UInt64
  /// After boot, in clock ticks.
  let startTicks: UInt64
  let residentPages: Int

  /// Nil when there is no such process.
  init?(_ pid: Int32) {
    guard let text = readFile("/proc/\(pid)/stat", limit: 4096),
      // The name may hold spaces and parentheses; the last ")" ends it.
      let nameEnd = text.lastIndex(of: UInt8(ascii: ")")), nameEnd + 2 < text.count
    else { return nil }
    let fields = text[(nameEnd + 2)...].split(separator: UInt8(ascii: " "))
    guard fields.count >= 22, let state = fields[0].first else { return nil }
    func number(_ field: Int) -> Int { Int(String(decoding: fields[field - 3], as: UTF8.self)) ?? 0 }
    self.state = state
    parent = Int32(truncatingIfNeeded: number(4))
    session = Int32(truncatingIfNeeded: number(6))
    ticks = (14...17).reduce(0) { $0 + UInt64(max(0, number($1))) }
    startTicks = UInt64(max(0, number(22)))
    residentPages = number(24)
  }
}

/// The entries of a directory whose names are numbers.
func directoryNumbers(_ path: String) -> [Int32] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var numbers: [Int32] = []
  while let entry = readdir(directory) {
    var number: Int32 = 0
    var isNumber = true
    withUnsafeBytes(of: &entry.pointee.d_name) { name in
      for byte in name {
        guard byte != 0 else { break }
        guard byte >= 48, byte <= 57, number < 200_000_000 else {
          isNumber = false
          break
        }
        number = number * 10 + Int32(byte - 48)
      }
    }
    if isNumber { numbers.append(number) }
  }
  return numbers
}
