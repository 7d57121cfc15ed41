import Glibc
import Testing

@testable import DevtopWatcher

/// File operations as plain system calls; a failure fails the test.
enum Files {
  static func write(_ path: String, _ text: String, flags: Int32 = O_WRONLY | O_CREAT | O_TRUNC) {
    write(path, Array(text.utf8), flags: flags)
  }

  static func write(_ path: String, _ bytes: [UInt8], flags: Int32 = O_WRONLY | O_CREAT | O_TRUNC) {
    let descriptor = open(path, flags | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      Issue.record("open \(path): \(systemMessage(errno))")
      return
    }
    check(Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "write \(path)")
    close(descriptor)
  }

  static func makeDirectories(_ path: String) {
    var made = ""
    for component in path.split(separator: "/") {
      made += "/" + component
      check(mkdir(made, 0o755) == 0 || errno == EEXIST, "mkdir \(made)")
    }
  }

  static func move(_ from: String, _ to: String) { check(rename(from, to) == 0, "rename \(from) \(to)") }

  static func remove(_ path: String) { check(unlink(path) == 0, "unlink \(path)") }

  static func removeDirectory(_ path: String) { check(rmdir(path) == 0, "rmdir \(path)") }

  static func link(_ target: String, at path: String) { check(symlink(target, path) == 0, "symlink \(path)") }

  static func removeTree(_ path: String) {
    if let directory = opendir(path) {
      defer { closedir(directory) }
      let listing = Listing()
      listing.fill(directory)
      for entry in listing.entries {
        let name = String(
          decoding: UnsafeBufferPointer(start: listing.name(entry), count: Int(entry.length)), as: UTF8.self)
        if Int(entry.type) == Int(DT_DIR) { removeTree("\(path)/\(name)") } else { unlink("\(path)/\(name)") }
      }
    }
    rmdir(path)
  }

  private static func check(_ condition: Bool, _ what: String) {
    if !condition { Issue.record("\(what): \(systemMessage(errno))") }
  }
}
