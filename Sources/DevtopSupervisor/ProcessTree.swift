/// Which processes belong to a tree, from /proc.
public enum ProcessTree {
  /// `root` and its descendants.
  public static func descendants(of root: Int32) -> [Int32] { closure([root]) }

  /// The processes of a supervised tree: main process, descendants, and orphans that `reapers` inherited.
  static func processes(main: Int32?, session: Int32, reapers: [Int32], marker: [UInt8]) -> [Int32] {
    var roots: [Int32] = main.map { [$0] } ?? []
    for reaper in reapers {
      for child in children(of: reaper) where child != main {
        guard let stat = ProcessStat(child), stat.state != UInt8(ascii: "Z") else { continue }
        if stat.session == session || isMarked(child, marker) { roots.append(child) }
      }
    }
    return closure(roots)
  }

  private static func closure(_ roots: [Int32]) -> [Int32] {
    var found = roots
    var known = Set(roots)
    var next = 0
    while next < found.count {
      for child in children(of: found[next]) where known.insert(child).inserted { found.append(child) }
      next += 1
    }
    return found
  }

  /// The children of all threads (proc_pid_task(5), `children`).
  static func children(of pid: Int32) -> [Int32] {
    directoryNumbers("/proc/\(pid)/task").flatMap { thread in
      (readFile("/proc/\(pid)/task/\(thread)/children", limit: 1 << 20) ?? [])
        .split(separator: UInt8(ascii: " ")).compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
    }
  }

  private static func isMarked(_ pid: Int32, _ marker: [UInt8]) -> Bool {
    guard let environment = readFile("/proc/\(pid)/environ", limit: 4 << 20) else { return false }
    return environment.split(separator: 0).contains { $0.elementsEqual(marker) }
  }
}
