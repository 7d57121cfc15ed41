import Glibc

/// The file system types of this machine's mounts, from `/proc/self/mountinfo` (`proc(5)`), by device number.
///
/// The names say what the magic numbers of `statfs(2)` say, and tell `fuseblk` (local disks) from `fuse.sshfs`.
struct MountTable {
  private var types: [UInt64: String] = [:]

  /// The type of the file system with this `st_dev`, or nil when the table does not name it.
  mutating func type(device: UInt64) -> String? {
    if let known = types[device] { return known.isEmpty ? nil : known }
    read()
    let found = types[device] ?? ""
    types[device] = found
    return found.isEmpty ? nil : found
  }

  /// Whether the kernel does not hear of other machines' (or the host's) writes on this type.
  static func missesEvents(_ type: String) -> Bool {
    let known = [
      "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "afs", "ceph",
      "coda",
      "lustre", "gfs2", "ocfs2", "glusterfs", "wslfs", "drvfs", "fuse",
    ]
    return known.contains(type) || type.hasPrefix("fuse.")
  }

  /// Whether events may be missing there: edits of an overlay's lower layer are not told.
  static func isDoubtful(_ type: String) -> Bool { type == "overlay" || type == "aufs" || type == "fuseblk" }

  /// `makedev(3)`, which Swift does not see.
  private static func device(major: UInt64, minor: UInt64) -> UInt64 {
    (major & 0xFFFF_F000) << 32 | (major & 0xFFF) << 8 | (minor & 0xFFFF_FF00) << 12 | minor & 0xFF
  }

  private mutating func read() {
    guard let bytes = SmallFile.stream(Array("/proc/self/mountinfo".utf8)) else { return }
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "))
      guard words.count > 6, let dash = words.firstIndex(where: { $0.elementsEqual([UInt8(ascii: "-")]) }),
        dash + 1 < words.count
      else { continue }
      let numbers = words[2].split(separator: UInt8(ascii: ":")).compactMap {
        UInt64(String(decoding: $0, as: UTF8.self))
      }
      guard numbers.count == 2 else { continue }
      types[Self.device(major: numbers[0], minor: numbers[1])] = String(
        decoding: words[dash + 1], as: UTF8.self)
    }
  }
}
