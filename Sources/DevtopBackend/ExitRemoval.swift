import DevtopCore
import Glibc

/// Removes what a service's configuration wants gone when devtop ends (air's `clean_on_exit`).
enum ExitRemoval {
  /// Removes files and whole directories; symbolic links are removed, not followed.
  ///
  /// Nothing but what is really inside of the project's root is removed, whatever links lead to it, and never the
  /// root itself.
  ///
  /// - Returns: a sentence for each path that is left.
  static func remove(_ paths: [String], root: String) -> [String] {
    guard let root = real(root) else { return [] }
    return paths.compactMap { path in
      let clean = Path.absolute(path, in: root)
      // The last component stays as it is: a link there is removed itself.
      guard let parent = real(Path.parent(clean)) else { return nil }
      let place = (parent == "/" ? "" : parent) + "/" + Path.name(clean)
      guard place != root, Path.isInside(place, root) else {
        return "\(path) is not removed: it is not inside of the project"
      }
      return removeAll(place).map { "\(path) cannot be removed: \($0)" }
    }
  }

  private static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// What went wrong first; nil where nothing is left.
  private static func removeAll(_ path: String) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      return errno == ENOENT ? nil : String(cString: strerror(errno))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return unlink(path) == 0 ? nil : String(cString: strerror(errno))
    }
    var problem: String?
    for name in Path.list(path) ?? [] {
      let found = removeAll("\(path)/\(name)")
      problem = problem ?? found
    }
    if rmdir(path) == 0 { return nil }
    return problem ?? String(cString: strerror(errno))
  }
}
