package import Glibc

/// What several parts of devtop do with files, each by the system's calls.
package enum FileSystem {
  /// Writes all of the bytes.
  ///
  /// - Returns: 0, or the number of the error; some of it may have been written then.
  package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : ENOSPC }
      rest = rest.dropFirst(count)
    }
    return 0
  }

  /// Makes a directory, absolute, with those above it; what is there already stays as it is.
  package static func makeDirectories(_ path: String, mode: mode_t) {
    var index = path.startIndex
    while let slash = path[path.index(after: index)...].firstIndex(of: "/") {
      mkdir(String(path[..<slash]), mode)
      index = slash
    }
    mkdir(path, mode)
  }

  /// The content of a regular file of at most so many bytes; nil for anything else: a pipe in its place stops nobody.
  package static func contents(of path: String, limitInBytes: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limitInBytes
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: length), $0.count - length)
      }
      guard count > 0 else { break }
      length += count
    }
    return Array(bytes[..<length])
  }
}
