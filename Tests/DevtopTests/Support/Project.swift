import DevtopCore
import Glibc

/// A project in a temporary directory of its own.
struct Project: Sendable {
  let root: String
  /// Distinguishes every process that this project's tests start, by a variable of their environment.
  let mark: String

  struct Failure: Error, CustomStringConvertible {
    var description: String

    init(_ what: String) { description = "\(what): \(String(cString: strerror(errno)))" }
  }

  /// - Throws: `Failure` when the directory cannot be made.
  init(_ files: [String: String] = [:]) throws {
    var template = Array("/tmp/devtop-test.XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Failure("mkdtemp") }
    root = String(cString: made)
    mark = "DEVTOP_TEST=" + root
    for (name, text) in files { try write(name, text) }
  }

  func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(root)/\(name)" }

  /// Writes as an editor that overwrites: truncate, write, close.
  ///
  /// - Throws: `Failure` of the system call.
  func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws {
    try write(name, Array(text.utf8), mode: mode)
  }

  func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws {
    let path = path(name)
    var made = root
    for part in name.split(separator: "/").dropLast() {
      made += "/\(part)"
      mkdir(made, 0o755)
    }
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw Failure("open \(path)") }
    defer { close(file) }
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw Failure("write \(path)") }
  }

  /// Puts another file in the place of one, which is whole at every moment.
  func replace(_ name: String, _ text: String) throws {
    try write(name + "~", text)
    guard rename(path(name + "~"), path(name)) == 0 else { throw Failure("rename \(name)") }
  }

  /// The text of a file; nil where there is none.
  func text(_ name: String) -> String? {
    contents(of: path(name)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Waits until what is written next has a later time than all files: file times come from a clock with ticks of up to
  /// 10 ms, and a file of the tick in which devtop starts may have been written before or after that.
  func letFilesAge() {
    let written = SystemClock.wallNanoseconds
    while SystemClock.fileNanoseconds <= written { usleep(1_000) }
  }

  func touch(_ name: String) throws {
    guard utimes(path(name), nil) == 0 else { throw Failure("utimes \(name)") }
  }

  func remove() { Self.remove(root) }

  private static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    chmod(path, 0o700)
    if let directory = opendir(path) {
      var names: [String] = []
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
      }
      closedir(directory)
      for name in names { remove("\(path)/\(name)") }
    }
    rmdir(path)
  }
}

extension Project {
  /// A project with one service, `shop`: `server.js` under Node, with more lines in its table.
  ///
  /// - Throws: `Failure`.
  static func node(_ server: String, _ lines: String...) throws -> Project {
    let table = ["[service.shop]", "run = \"exec node server.js\"", "watch = [\"server.js\"]"] + lines
    return try Project(["server.js": server, "devtop.toml": table.joined(separator: "\n") + "\n"])
  }
}

/// The bytes of a file; nil where it cannot be read.
func contents(of path: String) -> [UInt8]? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  var all: [UInt8] = []
  while true {
    let count = read(file, &bytes, bytes.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return count == 0 ? all : nil }
    all += bytes[..<count]
  }
}
