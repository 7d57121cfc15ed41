/// Where the binaries of detected projects are built.
///
/// `$XDG_CACHE_HOME/devtop/NAME-HASH` (`~/.cache` where it is unset): nothing is littered in the project, the
/// place is the user's own, and it may execute, which `/tmp` may not everywhere. Without a home:
/// `/tmp/devtop-NAME-HASH`. `devtop init` writes `tmp/NAME` instead, which means the same on every machine.
struct ScratchDirectory {
  /// Absolute.
  let path: String

  init(project: String, environment: [String: String]) {
    let name = Self.name(project)
    let cache =
      environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? environment["HOME"].flatMap { $0.hasPrefix("/") && $0 != "/" ? $0 + "/.cache" : nil }
    path = cache.map { Path.absolute("devtop/\(name)", in: $0) } ?? "/tmp/devtop-\(name)"
  }

  /// Where a person's own things of a project are kept: `$XDG_STATE_HOME/devtop/NAME-HASH`, else below
  /// `~/.local/state`.
  static func state(project: String, environment: [String: String]) -> String {
    let base =
      environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? environment["HOME"].flatMap { $0.hasPrefix("/") && $0 != "/" ? $0 + "/.local/state" : nil }
    return base.map { Path.absolute("devtop/\(name(project))", in: $0) } ?? "/tmp/devtop-\(name(project))"
  }

  private static func name(_ project: String) -> String {
    ServiceName.sanitized(Path.name(project)) + "-" + String(hash(project), radix: 16)
  }

  func binary(_ name: String) -> String { "\(path)/\(name)" }

  /// FNV-1a, 32 bits: tells projects of one name apart.
  private static func hash(_ text: String) -> UInt32 {
    text.utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }
}
