import Glibc

/// Whole small files in memory.
enum SmallFile {
  private static let limit = 8 << 20

  static func exists(_ path: [UInt8]) -> Bool {
    withCPath(path) { access($0, F_OK) == 0 }
  }

  /// The bytes of a regular file of at most 8 MiB.
  static func contents(_ path: [UInt8], followsLinks: Bool = true) -> [UInt8]? {
    let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW)
    let descriptor = withCPath(path) { open($0, flags) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let status = FileStatus.read(descriptor: descriptor), status.isRegular, status.size <= limit else {
      return nil
    }
    return readAll(descriptor)
  }

  /// The bytes of a file of `/proc`, which has no size.
  static func stream(_ path: [UInt8]) -> [UInt8]? {
    let descriptor = withCPath(path) { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return readAll(descriptor)
  }

  private static func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) { buffer in
      while bytes.count < limit {
        let got = read(descriptor, buffer.baseAddress, buffer.count)
        if got <= 0 { break }
        bytes.append(contentsOf: buffer[..<got])
      }
    }
    return bytes
  }

  static func withCPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return withUnsafePointer(to: 0) { body($0) } }
      return body(base)
    }
  }
}
