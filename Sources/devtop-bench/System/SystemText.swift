import DevtopCore
import Glibc

/// Small files, read and written whole.
enum SystemText {
  static func error(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// The bytes of a file, nil when it cannot be read; also for files of /proc, whose size is not known before.
  static func bytes(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(file, &buffer, buffer.count)
      guard count > 0 else { return count == 0 ? result : nil }
      result += buffer[..<count]
    }
  }

  static func text(of path: String) -> String? { bytes(of: path).map { String(decoding: $0, as: UTF8.self) } }

  /// Where a symbolic link leads.
  static func target(of path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(path, &buffer, buffer.count)
    guard length > 0 else { return nil }
    return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Writes a file as a plain editor does: truncate, write, close.
  ///
  /// - Throws: `BenchError.system`.
  static func save(_ text: String, to path: String, mode: mode_t = 0o644) throws(BenchError) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw .system(what: "writing \(path)", code: errno) }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard bytes.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == bytes.count else {
      throw .system(what: "writing \(path)", code: errno)
    }
  }

  /// - Throws: `BenchError.system`.
  static func makeDirectory(_ path: String) throws(BenchError) {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw .system(what: "making \(path)", code: errno)
    }
  }

  /// The names in a directory, without `.` and `..`.
  static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a tree; symbolic links are not followed.
  static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    for name in names(in: path) { remove(path + "/" + name) }
    rmdir(path)
  }
}
