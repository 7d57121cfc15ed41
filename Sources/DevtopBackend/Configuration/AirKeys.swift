/// The keys of air's configuration (air-verse/air, `air_example.toml` and `runner/config.go`).
enum AirKeys {
  enum Kind {
    case text
    case boolean
    case number
    /// Milliseconds as a number; a string with a unit too.
    case milliseconds
    /// A string with a unit, or a number: milliseconds under 1,000,000, else nanoseconds.
    case killDelay
    case texts
    /// A string or a list of strings.
    case textOrTexts
  }

  /// Every key that is a flag too.
  static let all: [(name: String, kind: Kind)] = [
    ("root", .text), ("tmp_dir", .text), ("testdata_dir", .text), ("env_files", .texts),
    ("build.pre_cmd", .texts), ("build.cmd", .text), ("build.post_cmd", .texts), ("build.bin", .text),
    ("build.entrypoint", .textOrTexts), ("build.full_bin", .text), ("build.args_bin", .texts),
    ("build.include_ext", .texts), ("build.exclude_dir", .texts), ("build.include_dir", .texts),
    ("build.include_file", .texts), ("build.exclude_file", .texts), ("build.exclude_regex", .texts),
    ("build.exclude_unchanged", .boolean), ("build.ignore_dangerous_root_dir", .boolean),
    ("build.follow_symlink", .boolean), ("build.log", .text), ("build.poll", .boolean),
    ("build.poll_interval", .milliseconds), ("build.delay", .milliseconds), ("build.stop_on_error", .boolean),
    ("build.send_interrupt", .boolean), ("build.kill_delay", .killDelay), ("build.rerun", .boolean),
    ("build.rerun_delay", .milliseconds), ("log.time", .boolean), ("log.main_only", .boolean),
    ("log.silent", .boolean), ("color.main", .text), ("color.watcher", .text), ("color.build", .text),
    ("color.runner", .text), ("color.app", .text), ("color.mode", .text), ("misc.clean_on_exit", .boolean),
    ("misc.startup_banner", .text), ("screen.clear_on_rebuild", .boolean), ("screen.keep_scroll", .boolean),
    ("proxy.enabled", .boolean), ("proxy.proxy_port", .number), ("proxy.app_port", .number),
    ("proxy.app_start_timeout", .milliseconds),
  ]

  static let tables = ["build", "log", "color", "misc", "screen", "proxy"]

  /// What `[build.linux]` and its like override.
  static let platformKeys = ["pre_cmd", "cmd", "post_cmd", "bin", "entrypoint", "full_bin", "args_bin"]

  static func kind(of name: String) -> Kind? { all.first { $0.name == name }?.kind }

  /// The keys of a table, or of the top level for "".
  static func names(in table: String) -> [String] {
    all.compactMap { key in
      let parts = key.name.split(separator: ".")
      guard let last = parts.last else { return nil }
      return (parts.count == 1 ? "" : String(parts[0])) == table ? String(last) : nil
    }
  }

  /// A key that devtop has no use for: the values that mean nothing anyway, and what to do instead.
  struct Meaningless {
    var name: String
    /// As `TomlValue` content; air's default, its zero value included.
    var defaults: [TomlValue.Content]
    var advice: String
  }

  static let meaningless: [Meaningless] =
    ["main", "watcher", "build", "runner", "app", "mode"].map { name in
      let color = ["main": "magenta", "watcher": "cyan", "build": "yellow", "runner": "green"][name]
      return Meaningless(
        name: "color.\(name)", defaults: [.string(color ?? ""), .string("")],
        advice: "devtop's colours are a theme: press ^T, or name one with --theme")
    } + [
      Meaningless(
        name: "log.time", defaults: [.boolean(false)], advice: "press T for the times of log lines"),
      Meaningless(
        name: "log.main_only", defaults: [.boolean(false)], advice: "filter the log view, as with src:run"),
      Meaningless(
        name: "log.silent", defaults: [.boolean(false)], advice: "filter the log view, as with src:run"),
      Meaningless(
        name: "misc.startup_banner", defaults: [.string("")], advice: "devtop prints no banner; take it out"),
      Meaningless(
        name: "screen.keep_scroll", defaults: [.boolean(true), .boolean(false)],
        advice: "the log view keeps its lines; press ^K to clear it"),
      Meaningless(
        name: "proxy.app_port", defaults: [.integer(8080), .integer(0)],
        advice: "devtop finds the port that the application listens on by itself"),
      Meaningless(
        name: "proxy.app_start_timeout", defaults: [.integer(5000), .integer(0)],
        advice: "write ready_timeout in a devtop.toml (devtop init makes one of this file)"),
    ]
}
