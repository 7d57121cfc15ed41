import Glibc

/// The ignore files of git that are not in the watched tree (`gitignore(5)`).
struct GitExcludes {
  private let home: [UInt8]?
  private let configurationHome: [UInt8]?
  private let system: [UInt8]?

  /// Takes another home directory, whose `.config` is the configuration's, and leaves the system's configuration out.
  init(home: String) {
    self.home = Array(home.utf8)
    configurationHome = Array((home + "/.config").utf8)
    system = nil
  }

  /// Takes `HOME`, `XDG_CONFIG_HOME` and `GIT_CONFIG_NOSYSTEM` from the environment.
  init() {
    func variable(_ name: String) -> [UInt8]? {
      guard let value = getenv(name), value.pointee != 0 else { return nil }
      return Array(String(cString: value).utf8)
    }
    system = variable("GIT_CONFIG_NOSYSTEM") == nil ? Array("/etc/gitconfig".utf8) : nil
    home = variable("HOME")
    configurationHome = variable("XDG_CONFIG_HOME") ?? home.map { $0 + Array("/.config".utf8) }
  }

  /// The nearest directory, from this one upwards, that has an entry `.git`.
  static func repositoryTop(of directory: [UInt8]) -> [UInt8]? {
    var path = directory
    while true {
      if SmallFile.exists(path + Array("/.git".utf8)) { return path }
      guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
      path.removeLast(path.count - slash)
    }
  }

  /// The chain that holds at a repository's top, before its own `.gitignore`.
  func chain(repository top: [UInt8]) -> IgnoreChain? {
    var chain: IgnoreChain?
    if let path = personalFile(top), let bytes = SmallFile.contents(path) {
      chain = IgnoreChain(
        patterns: PatternList(ignoreFile: bytes), path: path, baseLength: top.count, next: chain)
    }
    let exclude = commonDirectory(top) + Array("/info/exclude".utf8)
    if let bytes = SmallFile.contents(exclude) {
      chain = IgnoreChain(
        patterns: PatternList(ignoreFile: bytes), path: exclude, baseLength: top.count, next: chain)
    }
    return chain
  }

  /// The chain with the directory's own `.gitignore`, when it has one.
  ///
  /// What is there and cannot be read holds no rules; `report` gets it.
  static func adding(
    directory: [UInt8], to chain: IgnoreChain?, report: (WatchWarning) -> Void
  ) -> IgnoreChain? {
    let path = directory + Array("/.gitignore".utf8)
    // git does not follow a link here.
    guard let bytes = SmallFile.contents(path, followsLinks: false) else {
      let code = SmallFile.withCPath(path) { access($0, R_OK) == 0 ? 0 : errno }
      if code == EACCES { report(.unreadableIgnoreFile(path: PathBytes.text(path), errno: code)) }
      return chain
    }
    let patterns = PatternList(ignoreFile: bytes)
    return patterns.isEmpty
      ? chain : IgnoreChain(patterns: patterns, path: path, baseLength: directory.count, next: chain)
  }

  /// `core.excludesFile`, else `$XDG_CONFIG_HOME/git/ignore`; included configuration files are not read.
  private func personalFile(_ top: [UInt8]) -> [UInt8]? {
    let places: [[UInt8]?] = [
      system, configurationHome.map { $0 + Array("/git/config".utf8) },
      home.map { $0 + Array("/.gitconfig".utf8) }, commonDirectory(top) + Array("/config".utf8),
    ]
    var found: [UInt8]?
    for case let place? in places {
      if let bytes = SmallFile.contents(place), let value = GitConfiguration.excludesFile(in: bytes) {
        found = value
      }
    }
    guard let found else { return configurationHome.map { $0 + Array("/git/ignore".utf8) } }
    if found.starts(with: Array("~/".utf8)), let home { return home + found.dropFirst() }
    return PathBytes.normalized(found, base: top)
  }

  /// The repository's own directory, also for worktrees and submodules, whose `.git` is a file.
  private func commonDirectory(_ top: [UInt8]) -> [UInt8] {
    let entry = top + Array("/.git".utf8)
    guard let bytes = SmallFile.contents(entry), bytes.starts(with: Array("gitdir: ".utf8)) else {
      return entry
    }
    let directory = PathBytes.normalized(Self.line(bytes.dropFirst(8)), base: top)
    guard let common = SmallFile.contents(directory + Array("/commondir".utf8)) else { return directory }
    return PathBytes.normalized(Self.line(common[...]), base: directory)
  }

  private static func line(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
  }
}
