import Glibc

/// The TCP sockets of one network namespace, from /proc/PID/net/tcp and tcp6 (proc_pid_net(5)).
struct SocketTable: Sendable {
  /// States of RFC 9293 §3.3.2, numbered as in the kernel's `tcp_states.h`.
  enum State: UInt8, Sendable {
    case closeWait = 0x08
    case listen = 0x0a
  }

  struct Socket: Hashable, Sendable {
    let state: State
    /// Numeric.
    let address: String
    let port: Int
    let user: UInt32
  }

  /// By inode.
  private(set) var sockets: [UInt64: Socket] = [:]

  /// The sockets in one of `states`, as the process `pid` sees them (`self`: this one).
  init(pid: String, states: Set<State>) {
    for name in ["tcp", "tcp6"] {
      Self.forEachLine(of: "/proc/\(pid)/net/\(name)") { line in add(line, states) }
    }
  }

  /// Calls `body` with each line until it returns false.
  private static func forEachLine(of path: String, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 16)
    defer { buffer.deallocate() }
    guard let base = buffer.baseAddress else { return }
    var length = 0
    while true {
      let count = read(descriptor, base + length, buffer.count - length)
      guard count > 0 else { return }
      length += count
      var start = 0
      while let feed = memchr(base + start, 0x0a, length - start) {
        let end = feed - UnsafeMutableRawPointer(base)
        guard body(UnsafeBufferPointer(start: base + start, count: end - start)) else { return }
        start = end + 1
      }
      length -= start
      memmove(base, base + start, length)
    }
  }

  /// Takes a line: `sl local remote st queues timer retransmits uid timeout inode …`; false: no other is wanted.
  private mutating func add(_ line: UnsafeBufferPointer<UInt8>, _ states: Set<State>) -> Bool {
    // There may be tens of thousands that are in another state: those cost no more than a look.
    guard let code = Self.state(line) else { return true }
    guard let state = State(rawValue: code), states.contains(state) else {
      // The kernel lists those that listen first (tcp_seq_start).
      return states != [.listen]
    }
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 10, omittingEmptySubsequences: true)
    guard fields.count >= 10, let colon = fields[1].firstIndex(of: UInt8(ascii: ":")),
      let port = Int(text(fields[1][(colon + 1)...]), radix: 16), let user = UInt32(text(fields[7])),
      let inode = UInt64(text(fields[9])), let address = Self.address(fields[1][..<colon])
    else { return true }
    sockets[inode] = Socket(state: state, address: address, port: port, user: user)
    return true
  }

  /// The fourth field; nil in a line that has none, as in the heading.
  private static func state(_ line: UnsafeBufferPointer<UInt8>) -> UInt8? {
    var field = 0
    var index = 0
    while index < line.count {
      while index < line.count, line[index] == UInt8(ascii: " ") { index += 1 }
      field += 1
      if field == 4 {
        guard index + 2 <= line.count else { return nil }
        return UInt8(String(decoding: line[index..<index + 2], as: UTF8.self), radix: 16)
      }
      while index < line.count, line[index] != UInt8(ascii: " ") { index += 1 }
    }
    return nil
  }

  private func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// From hexadecimal 32-bit words, each in this machine's byte order.
  private static func address(_ hexadecimal: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
    var bytes: [UInt8] = []
    var rest = hexadecimal
    while !rest.isEmpty {
      guard let word = UInt32(String(decoding: rest.prefix(8), as: UTF8.self), radix: 16) else { return nil }
      withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) }
      rest = rest.dropFirst(8)
    }
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// The tables of the namespaces that a set of processes lives in, each read once.
struct SocketTables: Sendable {
  private let states: Set<SocketTable.State>
  private var tables: [String: SocketTable] = [:]

  init(states: Set<SocketTable.State>) { self.states = states }

  /// Calls `body` for each socket that `pid` holds, and returns how many descriptors it holds at all.
  @discardableResult
  mutating func forEachSocket(of pid: Int32, _ body: (UInt64, SocketTable.Socket) -> Void) -> Int {
    let (inodes, descriptors) = Self.inodes(of: pid)
    guard !inodes.isEmpty, let namespace = readLink("/proc/\(pid)/ns/net") else { return descriptors }
    let table = tables[namespace] ?? SocketTable(pid: String(pid), states: states)
    tables[namespace] = table
    for inode in inodes {
      if let socket = table.sockets[inode] { body(inode, socket) }
    }
    return descriptors
  }

  /// The inodes of all sockets that a process holds, and how many descriptors it holds at all.
  static func inodes(of pid: Int32) -> (sockets: [UInt64], descriptors: Int) {
    let descriptors = directoryNumbers("/proc/\(pid)/fd")
    let sockets = descriptors.compactMap { descriptor -> UInt64? in
      guard let link = readLink("/proc/\(pid)/fd/\(descriptor)"), link.hasPrefix("socket:[") else {
        return nil
      }
      return UInt64(link.dropFirst(8).dropLast())
    }
    return (sockets, descriptors.count)
  }
}

/// The target of a symbolic link of at most 4095 bytes.
func readLink(_ path: String) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
    guard let start = buffer.baseAddress, case let count = readlink(path, start, buffer.count), count >= 0
    else { return nil }
    return String(
      decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self)
  }
}
