internal import DevtopCore

extension ConfigurationReading {
  /// The effective configuration, every value with where it came from: what `devtop check` prints.
  package var described: String {
    var lines = ["# \(configuration.source.name) in \(configuration.root)"]
    if let explanation = configuration.explanation { lines.append("# \(explanation)") }
    lines += configuration.topSettings.map { line($0, prefix: "") }
    lines += ["", "[watch]"] + configuration.watchSettings.map { line($0, prefix: "watch.") }
    for service in configuration.services {
      lines += ["", "[service.\(ConfigurationText.key(service.id.name))]"]
      for setting in service.settings(root: configuration.root) {
        lines.append(
          line(setting, prefix: "service.\(service.id).", patterns: service.patterns[setting.key] ?? []))
      }
      for rule in service.watch.rules {
        lines += ["", "[[service.\(ConfigurationText.key(service.id.name)).rule]]"]
        lines += rule.settings.map { "\($0.key) = \($0.value)" }
      }
    }
    for format in configuration.formatSettings {
      lines += ["", format.head] + format.settings.map { line($0, prefix: format.prefix) }
    }
    if !configuration.keys.isEmpty {
      lines += ["", "[keys]"] + configuration.keySettings.map { line($0, prefix: "keys.") }
    }
    for notice in configuration.warnings {
      lines.append("# warning: \(notice.position.map { "\($0): " } ?? "")\(notice.message)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(
    _ setting: ConfigurationSetting, prefix: String, patterns: [WatchSpec.Pattern] = []
  ) -> String {
    var origin = origins[prefix + setting.key]
    if origin == nil, !patterns.isEmpty {
      var places: [String] = []
      for pattern in patterns where !places.contains(pattern.origin) { places.append(pattern.origin) }
      origin = places.joined(separator: ", ")
    }
    // An empty string is how a value that is not set is shown.
    let value = setting.value == "\"\"" ? "(not set)" : setting.value
    let fallback = setting.isDefault ? "default" : configuration.source.name
    return "\(ConfigurationText.key(setting.key)) = \(value)".padded(to: 48) + "# \(origin ?? fallback)"
  }
}

extension ServiceSpec {
  /// The patterns of each key, which carry their places themselves.
  fileprivate var patterns: [String: [WatchSpec.Pattern]] {
    [
      "watch": watch.include, "extensions": watch.includeExtensions, "files": watch.includeFiles,
      "ignore": watch.exclude.filter { !DefaultPatterns.texts.contains($0.text) },
      "ignore_dirs": watch.excludeDirectories, "ignore_files": watch.excludeFiles,
      "ignore_regex": watch.excludeRegexes, "restart_only": watch.restartOnly,
    ]
  }
}
