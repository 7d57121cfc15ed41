import DevtopCore
import Glibc

/// A small text that devtop keeps of a project from one session to the next.
struct KeptFile {
  /// Absolute.
  let path: String

  private static let maximumSizeInBytes = 1 << 16

  /// What was kept; nil where nothing was, or where it cannot be read.
  func read() -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Self.maximumSizeInBytes)
    let count = Glibc.read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }

  /// Keeps a text in the place of the one before, with its directories; the file is whole at every moment.
  ///
  /// - Returns: 0, or the number of the error.
  @discardableResult
  func write(_ text: String) -> Int32 {
    FileSystem.makeDirectories(Path.parent(path), mode: 0o700)
    let next = path + ".next"
    let file = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return errno }
    let code = FileSystem.write(Array(text.utf8), to: file)
    close(file)
    guard code == 0 else {
      unlink(next)
      return code
    }
    return rename(next, path) == 0 ? 0 : errno
  }
}
