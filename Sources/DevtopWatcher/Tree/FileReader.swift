import Glibc

/// Reads files for their content hashes, with one buffer.
final class FileReader {
  /// Files above this size in bytes are told apart by size and modification time.
  static let sizeLimit: Int64 = 4 << 20

  /// A file's status and content hash, read together.
  struct Reading {
    var status: FileStatus
    var content: UInt64
  }

  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  deinit { buffer.deallocate() }

  /// Reads the file; nil when there is none, when it may not be read, or when it is neither a file nor a link.
  func read(_ path: UnsafePointer<CChar>) -> Reading? {
    guard let entry = FileStatus.read(path, followsLinks: false) else { return nil }
    if entry.isLink { return readLink(path, entry) }
    guard entry.isRegular else { return nil }
    return readContent(path)
  }

  private func readContent(_ path: UnsafePointer<CChar>) -> Reading? {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let status = FileStatus.read(descriptor: descriptor), status.isRegular else { return nil }
    if status.size > Self.sizeLimit { return Reading(status: status, content: Self.identity(status)) }
    let first = fill(descriptor, from: 0)
    guard first >= 0 else { return nil }
    if first < buffer.count {
      return Reading(status: status, content: XXH64.hash(UnsafeRawBufferPointer(rebasing: buffer[..<first])))
    }
    return readLarge(descriptor, status)
  }

  /// Files beyond the buffer get one of their own for the moment.
  private func readLarge(_ descriptor: Int32, _ status: FileStatus) -> Reading? {
    let large = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(Self.sizeLimit) + 1, alignment: 16)
    defer { large.deallocate() }
    large.copyMemory(from: UnsafeRawBufferPointer(buffer))
    var count = buffer.count
    while count < large.count {
      let got = Glibc.read(descriptor, large.baseAddress?.advanced(by: count), large.count - count)
      if got < 0 { return nil }
      if got == 0 { break }
      count += got
    }
    // It grew beyond the limit meanwhile.
    if count == large.count { return Reading(status: status, content: Self.identity(status)) }
    return Reading(status: status, content: XXH64.hash(UnsafeRawBufferPointer(rebasing: large[..<count])))
  }

  private func fill(_ descriptor: Int32, from start: Int) -> Int {
    var count = start
    while count < buffer.count {
      let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      if got < 0 { return -1 }
      if got == 0 { break }
      count += got
    }
    return count
  }

  /// A link counts as the file it leads to, else as its text.
  private func readLink(_ path: UnsafePointer<CChar>, _ entry: FileStatus) -> Reading? {
    if let target = FileStatus.read(path, followsLinks: true), target.isRegular,
      var reading = readContent(path)
    {
      reading.status = entry
      return reading
    }
    guard let base = buffer.baseAddress else { return nil }
    let count = readlink(path, base.assumingMemoryBound(to: CChar.self), buffer.count)
    guard count >= 0 else { return nil }
    return Reading(status: entry, content: XXH64.hash(UnsafeRawBufferPointer(rebasing: buffer[..<count])))
  }

  private static func identity(_ status: FileStatus) -> UInt64 {
    withUnsafeBytes(of: (status.size, status.modified)) { XXH64.hash($0) }
  }
}
