/// What the engine keeps of each directory that it watches.
struct DirectoryRecord {
  struct Flags: OptionSet {
    let rawValue: UInt8
    static let inUse = Flags(rawValue: 1)
    /// Compared at the polling interval.
    static let polled = Flags(rawValue: 2)
    /// Watched, and compared at the slow interval.
    static let doubtful = Flags(rawValue: 4)
    /// Only on the way to a root: its own fate is watched, and its entries while the root is missing.
    static let ancestor = Flags(rawValue: 8)
    /// It could not be listed or watched.
    static let unreadable = Flags(rawValue: 16)
  }

  var node: NodeID
  var flags: Flags = .inUse
  var watch: Int32 = -1
  /// The next record with the same watch (one directory under two roots), or -1.
  var nextSameWatch: Int32 = -1
  /// The scan that last saw it.
  var stamp: Int32 = 0
  /// The nearest root that it is in.
  var top: NodeID
  var device: UInt64 = 0
  var inode: UInt64 = 0
  /// Modification time of its `.gitignore`, where the directory is polled.
  var ignoreFileModified: Int64 = 0
  /// What holds for its entries; nil before the first scan.
  var context: DirectoryContext?
}

/// One directory under one root, whatever its path.
struct DirectoryIdentity: Hashable {
  var top: NodeID
  var device: UInt64
  var inode: UInt64
}
