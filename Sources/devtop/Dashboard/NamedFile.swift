import Glibc

/// A file of the project that a trace names without its directory, as Java's do.
enum NamedFile {
  /// More entries are not looked through.
  private static let limit = 20_000
  private static let left: Set<String> = ["node_modules", "target", "build", "vendor", "dist", "out"]

  /// The path of a file whose end is `name`, nearest to the top of `root`; nil where there is none.
  ///
  /// Hidden directories, and those that tools write, are left out.
  static func find(_ name: String, below root: String) -> String? {
    var directories = [root]
    var next = 0
    var seen = 0
    while next < directories.count, seen < limit {
      let directory = directories[next]
      next += 1
      let candidate = directory + "/" + name
      if access(candidate, F_OK) == 0 { return candidate }
      guard let stream = opendir(directory) else { continue }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        seen += 1
        guard entry.pointee.d_type == UInt8(DT_DIR) else { continue }
        let child = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if !child.hasPrefix("."), !left.contains(child) { directories.append(directory + "/" + child) }
      }
    }
    return nil
  }
}
