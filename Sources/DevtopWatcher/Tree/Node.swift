/// The index of a node in a `NodeTable`.
typealias NodeID = Int32

/// One name in the watched tree, a directory or a watched file.
///
/// 64 bytes, no references.
struct Node {
  /// What is known of a node.
  struct Flags: OptionSet {
    let rawValue: UInt16

    static let inUse = Flags(rawValue: 1)
    static let directory = Flags(rawValue: 2)
    /// The file has not been reported yet: it came after the start and may be temporary.
    static let new = Flags(rawValue: 4)
    /// `size`, `modified` and `inode` are known.
    static let hasStatus = Flags(rawValue: 8)
    /// `content` is known.
    static let hasContent = Flags(rawValue: 16)
    /// To be looked at when the kernel's queue has been read.
    static let dirty = Flags(rawValue: 32)
    /// The directory was deleted; it stays until its files have been reported.
    static let gone = Flags(rawValue: 64)
    /// A root, or on the way to one: never removed.
    static let anchor = Flags(rawValue: 128)
    /// Reached by a followed symbolic link.
    static let link = Flags(rawValue: 256)
  }

  var parent: NodeID
  var firstChild: NodeID = -1
  var nextSibling: NodeID = -1
  var previousSibling: NodeID = -1
  var nameOffset: UInt32
  /// Changes whenever the node gets another meaning or content.
  var serial: UInt32
  /// Of a directory: its record, or -1.
  var record: Int32 = -1
  var nameLength: UInt8
  var stamp: UInt8 = 0
  var flags: Flags
  var size: Int64 = 0
  /// Nanoseconds since 1970.
  var modified: Int64 = 0
  var inode: UInt64 = 0
  var content: UInt64 = 0
}
