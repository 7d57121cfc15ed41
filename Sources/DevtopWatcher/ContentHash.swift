import Glibc

/// What identifies a file's content: XXH64 of its bytes, or of its size and modification time for files that are
/// larger than the watcher reads (4 MiB).
public struct ContentHash: Hashable, Sendable {
  /// The 64 bits.
  public let value: UInt64

  /// Makes a hash of its bits.
  public init(value: UInt64) { self.value = value }

  /// The hash of bytes in memory, equal to that of a file with these bytes.
  public init(of bytes: [UInt8]) {
    value = bytes.withUnsafeBytes { XXH64.hash($0) }
  }

  /// The hash of a whole file, whatever its size; nil where it cannot be read.
  public init?(ofFileAt path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    // Read rather than mapped: a file that is cut short meanwhile would raise SIGBUS.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, Int(status.st_size)), alignment: 16)
    defer { buffer.deallocate() }
    var count = 0
    while count < Int(status.st_size) {
      let got = read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { break }
      count += got
    }
    self.init(value: XXH64.hash(UnsafeRawBufferPointer(rebasing: buffer[..<count])))
  }
}
