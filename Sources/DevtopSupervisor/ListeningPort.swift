import Glibc

/// A TCP socket on which a process waits for connections.
public struct ListeningPort: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Numeric: `127.0.0.1`, `0.0.0.0`, `::`.
  public let address: String
  /// From 1.
  public let port: Int
  /// One of the processes that hold it.
  public let pid: Int32

  /// `127.0.0.1:8080`, `[::1]:8080`.
  public var description: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

  /// By port, then address.
  public static func < (left: ListeningPort, right: ListeningPort) -> Bool {
    (left.port, left.address, left.pid) < (right.port, right.address, right.pid)
  }

  /// The sockets on which these processes listen, in one pass over their descriptors.
  public static func of(_ pids: [Int32]) -> [ListeningPort] {
    var tables = SocketTables(states: [.listen])
    var found: Set<ListeningPort> = []
    var seen: Set<UInt64> = []
    for pid in pids {
      tables.forEachSocket(of: pid) { inode, socket in
        guard seen.insert(inode).inserted else { return }
        found.insert(ListeningPort(address: socket.address, port: socket.port, pid: pid))
      }
    }
    return found.sorted()
  }
}
