import Glibc
import Testing

@testable import DevtopBackend

/// A directory of a test, removed at its end.
final class Project {
  let path: String

  init(_ files: [String: String] = [:]) throws {
    var template = Array("/tmp/devtop-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.flatMap { mkdtemp($0) }
    }
    try #require(made != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for (name, text) in files { try write(name, text) }
  }

  deinit {
    Self.removeAll(path)
  }

  /// Links are removed, not followed.
  private static func removeAll(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in Path.list(path) ?? [] { removeAll("\(path)/\(name)") }
    }
    remove(path)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    var directory = path
    for part in name.split(separator: "/").dropLast() {
      directory += "/" + part
      mkdir(directory, 0o755)
    }
    let file = try #require(fopen("\(path)/\(name)", "w"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    #expect(fclose(file) == 0)
  }

  func makeDirectory(_ name: String) throws { try #require(mkdir("\(path)/\(name)", 0o755) == 0) }
}
