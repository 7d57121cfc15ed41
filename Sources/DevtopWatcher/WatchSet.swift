/// What one consumer (a service, a rule of a configuration) wants to know about.
///
/// The order of judgement for a file is: `alwaysWatched` → watched; `excludes` → ignored; `includes` not empty and none
/// matches → ignored; `builtInIgnores` → ignored; `.gitignore` → ignored unless the include that matched
/// `beatsGitignore`; else watched. A directory that is ignored as a whole is neither watched nor scanned; an include
/// or an `alwaysWatched` rule opens it again only when its literal part names that directory or something in it
/// (`vendor/shop/**` opens `vendor/`, `**/*.go` does not; `excludes` are opened by `alwaysWatched` alone).
public struct WatchSet: Hashable, Sendable {
  /// The name under which verdicts are reported.
  public var id: String
  /// The absolute directory to which relative rules refer and which is watched unless `scope` says otherwise.
  public var root: String
  /// The directories (absolute or relative to `root`, also outside it) that are watched; empty: `root`.
  public var scope: [String]
  /// The files that are wanted; empty: all.
  public var includes: [WatchRule]
  /// The files and directories that are not wanted.
  public var excludes: [WatchRule]
  /// What is not wanted by default.
  public var builtInIgnores: [WatchRule]
  /// What is wanted whatever other rules say, such as the environment and configuration files; it may be outside `root`.
  public var alwaysWatched: [WatchRule]
  /// Whether `.gitignore`, `.git/info/exclude` and git's `core.excludesFile` are honoured.
  public var usesGitignore: Bool
  /// Whether symbolic links to directories are followed, also to outside of `root`.
  public var followsSymlinks: Bool
  /// Whether directories whose name starts with a dot are ignored.
  public var skipsHiddenDirectories: Bool

  /// Makes a set that by default watches everything below `root` that git does not ignore.
  public init(
    id: String, root: String, scope: [String] = [], includes: [WatchRule] = [], excludes: [WatchRule] = [],
    builtInIgnores: [WatchRule] = WatchRule.builtInIgnores, alwaysWatched: [WatchRule] = [],
    usesGitignore: Bool = true, followsSymlinks: Bool = false, skipsHiddenDirectories: Bool = false
  ) {
    self.id = id
    self.root = root
    self.scope = scope
    self.includes = includes
    self.excludes = excludes
    self.builtInIgnores = builtInIgnores
    self.alwaysWatched = alwaysWatched
    self.usesGitignore = usesGitignore
    self.followsSymlinks = followsSymlinks
    self.skipsHiddenDirectories = skipsHiddenDirectories
  }
}

extension WatchSet {
  /// What the set says to an absolute path, by its rules and the ignore files on disk now; nil outside the set.
  ///
  /// The path need not exist. This reads files; it is for explaining, not for judging many paths.
  public func verdict(for path: String, isDirectory: Bool = false) -> Verdict? {
    let engine = WatchEngine(options: EngineOptions()) { _ in }
    engine.compile([self])
    return engine.explain(PathBytes.normalized(Array(path.utf8), base: []), isDirectory: isDirectory)[id]
  }
}
