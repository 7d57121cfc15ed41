import DevtopBackend
import Glibc

/// A complete small project to try devtop on, which needs only the Swift toolchain.
enum DemoProject {
  /// Writes the project into a new temporary directory and answers its path.
  ///
  /// - Throws: `DemoError` when nothing can be written there.
  static func write(temporaryDirectory: String) throws(DemoError) -> String {
    var template = Array("\(temporaryDirectory)/devtop-demo-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DemoError(path: temporaryDirectory, problem: String(cString: strerror(errno)))
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
    if mkdir(path, 0o755) != 0 { throw DemoError(path: path, problem: String(cString: strerror(errno))) }
  }

  private static func write(_ text: String, to path: String) throws(DemoError) {
    if let problem = writeFile(text.utf8, to: path, isNew: true) {
      throw DemoError(path: path, problem: problem)
    }
  }
}

/// The demo could not be written.
struct DemoError: Error, CustomStringConvertible {
  let path: String
  let problem: String

  var description: String {
    "The demo cannot be written: \(path): \(problem). Set TMPDIR to a directory with room."
  }
}
