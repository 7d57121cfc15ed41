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
  /// The sockets that accept connections.
  public let listeningPorts: [ListeningPort]
  /// Connections that the peer closed and the program did not: a steady growth is a leak.
  public let closeWaitSockets: Int

  /// Measures these processes, in one pass over /proc; what vanishes meanwhile is left out.
  public static func of(_ pids: [Int32]) -> TreeSample {
    var living: [Int32] = []
    var pages = 0
    var ticks: UInt64 = 0
    var openFiles = 0
    var listening: Set<ListeningPort> = []
    var seen: Set<UInt64> = []
    var closeWait = 0
    var tables = SocketTables(states: [.listen, .closeWait])
    for pid in pids {
      guard let stat = ProcessStat(pid), stat.state != UInt8(ascii: "Z") else { continue }
      living.append(pid)
      pages += stat.residentPages
      ticks += stat.ticks
      openFiles += tables.forEachSocket(of: pid) { inode, socket in
        // A forked child holds its parent's sockets too.
        guard seen.insert(inode).inserted else { return }
        switch socket.state {
        case .listen: listening.insert(ListeningPort(address: socket.address, port: socket.port, pid: pid))
        case .closeWait: closeWait += 1
        }
      }
    }
    return TreeSample(
      pids: living, residentBytes: pages * sysconf(Int32(_SC_PAGESIZE)),
      cpuTime: .milliseconds(Int64(ticks) * 1000 / Int64(sysconf(Int32(_SC_CLK_TCK)))), openFiles: openFiles,
      listeningPorts: listening.sorted(), closeWaitSockets: closeWait)
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
