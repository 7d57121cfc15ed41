/// Where the binaries of detected projects are built.
///
/// `$XDG_CACHE_HOME/devtop/NAME-HASH` (`~/.cache` where it is unset): nothing is littered in the project, the
/// place is the user's own, and it may execute, which `/tmp` may not everywhere. Without a home:
/// `/tmp/devtop-NAME-HASH`. `devtop init` writes `tmp/NAME` instead, which means the same on every machine.
struct ScratchDirectory {
  /// Absolute.
  let path: String

  init(project: String, environment: [String: String]) {
    path = Self.place(of: project, below: "XDG_CACHE_HOME", or: ".cache", environment)
  }

  /// Where a person's own things of a project are kept: `$XDG_STATE_HOME/devtop/NAME-HASH`, else below
  /// `~/.local/state`.
  static func state(project: String, environment: [String: String]) -> String {
    place(of: project, below: "XDG_STATE_HOME", or: ".local/state", environment)
  }

  /// Relative paths in these variables count as unset (XDG Base Directory Specification).
  private static func place(
    of project: String, below variable: String, or directory: String, _ environment: [String: String]
  ) -> String {
    let name = ServiceName.sanitized(Path.name(project)) + "-" + String(hash(project), radix: 16)
    let base =
      environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? environment["HOME"].flatMap { $0.hasPrefix("/") && $0 != "/" ? "\($0)/\(directory)" : nil }
    return base.map { Path.absolute("devtop/\(name)", in: $0) } ?? "/tmp/devtop-\(name)"
  }

  func binary(_ name: String) -> String { "\(path)/\(name)" }

  /// FNV-1a, 32 bits: tells projects of one name apart.
  private static func hash(_ text: String) -> UInt32 {
    text.utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }
}
