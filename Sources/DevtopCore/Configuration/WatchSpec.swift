/// Which files of a service lead to a build or a restart.
package struct WatchSpec: Equatable, Sendable {
  /// A pattern and the place that it was written at, such as `devtop.toml:12` or `default`.
  package struct Pattern: Hashable, Sendable {
    package var text: String
    package var origin: String

    package init(_ text: String, origin: String) {
      self.text = text
      self.origin = origin
    }
  }

  /// A further root, absolute (air's `include_dir` outside of `root`, a `watch` pattern with `../`).
  package var extraRoots: [String] = []
  /// Globs relative to the service's directory, which beat `.gitignore`; empty: everything.
  package var include: [Pattern] = []
  /// Extensions without the dot; empty: all.
  ///
  /// Both `include` and this must admit a file, where both are set.
  package var includeExtensions: [Pattern] = []
  /// Exact files relative to the service's directory, watched whatever their extension (air's `include_file`).
  package var includeFiles: [Pattern] = []
  /// Globs, `.gitignore` syntax, relative to the service's directory.
  package var exclude: [Pattern] = []
  /// Exact directories relative to the service's directory.
  package var excludeDirectories: [Pattern] = []
  /// Exact files relative to the service's directory.
  package var excludeFiles: [Pattern] = []
  /// PCRE2, unanchored, on the absolute path (air's `exclude_regex`).
  package var excludeRegexes: [Pattern] = []
  package var usesGitignore = true
  package var followsSymlinks = false
  /// Air skips hidden directories always.
  package var skipsHiddenDirectories = false
  /// A save with the same content builds nothing; false: every save builds (air's explicit
  /// `exclude_unchanged = false`).
  package var comparesContent = true
  /// Quiet time before a build; nil: at once (air's `delay` when the file sets it).
  package var delay: Duration?
  /// Files whose change restarts without building (fresh's `no_rebuild_ext`, manifests of a script that reloads
  /// itself), globs relative to the service's directory.
  package var restartOnly: [Pattern] = []
  /// Commands run on a change instead of a build (air's `[[build.rules]]`).
  package var rules: [WatchRule] = []

  package init() {}
}

/// A command that runs when a matching file changes; nothing is built for that change.
package struct WatchRule: Equatable, Sendable {
  package var name: String
  package var command: CommandSpec
  package var includeDirectories: [WatchSpec.Pattern] = []
  package var includeExtensions: [WatchSpec.Pattern] = []
  package var includeFiles: [WatchSpec.Pattern] = []
  package var excludeRegexes: [WatchSpec.Pattern] = []
  package var delay: Duration = .seconds(1)

  package init(name: String, command: CommandSpec) {
    self.name = name
    self.command = command
  }
}

/// Whether changes are found by polling.
package enum PollMode: Hashable, Sendable {
  /// Only where the file system delivers no events.
  case automatic
  case always
  case never
}
