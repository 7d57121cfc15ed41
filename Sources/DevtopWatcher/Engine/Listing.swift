import Glibc

/// The entries of one directory, in memory that is used again.
final class Listing {
  struct Entry {
    var offset: Int32
    var length: UInt8
    var type: UInt8
  }

  private(set) var entries: [Entry] = []
  private var names: UnsafeMutablePointer<UInt8>
  private var capacity = 8192
  private var used = 0
  private(set) var hasIgnoreFile = false
  private(set) var hasRepository = false

  init() { names = .allocate(capacity: capacity) }

  deinit { names.deallocate() }

  func name(_ entry: Entry) -> UnsafePointer<UInt8> { UnsafePointer(names + Int(entry.offset)) }

  /// Reads the directory's entries but `.` and `..`.
  func fill(_ directory: OpaquePointer) {
    entries.removeAll(keepingCapacity: true)
    used = 0
    hasIgnoreFile = false
    hasRepository = false
    while let entry = readdir(directory) {
      // d_name is at this offset on every Linux with 64-bit file offsets: ino 8, off 8, reclen 2, type 1.
      let name = UnsafeRawPointer(entry).advanced(by: 19).assumingMemoryBound(to: UInt8.self)
      let length = strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
      if name[0] == UInt8(ascii: ".") {
        if length == 1 || (length == 2 && name[1] == UInt8(ascii: ".")) { continue }
        if length == 4, memcmp(name, ".git", 4) == 0 { hasRepository = true }
        if length == 10, memcmp(name, ".gitignore", 10) == 0 { hasIgnoreFile = true }
      }
      append(name, length, entry.pointee.d_type)
    }
  }

  private func append(_ name: UnsafePointer<UInt8>, _ length: Int, _ type: UInt8) {
    if used + length > capacity {
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
      larger.update(from: names, count: used)
      names.deallocate()
      names = larger
      capacity *= 2
    }
    (names + used).update(from: name, count: length)
    entries.append(Entry(offset: Int32(used), length: UInt8(clamping: length), type: type))
    used += length
  }
}
