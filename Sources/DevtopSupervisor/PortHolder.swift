import Glibc

/// Who listens on a TCP port.
public enum PortHolder: Hashable, Sendable, CustomStringConvertible {
  /// A process that can be looked at.
  case process(PortProcess)
  /// A process of another user, which only root can name.
  case otherUser(id: UInt32, name: String)

  /// The listener on `port` in this network namespace; nil when there is none.
  public static func find(port: Int) -> PortHolder? {
    let listeners = SocketTable(pid: "self", states: [.listen]).sockets.filter { $0.value.port == port }
    guard let first = listeners.values.first else { return nil }
    let links = Set(listeners.keys.map { "socket:[\($0)]" })
    for pid in directoryNumbers("/proc") {
      for descriptor in directoryNumbers("/proc/\(pid)/fd") {
        guard let link = readLink("/proc/\(pid)/fd/\(descriptor)"), links.contains(link) else { continue }
        if let process = PortProcess(pid: pid) { return .process(process) }
      }
    }
    return .otherUser(id: first.user, name: userName(first.user))
  }

  /// For a sentence: `pid 812 (node server.js)`, or where another user's process can be looked up.
  public var description: String {
    switch self {
    case .process(let process): "pid \(process.pid) (\(process.command))"
    case .otherUser(_, let name): "a process of user \(name) (see: sudo ss -ltnp)"
    }
  }

  /// The name of a user, or its number.
  static func userName(_ id: UInt32) -> String {
    var entry = passwd()
    var result: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16384)
    guard getpwuid_r(id, &entry, &buffer, buffer.count, &result) == 0, result != nil, let name = entry.pw_name
    else { return String(id) }
    return String(cString: name)
  }
}
