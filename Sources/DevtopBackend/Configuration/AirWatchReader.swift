internal import DevtopCore

/// Reads what air's `[build]` says of watching.
struct AirWatchReader {
  /// Absolute: air's root.
  let directory: String
  let findings: ConfigurationFindings

  func read(
    _ build: inout AirValues, neverWatched: [(key: String, path: String)], top: AirValues, prefix: String
  ) -> WatchSpec {
    var watch = WatchSpec()
    watch.usesGitignore = false
    watch.skipsHiddenDirectories = true
    watch.exclude = DefaultPatterns.patterns
    readIncludes(&build, into: &watch)
    watch.excludeDirectories =
      paths("exclude_dir", &build) ?? ["assets", "tmp", "vendor", "testdata"].map(Self.ofAir)
    for (key, path) in neverWatched {
      let text = WatchSettingsReader.cleaned(path)
      guard !watch.excludeDirectories.contains(where: { $0.text == text }) else { continue }
      let origin = top[key].map { findings.origin($0.keyPlace) }
      watch.excludeDirectories.append(.init(text, origin: origin ?? "air's default"))
    }
    watch.excludeFiles = paths("exclude_file", &build) ?? []
    watch.excludeRegexes = regexes(&build)
    watch.followsSymlinks = build.boolean("follow_symlink") ?? false
    watch.comparesContent = build.boolean("exclude_unchanged") ?? true
    watch.delay = build.milliseconds("delay")
    watch.rules = rules(build["rules"])
    for (key, name) in [
      ("include_dir", "watch"), ("include_ext", "extensions"), ("include_file", "files"),
      ("exclude_dir", "ignore_dirs"), ("exclude_file", "ignore_files"), ("exclude_regex", "ignore_regex"),
      ("follow_symlink", "follow_symlinks"), ("exclude_unchanged", "compare_content"), ("delay", "delay"),
      ("rules", "rule"),
    ] {
      build.origin(key, as: "\(prefix).\(name)")
    }
    return watch
  }

  private static func ofAir(_ text: String) -> WatchSpec.Pattern { .init(text, origin: "air's default") }

  private func readIncludes(_ build: inout AirValues, into watch: inout WatchSpec) {
    let extensions = extensions(build.texts("include_ext"))
    watch.includeExtensions = extensions ?? ["go", "tpl", "tmpl", "html"].map(Self.ofAir)
    watch.includeFiles = paths("include_file", &build) ?? []
    for path in paths("include_dir", &build) ?? [] {
      let absolute = Path.absolute(path.text, in: directory)
      let relative = Path.relative(absolute, to: directory)
      if !Path.isInside(absolute, directory) { watch.extraRoots.append(absolute) }
      watch.include.append(.init(relative == "." ? "**" : "\(relative)/**", origin: path.origin))
    }
  }

  /// Without the dot; `*` is all, and so is an empty list.
  private func extensions(_ texts: [(text: String, place: TomlPlace)]?) -> [WatchSpec.Pattern]? {
    guard let texts else { return nil }
    guard !texts.contains(where: { $0.text == "*" }) else { return [] }
    return texts.compactMap { text, place in
      let name = text.hasPrefix(".") ? String(text.dropFirst()) : text
      return name.isEmpty ? nil : .init(name, origin: findings.origin(place))
    }
  }

  private func paths(_ key: String, _ build: inout AirValues) -> [WatchSpec.Pattern]? {
    paths(build.texts(key))
  }

  private func paths(_ texts: [(text: String, place: TomlPlace)]?) -> [WatchSpec.Pattern]? {
    texts?.compactMap { text, place in
      text.isEmpty ? nil : .init(WatchSettingsReader.cleaned(text), origin: findings.origin(place))
    }
  }

  private func regexes(_ build: inout AirValues) -> [WatchSpec.Pattern] {
    regexes(build.texts("exclude_regex"), key: "build.exclude_regex") ?? [Self.ofAir("_test.go")]
  }

  /// RE2's syntax is PCRE2's but for rare escapes, which PCRE2 refuses here with their place.
  private func regexes(
    _ texts: [(text: String, place: TomlPlace)]?, key: String
  ) -> [WatchSpec.Pattern]? {
    texts?.compactMap { text, place in
      guard !text.isEmpty else { return nil }
      if let failure = RegexCheck.failure(of: text) {
        findings.problem(
          "\(key): at character \(failure.character) of the expression: \(failure.message)", at: place)
        return nil
      }
      return .init(text, origin: findings.origin(place))
    }
  }

  private func rules(_ entry: TomlTable.Entry?) -> [WatchRule] {
    guard let entry else { return [] }
    guard case .array(let items) = entry.value.content else {
      findings.problem(
        "build.rules: expected tables [[build.rules]], found \(entry.value.found)", at: entry.value.place)
      return []
    }
    return items.enumerated().compactMap { index, item in
      guard case .table(let table) = item.content else {
        findings.problem("build.rules: expected a table, found \(item.found)", at: item.place)
        return nil
      }
      return rule(table, number: index + 1, at: item.place)
    }
  }

  private func rule(_ table: TomlTable, number: Int, at place: TomlPlace) -> WatchRule? {
    let path = "build.rules.\(number)"
    let lowered = TomlTable(
      entries: table.entries.map { .init(key: $0.key.lowercased(), keyPlace: $0.keyPlace, value: $0.value) })
    var values = AirValues(table: lowered, path: path, findings: findings)
    let known = [
      "name", "cmd", "include_dir", "include_ext", "include_file", "exclude_regex", "delay",
    ]
    for entry in lowered.entries where !known.contains(entry.key) {
      findings.warning(
        "\(path).\(entry.key) has no effect: air and devtop know no such key"
          + NearestName.hint(entry.key, among: known), at: findings.position(entry.keyPlace))
    }
    let name = values.text("name") ?? "rule \(number)"
    let command = values.text("cmd")
    guard let command, !command.allSatisfy(\.isWhitespace) else {
      // A value of a wrong type is named already.
      if command != nil || lowered["cmd"] == nil {
        findings.problem("\(path) needs cmd = \"COMMAND\"", at: place)
      }
      return nil
    }
    var rule = WatchRule(name: name, command: .shell(command))
    rule.includeDirectories = paths(values.texts("include_dir")) ?? []
    rule.includeExtensions = extensions(values.texts("include_ext")) ?? []
    rule.includeFiles = paths(values.texts("include_file")) ?? []
    rule.excludeRegexes = regexes(values.texts("exclude_regex"), key: "\(path).exclude_regex") ?? []
    rule.delay = values.milliseconds("delay") ?? rule.delay
    return rule
  }
}
