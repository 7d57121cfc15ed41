import Glibc

/// What a process tree uses at one moment.
public struct TreeSample: Hashable, Sendable {
  /// The living processes.
  public let pids: [Int32]
  /// The sum of resident memory; pages that processes share count for each.
  public let residentBytes: Int
  /// User and system time of the processes and of the children that they waited for.
  public let cpuTime: Duration
  /// Open descriptors.
  public let openFiles: Int
  /// Connections that the peer closed and the program did not; nil where they were not counted.
  ///
  /// A steady growth is a leak.
  public let closeWaitSockets: Int?

  /// Measures these processes, in one pass over /proc; what vanishes meanwhile is left out.
  ///
  /// With `countsSockets` all TCP connections of the machine are looked at, which may be tens of thousands.
  public static func of(_ pids: [Int32], countsSockets: Bool = true) -> TreeSample {
    var living: [Int32] = []
    var pages = 0
    var ticks: UInt64 = 0
    var openFiles = 0
    var seen: Set<UInt64> = []
    var tables = SocketTables(states: [.closeWait])
    for pid in pids {
      guard let stat = ProcessStat(pid), stat.state != UInt8(ascii: "Z") else { continue }
      living.append(pid)
      pages += stat.residentPages
      ticks += stat.ticks
      if countsSockets {
        // A forked child holds its parent's sockets too.
        openFiles += tables.forEachSocket(of: pid) { inode, _ in seen.insert(inode) }
      } else {
        openFiles += directoryNumbers("/proc/\(pid)/fd").count
      }
    }
    return TreeSample(
      pids: living, residentBytes: pages * sysconf(Int32(_SC_PAGESIZE)),
      cpuTime: .milliseconds(Int64(ticks) * 1000 / Int64(sysconf(Int32(_SC_CLK_TCK)))), openFiles: openFiles,
      closeWaitSockets: countsSockets ? seen.count : nil)
  }
}

extension ProcessTree {
  /// What `root`, its descendants and the processes in `known` use.
  public static func sample(root: Int32, known: [Int32] = []) -> TreeSample {
    let descendants = descendants(of: root)
    let listed = Set(descendants)
    return .of(descendants + known.filter { !listed.contains($0) })
  }
}
