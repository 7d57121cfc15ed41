internal import Glibc

/// Paths as text: nothing here but `kind` and `list` touches the disk.
enum Path {
  enum Kind { case file, directory, other }

  /// An absolute form of `path` without `.`, `..` and double slashes; symbolic links are not followed.
  static func absolute(_ path: String, in directory: String) -> String {
    let full = path.hasPrefix("/") ? path : directory + "/" + path
    var parts: [Substring] = []
    for part in full.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// `path` relative to `directory`, which both are absolute; `.` for itself, `../x` outside.
  static func relative(_ path: String, to directory: String) -> String {
    let target = path.split(separator: "/")
    let base = directory.split(separator: "/")
    var shared = 0
    while shared < min(target.count, base.count), target[shared] == base[shared] { shared += 1 }
    let parts = Array(repeating: Substring(".."), count: base.count - shared) + target[shared...]
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  /// Whether `path` is `directory` or inside of it; both absolute and clean.
  static func isInside(_ path: String, _ directory: String) -> Bool {
    path == directory || path.hasPrefix(directory == "/" ? "/" : directory + "/")
  }

  /// As it is named to the user: relative where it is inside of `directory`.
  static func displayed(_ path: String, in directory: String) -> String {
    isInside(path, directory) ? relative(path, to: directory) : path
  }

  static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "/" }

  static func parent(_ path: String) -> String {
    "/" + path.split(separator: "/").dropLast().joined(separator: "/")
  }

  /// The part after the last dot of the name; nil for names without, and for `.env`.
  static func fileExtension(_ name: String) -> String? {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    return String(name[name.index(after: dot)...])
  }

  /// What is at the path, links followed; nil where there is nothing to be seen.
  static func kind(_ path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .directory
    default: .other
    }
  }

  static func isFile(_ path: String) -> Bool { kind(path) == .file }
  static func isDirectory(_ path: String) -> Bool { kind(path) == .directory }

  /// The names in a directory, sorted by bytes; nil where it cannot be read.
  static func list(_ path: String) -> [String]? {
    guard let stream = opendir(path) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
