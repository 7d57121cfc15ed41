import DevtopCore
import DevtopWatcher

/// How each part of a service's configuration becomes a set of the watcher.
extension WatchPlan {
  static func mainSet(_ service: ServiceSpec, among all: [ServiceSpec]) -> WatchSet {
    let watch = service.watch
    var includes: [DevtopWatcher.WatchRule]
    if !watch.include.isEmpty, !watch.includeExtensions.isEmpty {
      // Both must admit a file: every directory pattern with every extension.
      includes = watch.include.flatMap { pattern in
        watch.includeExtensions.map { narrowed(pattern, to: $0) }
      }
    } else {
      includes = watch.include.map(glob) + watch.includeExtensions.map(extensions)
    }
    if !includes.isEmpty { includes += watch.includeFiles.map(file) }
    let excludes =
      watch.exclude.map(glob) + watch.excludeDirectories.map(directory) + watch.excludeFiles.map(file)
      + watch.excludeRegexes.map(regex) + all.flatMap(binary) + directories(of: all, inside: service)
    return WatchSet(
      id: "main:\(service.id)", root: service.directory,
      scope: watch.extraRoots.isEmpty ? [] : [service.directory] + watch.extraRoots, includes: includes,
      excludes: excludes, alwaysWatched: watch.includeFiles.map(file), usesGitignore: watch.usesGitignore,
      followsSymlinks: watch.followsSymlinks, skipsHiddenDirectories: watch.skipsHiddenDirectories)
  }

  /// The directories of other services inside of one that is only run and does not say what it watches.
  ///
  /// A save there is theirs. What is built, though, may be built from them.
  private static func directories(
    of all: [ServiceSpec], inside service: ServiceSpec
  ) -> [DevtopWatcher.WatchRule] {
    let watch = service.watch
    guard service.build.isEmpty, watch.include.isEmpty, watch.includeExtensions.isEmpty else { return [] }
    return all.filter {
      $0.directory != service.directory && Path.isInside($0.directory, service.directory)
    }.map { WatchRule(.directory($0.directory), origin: "the directory of \($0.id)") }
  }

  /// The file that is run, where the build command names it or its directory as what it writes: building for it
  /// would never end.
  private static func binary(of service: ServiceSpec) -> [DevtopWatcher.WatchRule] {
    guard let written = BinaryFingerprint.path(of: service) else { return [] }
    let path = Path.absolute(written, in: service.directory)
    let parent = Path.parent(path)
    let words = service.build.flatMap { step in
      step.command.description.split { $0.isWhitespace || "='\"".contains($0) }
    }
    let isNamed = words.contains { word in
      let named = Path.absolute(String(word), in: service.directory)
      return named == path || (named == parent && parent != service.directory)
    }
    return isNamed ? [WatchRule(.file(path), origin: "written by the build of \(service.id)")] : []
  }

  /// The files that globs name, below a directory.
  static func narrowSet(_ id: String, _ directory: String, _ includes: [DevtopWatcher.WatchRule]) -> WatchSet
  {
    WatchSet(id: id, root: directory, includes: includes)
  }

  /// Certain files and nothing else, so that no directory is watched for them but their own.
  static func listedFiles(_ id: String, _ directory: String, _ files: [DevtopWatcher.WatchRule]) -> WatchSet {
    WatchSet(
      id: id, root: directory, excludes: [WatchRule(.glob("*"), origin: "not listed")], builtInIgnores: [],
      alwaysWatched: files, usesGitignore: false)
  }

  static func ruleSet(_ rule: DevtopCore.WatchRule, _ id: String, _ service: ServiceSpec) -> WatchSet {
    var includes = rule.includeFiles.map(file)
    if !rule.includeDirectories.isEmpty, !rule.includeExtensions.isEmpty {
      includes += rule.includeDirectories.flatMap { pattern in
        rule.includeExtensions.map {
          narrowed(WatchSpec.Pattern(pattern.text + "/**", origin: pattern.origin), to: $0)
        }
      }
    } else {
      includes += rule.includeDirectories.map(directory) + rule.includeExtensions.map(extensions)
    }
    return WatchSet(
      id: id, root: service.directory, includes: includes,
      excludes: rule.excludeRegexes.map(regex) + service.watch.excludeDirectories.map(directory),
      usesGitignore: service.watch.usesGitignore, skipsHiddenDirectories: service.watch.skipsHiddenDirectories
    )
  }

  static func glob(_ pattern: WatchSpec.Pattern) -> DevtopWatcher.WatchRule {
    DevtopWatcher.WatchRule(.glob(pattern.text), origin: pattern.origin)
  }

  private static func extensions(_ pattern: WatchSpec.Pattern) -> DevtopWatcher.WatchRule {
    DevtopWatcher.WatchRule(.extensions([pattern.text]), origin: pattern.origin)
  }

  private static func directory(_ pattern: WatchSpec.Pattern) -> DevtopWatcher.WatchRule {
    DevtopWatcher.WatchRule(.directory(pattern.text), origin: pattern.origin)
  }

  private static func file(_ pattern: WatchSpec.Pattern) -> DevtopWatcher.WatchRule {
    DevtopWatcher.WatchRule(.file(pattern.text), origin: pattern.origin)
  }

  private static func regex(_ pattern: WatchSpec.Pattern) -> DevtopWatcher.WatchRule {
    DevtopWatcher.WatchRule(.regex(pattern.text), origin: pattern.origin)
  }

  /// Files of one extension that a pattern names, or that are below the directories that it names.
  private static func narrowed(
    _ pattern: WatchSpec.Pattern, to suffix: WatchSpec.Pattern
  ) -> DevtopWatcher.WatchRule {
    guard suffix.text != "*" else { return glob(pattern) }
    var base = pattern.text
    // `**/*.go` names such files already.
    if !base.hasSuffix("." + suffix.text) {
      if base.hasSuffix("/**") { base.removeLast(3) }
      while base.hasSuffix("/") { base.removeLast() }
      base = base == "**" ? "**/*.\(suffix.text)" : "\(base)/**/*.\(suffix.text)"
    }
    return DevtopWatcher.WatchRule(.glob(base), origin: pattern.origin, beatsGitignore: false)
  }
}
