/// Says how files of a project are named.
struct ProjectPaths: Sendable {
  /// Absolute: the service's directory.
  let directory: String
  /// Where the tool runs that prints at the moment: the directory, or what `make` entered.
  private(set) var current: String

  init(directory: String) {
    self.directory = directory
    current = directory
  }

  /// Directories inside of a project whose code is somebody else's.
  private static let foreign: Set<Substring> = [
    "vendor", "node_modules", "site-packages", "dist-packages", ".venv", "venv", ".build", ".cargo",
  ]

  mutating func enter(_ directory: String) { current = Path.absolute(directory, in: self.directory) }
  mutating func leave() { current = directory }

  /// The path relative to the directory where it is inside of it, else as it was printed.
  func relative(_ path: String) -> String {
    let absolute = Path.absolute(path, in: current)
    guard Path.isInside(absolute, directory), absolute != directory else { return path }
    return Path.relative(absolute, to: directory)
  }

  /// Whether a file is the project's own code.
  func isOwn(_ path: String) -> Bool {
    let absolute = Path.absolute(path, in: current)
    guard Path.isInside(absolute, directory), absolute != directory else { return false }
    let relative = Path.relative(absolute, to: directory)
    // A GOPATH inside of the project keeps modules there.
    guard !relative.hasPrefix("pkg/mod/"), !relative.contains(text: "/pkg/mod/") else { return false }
    return !relative.split(separator: "/").contains { Self.foreign.contains($0) }
  }

  /// The first place in a line of a trace that is in the project's own code: an absolute path anywhere in it.
  func frame(in line: String) -> SourceLocation? {
    let prefix = directory == "/" ? "/" : directory + "/"
    var rest = line[...]
    while let range = rest.range(of: prefix) {
      if let location = SourceLocation(trailing: rest[range.lowerBound...]), isOwn(location.file) {
        return location
      }
      rest = rest[range.upperBound...]
    }
    return nil
  }

  /// The file under the directory that a longer name ends with, such as `example.com/app/api/x.go`.
  func file(endingAs path: String) -> String? {
    var parts = path.split(separator: "/")[...]
    while !parts.isEmpty {
      let candidate = parts.joined(separator: "/")
      if isOwn(candidate), Path.isFile(Path.absolute(candidate, in: directory)) { return candidate }
      parts = parts.dropFirst()
    }
    return nil
  }
}
