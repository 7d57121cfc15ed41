import Glibc

/// What `stat(2)` says of a file.
struct FileStatus {
  var kind: UInt32
  var size: Int64
  var links: UInt64
  var device: UInt64
  var inode: UInt64
  /// Nanoseconds since 1970.
  var modified: Int64
  /// Of the inode, nanoseconds since 1970.
  var changed: Int64

  var isRegular: Bool { kind == S_IFREG }
  var isDirectory: Bool { kind == S_IFDIR }
  var isLink: Bool { kind == S_IFLNK }

  init(_ status: stat) {
    kind = status.st_mode & S_IFMT
    size = Int64(status.st_size)
    links = UInt64(status.st_nlink)
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
  }

  /// The status of the path, or nil when there is none.
  static func read(_ path: UnsafePointer<CChar>, followsLinks: Bool, at directory: Int32 = AT_FDCWD)
    -> FileStatus?
  {
    var status = stat()
    guard fstatat(directory, path, &status, followsLinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    return FileStatus(status)
  }

  static func read(descriptor: Int32) -> FileStatus? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    return FileStatus(status)
  }

  /// Whether a file of this name is in the candidate's directory.
  static func exists(_ name: [UInt8], beside candidate: CompiledRule.Candidate) -> Bool {
    SmallFile.exists(Array(UnsafeBufferPointer(start: candidate.path, count: candidate.nameOffset)) + name)
  }
}
