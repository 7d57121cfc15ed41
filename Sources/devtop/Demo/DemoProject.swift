import Glibc

/// A complete small project to try devtop on, which needs only the Swift toolchain.
enum DemoProject {
  /// Writes the project into a new temporary directory and answers its path.
  ///
  /// - Throws: `DemoError` when nothing can be written there.
  static func write(temporaryDirectory: String) throws(DemoError) -> String {
    var template = Array("\(temporaryDirectory)/devtop-demo-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DemoError(path: temporaryDirectory, code: errno)
    }
    let root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for directory in ["Sources", "Sources/shop"] { try make("\(root)/\(directory)") }
    for (path, text) in files { try write(text, to: "\(root)/\(path)") }
    return root
  }

  private static var files: [(String, String)] {
    [
      ("devtop.toml", configuration), ("Package.swift", package), ("Sources/shop/Shop.swift", shop),
      ("Sources/shop/Server.swift", server), ("Sources/shop/Traffic.swift", traffic),
      (".gitignore", ".build/\n"),
    ]
  }

  private static func make(_ path: String) throws(DemoError) {
    if mkdir(path, 0o755) != 0 { throw DemoError(path: path, code: errno) }
  }

  private static func write(_ text: String, to path: String) throws(DemoError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw DemoError(path: path, code: errno) }
    defer { close(file) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw DemoError(path: path, code: errno) }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// The demo could not be written.
struct DemoError: Error, CustomStringConvertible {
  let path: String
  let code: Int32

  var description: String {
    "The demo cannot be written: \(path): \(String(cString: strerror(code))). Set TMPDIR to a directory with room."
  }
}
