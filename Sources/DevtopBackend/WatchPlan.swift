import DevtopCore
import DevtopWatcher
import Glibc

/// What the watcher is asked for on behalf of a configuration, and what its answers mean to each service.
struct WatchPlan: Sendable {
  /// What a set of the watcher stands for.
  private enum Purpose {
    /// Files that build (or restart, where there is no build).
    case main(ServiceID)
    case restartOnly(ServiceID)
    case environment(ServiceID)
    case rule(ServiceID, Int)
    case configuration
    /// The file of the theme in use.
    case theme
  }

  /// A batch in the terms of the core.
  struct Translation {
    var changes: [DevtopCore.FileChange] = []
    /// A configuration file is in it.
    var configurationChanged = false
    /// The theme's file is in it.
    var themeChanged = false
  }

  private static let measuredBatch = 4

  let sets: [WatchSet]
  private let purposes: [String: Purpose]
  private let compilers: [ServiceID: Compiler]
  private let root: String

  /// `themeFile` is the file of the theme in use, absolute, where it is one.
  init(_ configuration: Configuration, themeFile: String? = nil) {
    var sets: [WatchSet] = []
    var purposes: [String: Purpose] = [:]
    // What devtop itself writes there leads to nothing.
    let written = configuration.logFiles.map { WatchRule(.directory($0.directory), origin: "log_dir") }
    func add(_ set: WatchSet, _ purpose: Purpose) {
      var set = set
      set.excludes += [written].compactMap(\.self)
      sets.append(set)
      purposes[set.id] = purpose
    }
    for service in configuration.services {
      if !service.reloadsItself {
        add(Self.mainSet(service, among: configuration.services), .main(service.id))
      }
      if !service.watch.restartOnly.isEmpty {
        add(
          Self.narrowSet(
            "restart:\(service.id)", service.directory, service.watch.restartOnly.map(Self.glob)),
          .restartOnly(service.id))
      }
      if !service.envFiles.isEmpty {
        let files = service.envFiles.map { WatchRule(.file($0), origin: "env_file") }
        add(Self.listedFiles("env:\(service.id)", service.directory, files), .environment(service.id))
      }
      for (index, rule) in service.watch.rules.enumerated() {
        add(Self.ruleSet(rule, "rule:\(service.id):\(index)", service), .rule(service.id, index))
      }
    }
    if !configuration.files.isEmpty {
      let files = configuration.files.map { WatchRule(.file($0), origin: "configuration") }
      add(Self.listedFiles("configuration", configuration.root, files), .configuration)
    }
    if let themeFile {
      let file = WatchRule(.file(themeFile), origin: "theme")
      add(Self.listedFiles("theme", Path.parent(themeFile), [file]), .theme)
    }
    self.sets = sets
    self.purposes = purposes
    root = configuration.root
    compilers = Dictionary(
      uniqueKeysWithValues: configuration.services.compactMap { service in
        service.compiler.map { (service.id, $0) }
      })
  }

  // MARK: Answers

  func translate(_ batch: ChangeBatch) -> Translation {
    var result = Translation()
    for change in batch.changes {
      let roles = roles(of: change)
      if roles.isConfiguration, !change.isUnchanged { result.configurationChanged = true }
      if roles.isTheme, !change.isUnchanged { result.themeChanged = true }
      guard !roles.byService.isEmpty else { continue }
      // A configuration file is read again; that services do not watch it is no news.
      if roles.isConfiguration, roles.byService.values.allSatisfy(\.isIgnored) { continue }
      var entry = DevtopCore.FileChange(
        path: relative(change.path), kind: kind(change.kind), oldContent: change.oldContent?.value,
        newContent: change.newContent?.value, roles: roles.byService)
      // For the waterfall; a branch switch is not measured file by file.
      if batch.changes.count <= Self.measuredBatch { entry.saved = changeTime(change.path) }
      result.changes.append(entry)
    }
    result.changes += ignored(batch.ignored)
    return result
  }

  /// What one changed file is to everybody.
  private struct Roles {
    var byService: [ServiceID: DevtopCore.FileChange.Role] = [:]
    var isConfiguration = false
    var isTheme = false

    mutating func take(_ role: DevtopCore.FileChange.Role, for service: ServiceID) {
      if let known = byService[service], known.rank <= role.rank { return }
      byService[service] = role
    }
  }

  private func roles(of change: DevtopWatcher.FileChange) -> Roles {
    var roles = Roles()
    for (id, verdict) in change.verdicts {
      guard let purpose = purposes[id] else { continue }
      switch (purpose, verdict) {
      case (.configuration, .watched): roles.isConfiguration = true
      case (.theme, .watched): roles.isTheme = true
      case (.main(let service), .watched):
        roles.take(isSource(change.path, of: service) ? .source : .asset, for: service)
      case (.restartOnly(let service), .watched): roles.take(.restartOnly, for: service)
      case (.environment(let service), .watched): roles.take(.environment, for: service)
      case (.rule(let service, let index), .watched): roles.take(.rule(index), for: service)
      case (.main(let service), .ignored(let rule)): roles.take(.ignored(rule: rule), for: service)
      case (.configuration, .ignored), (.theme, .ignored), (.restartOnly, .ignored), (.environment, .ignored),
        (.rule, .ignored):
        break
      }
    }
    return roles
  }

  /// Ignored changes, one entry a directory and rule.
  private func ignored(_ all: [IgnoredChanges]) -> [DevtopCore.FileChange] {
    var changes: [DevtopCore.FileChange] = []
    for entry in all {
      guard case .main(let service)? = purposes[entry.set] else { continue }
      // What an editor did beside a file while it saved it is told by the temporary file's name.
      let isFile = entry.count == 1 || entry.directory == root || EditorFile.isTemporary(entry.example)
      let path = isFile ? relative(entry.example) : relative(entry.directory) + "/"
      if let known = changes.firstIndex(where: { $0.path == path }) {
        changes[known].roles[service] = .ignored(rule: entry.rule)
      } else {
        changes.append(
          DevtopCore.FileChange(path: path, count: entry.count, roles: [service: .ignored(rule: entry.rule)]))
      }
    }
    return changes
  }

  private func isSource(_ path: String, of service: ServiceID) -> Bool {
    guard let compiler = compilers[service], let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else {
      return false
    }
    return compiler.sourceExtensions.contains(String(path[path.index(after: dot)...]))
  }

  private func relative(_ path: String) -> String {
    if path == root { return "." }
    return path.hasPrefix(root + "/") ? String(path.dropFirst(root.utf8.count + 1)) : path
  }

  /// Of the inode: a rename keeps the time of the content.
  private func changeTime(_ path: String) -> WallTime? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return WallTime(
      milliseconds: Int64(status.st_ctim.tv_sec) * 1_000 + Int64(status.st_ctim.tv_nsec) / 1_000_000)
  }

  private func kind(_ kind: DevtopWatcher.FileChange.Kind) -> DevtopCore.FileChange.Kind {
    switch kind {
    case .created: .created
    case .modified: .modified
    case .removed: .removed
    }
  }
}

extension DevtopCore.FileChange.Role {
  fileprivate var isIgnored: Bool { if case .ignored = self { true } else { false } }

  /// A lower rank wins where several sets want the same file.
  fileprivate var rank: Int {
    switch self {
    case .environment: 0
    case .rule: 1
    case .restartOnly: 2
    case .source, .asset: 3
    case .ignored: 4
    }
  }
}
