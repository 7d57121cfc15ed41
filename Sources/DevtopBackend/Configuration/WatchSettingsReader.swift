internal import DevtopCore

/// Reads what a `[service.NAME]` table says of watching.
struct WatchSettingsReader {
  /// Absolute.
  let root: String
  let findings: ConfigurationFindings
  /// `[watch] ignore`, relative to the root.
  let ignored: [WatchSpec.Pattern]

  func read(_ reader: inout TableReader, into service: inout ServiceSpec) {
    var watch = WatchSpec()
    watch.include = patterns("watch", &reader)
    watch.extraRoots = Self.extraRoots(of: watch.include, in: service.directory)
    watch.includeExtensions = patterns("extensions", &reader).map {
      $0.text.hasPrefix(".") ? .init(String($0.text.dropFirst()), origin: $0.origin) : $0
    }
    watch.includeFiles = paths("files", &reader)
    let defaults = reader.boolean("default_ignores") ?? true
    watch.exclude =
      (defaults ? DefaultPatterns.patterns : [])
      + ignored.compactMap { Self.rebased($0, from: root, to: service.directory) }
      + patterns("ignore", &reader)
    watch.excludeDirectories = paths("ignore_dirs", &reader)
    watch.excludeFiles = paths("ignore_files", &reader)
    watch.excludeRegexes = regexes("ignore_regex", &reader)
    watch.restartOnly = patterns("restart_only", &reader)
    watch.usesGitignore = reader.boolean("gitignore") ?? watch.usesGitignore
    watch.followsSymlinks = reader.boolean("follow_symlinks") ?? watch.followsSymlinks
    watch.skipsHiddenDirectories = !(reader.boolean("hidden_dirs") ?? !watch.skipsHiddenDirectories)
    watch.comparesContent = reader.boolean("compare_content") ?? watch.comparesContent
    watch.delay = reader.duration("delay")
    watch.rules = rules(&reader)
    service.watch = watch
  }

  private func patterns(_ key: String, _ reader: inout TableReader) -> [WatchSpec.Pattern] {
    let name = reader.name(of: key)
    return (reader.strings(key) ?? []).flatMap {
      DevtopServiceReader.globs($0, key: name, findings: findings)
    }
  }

  /// Exact paths without `./` and a slash at the end.
  private func paths(_ key: String, _ reader: inout TableReader) -> [WatchSpec.Pattern] {
    let name = reader.name(of: key)
    return (reader.strings(key) ?? []).compactMap {
      DevtopServiceReader.pattern($0, key: name, findings: findings)
    }.map { .init(Self.cleaned($0.text), origin: $0.origin) }
  }

  private func regexes(_ key: String, _ reader: inout TableReader) -> [WatchSpec.Pattern] {
    let name = reader.name(of: key)
    return (reader.strings(key) ?? []).compactMap { text in
      if let failure = RegexCheck.failure(of: text.text) {
        findings.problem(
          "\(name): at character \(failure.character) of the expression: \(failure.message)", at: text.place)
        return nil
      }
      return DevtopServiceReader.pattern(text, key: name, findings: findings)
    }
  }

  private func rules(_ reader: inout TableReader) -> [WatchRule] {
    guard let entry = reader.take("rule") else { return [] }
    guard case .array(let items) = entry.value.content else {
      reader.wrongType(entry, expected: "tables: write [[\(reader.name(of: "rule"))]]")
      return []
    }
    return items.enumerated().compactMap { index, item in
      guard case .table(let table) = item.content else {
        findings.problem("\(reader.name(of: "rule")): expected a table, found \(item.found)", at: item.place)
        return nil
      }
      var fields = TableReader(table, path: "\(reader.name(of: "rule")).\(index + 1)", findings: findings)
      let name = fields.string("name")?.text ?? "rule \(index + 1)"
      let command = fields.command("run")
      let directories = paths("dirs", &fields)
      let extensions = patterns("extensions", &fields)
      let files = paths("files", &fields)
      let regexes = regexes("ignore_regex", &fields)
      let delay = fields.duration("delay")
      fields.finish()
      guard let command else {
        if table["run"] == nil {
          findings.problem("\(fields.path) needs run = \"COMMAND\"", at: item.place)
        }
        return nil
      }
      var rule = WatchRule(name: name, command: command)
      rule.includeDirectories = directories
      rule.includeExtensions = extensions
      rule.includeFiles = files
      rule.excludeRegexes = regexes
      rule.delay = delay ?? rule.delay
      return rule
    }
  }

  /// `./x/` is `x`.
  static func cleaned(_ text: String) -> String {
    var rest = Substring(text)
    while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
    while rest.count > 1, rest.hasSuffix("/") { rest = rest.dropLast() }
    return rest.isEmpty ? "." : String(rest)
  }

  /// The directories outside of the service's that its patterns reach: the part before the first wildcard.
  static func extraRoots(of patterns: [WatchSpec.Pattern], in directory: String) -> [String] {
    var roots: [String] = []
    for pattern in patterns where pattern.text.hasPrefix("../") || pattern.text.hasPrefix("/../") {
      var fixed: [Substring] = []
      for part in pattern.text.split(separator: "/") {
        guard !part.contains(where: { "*?[".contains($0) }) else { break }
        fixed.append(part)
      }
      var path = Path.absolute(fixed.joined(separator: "/"), in: directory)
      if Path.isFile(path) { path = Path.parent(path) }
      if !Path.isInside(path, directory), !roots.contains(path) { roots.append(path) }
    }
    return roots
  }

  /// A pattern of the root as the service's directory sees it; nil where it cannot match inside of it.
  static func rebased(
    _ pattern: WatchSpec.Pattern, from root: String, to directory: String
  ) -> WatchSpec.Pattern? {
    guard directory != root else { return pattern }
    var text = Substring(pattern.text)
    let isNegated = text.hasPrefix("!")
    if isNegated { text = text.dropFirst() }
    // gitignore(5): a pattern without a slash but at its end matches at every level.
    guard text.dropLast().contains("/"), !text.hasPrefix("**/") else { return pattern }
    guard Path.isInside(directory, root) else { return nil }
    if text.hasPrefix("/") { text = text.dropFirst() }
    let prefix = Path.relative(directory, to: root) + "/"
    guard text.hasPrefix(prefix) else { return nil }
    return .init((isNegated ? "!/" : "/") + text.dropFirst(prefix.count), origin: pattern.origin)
  }
}
