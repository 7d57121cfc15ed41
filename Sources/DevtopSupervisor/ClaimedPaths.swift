import Glibc

/// What only one run at a time can have in the file system: Unix sockets and pid files.
enum ClaimedPaths {
  /// Where programs put their pid files, below their directory.
  private static let pidDirectories = ["", "/tmp", "/tmp/pids", "/run", "/var/run"]
  /// A pid with a line end, and room for a word.
  private static let pidFileLimit = 64

  /// The absolute paths of Unix sockets that these processes listen on, and of files `*.pid` in and below `directory`
  /// that name one of them.
  static func of(_ processes: [Int32], in directory: String) -> [String] {
    let sockets = processes.flatMap { listening($0) }
    let files = pidDirectories.flatMap { pidFiles(in: directory + $0, of: processes) }
    return Set(sockets + files).sorted()
  }

  private static func listening(_ pid: Int32) -> [String] {
    let inodes = Set(SocketTables.inodes(of: pid).sockets)
    guard !inodes.isEmpty, let table = readFile("/proc/\(pid)/net/unix", limit: 16 << 20) else { return [] }
    let directory = readLink("/proc/\(pid)/cwd")
    return table.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let path = path(line, among: inodes) else { return nil }
      if path.hasPrefix("/") { return path }
      return directory.map { "\($0)/\(path)" }
    }
  }

  /// The path in a line `Num RefCount Protocol Flags Type St Inode Path` (proc_pid_net(5)) of a socket that listens.
  ///
  /// Abstract names (`@…`) end with their socket.
  private static func path(_ line: ArraySlice<UInt8>, among inodes: Set<UInt64>) -> String? {
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 7, omittingEmptySubsequences: true)
    guard fields.count == 8, fields[7].first != UInt8(ascii: "@"),
      let flags = UInt32(String(decoding: fields[3], as: UTF8.self), radix: 16),
      flags & acceptsConnections != 0,
      let inode = UInt64(String(decoding: fields[6], as: UTF8.self)), inodes.contains(inode)
    else { return nil }
    return String(decoding: fields[7], as: UTF8.self)
  }

  /// `__SO_ACCEPTCON` of the kernel's `net.h`.
  private static let acceptsConnections: UInt32 = 1 << 16

  private static func pidFiles(in directory: String, of processes: [Int32]) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasSuffix(".pid"), let text = readFile("\(directory)/\(name)", limit: pidFileLimit) else {
        continue
      }
      let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard let pid = Int32(String(decoding: digits, as: UTF8.self)), processes.contains(pid) else {
        continue
      }
      found.append("\(directory)/\(name)")
    }
    return found
  }
}
