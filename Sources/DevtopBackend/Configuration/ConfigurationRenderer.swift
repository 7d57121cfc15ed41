package import DevtopCore

extension Configuration {
  /// A commented `devtop.toml` that means the same: what `devtop init` writes.
  ///
  /// Only what differs from the defaults is written. Binaries that are built outside of the project go to `tmp/`
  /// (`withPortableOutputs`), so that the file can be shared.
  package func rendered(environment: [String: String]) -> String {
    let configuration = withPortableOutputs(environment: environment)
    var lines = [
      "# How devtop builds, runs and watches this project. `devtop check` prints what is in effect."
    ]
    switch source {
    case .file(let name): lines.append("# Made of \(name).")
    case .detected(let evidence): lines.append("# Detected: \(evidence).")
    case .commandLine: break
    }
    lines += configuration.topSettings.filter { !$0.isDefault }.map { "\($0.key) = \($0.value)" }
    lines += Self.table("[watch]", configuration.watchSettings)
    for service in configuration.services { lines += service.rendered(root: root) }
    for format in configuration.formatSettings { lines += Self.table(format.head, format.settings) }
    lines += Self.table("[keys]", configuration.keySettings)
    lines += Self.hints(configuration)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same configuration with the scratch directory of detected projects replaced by `tmp`.
  func withPortableOutputs(environment: [String: String]) -> Configuration {
    let scratch = ScratchDirectory(project: root, environment: environment).path + "/"
    func portable(_ text: String) -> String {
      guard let range = text.range(of: scratch) else { return text }
      return text[..<range.lowerBound] + "tmp/" + text[range.upperBound...]
    }
    func portable(_ command: CommandSpec, isProgram: Bool) -> CommandSpec {
      switch command {
      case .shell(let text): return .shell(portable(text))
      case .arguments(let words):
        return .arguments(
          words.enumerated().map { index, word in
            // A program without `./` would be looked for in PATH only where it has no slash.
            index == 0 && isProgram && word.hasPrefix(scratch) ? "./" + portable(word) : portable(word)
          })
      }
    }
    var copy = self
    for index in copy.services.indices {
      copy.services[index].run = copy.services[index].run.map { portable($0, isProgram: true) }
      for step in copy.services[index].build.indices {
        let command = copy.services[index].build[step].command
        copy.services[index].build[step].command = portable(command, isProgram: false)
      }
    }
    return copy
  }

  static func table(_ head: String, _ settings: [ConfigurationSetting]) -> [String] {
    let own = settings.filter { !$0.isDefault }
    return own.isEmpty ? [] : ["", head] + own.map(line)
  }

  static func line(_ setting: ConfigurationSetting) -> String {
    let text = "\(ConfigurationText.key(setting.key)) = \(setting.value)"
    guard !setting.meaning.isEmpty else { return text }
    // Short lines carry their comment behind them.
    return text.count < 48
      ? text.padded(to: 48) + "# \(setting.meaning)" : "# \(setting.meaning):\n\(text)"
  }

  /// Keys that people look for next, as comments.
  private static func hints(_ configuration: Configuration) -> [String] {
    guard let service = configuration.services.first else { return [] }
    var lines = ["", "# More keys of [service.\(service.id)]:"]
    for (key, example) in [
      ("env", "{ LOG_LEVEL = \"debug\" }"), ("env_file", "[\".env\"]"), ("ignore", "[\"docs/**\"]"),
      ("ready", "{ http = \"/healthz\" }"), ("stop", "{ signal = \"TERM\", grace = \"5s\" }"),
      ("restart", "\"on-failure\""), ("depends_on", "[\"db\"]"), ("tty", "true"),
    ] {
      let setting = service.settings(root: configuration.root).first { $0.key == key }
      guard let setting, setting.isDefault else { continue }
      lines.append("# \(key) = \(example)".padded(to: 48) + "# \(setting.meaning)")
    }
    return lines
  }
}

extension ServiceSpec {
  fileprivate func rendered(root: String) -> [String] {
    let name = ConfigurationText.key(id.name)
    var lines = Configuration.table("[service.\(name)]", settings(root: root))
    for rule in watch.rules { lines += Configuration.table("[[service.\(name).rule]]", rule.settings) }
    return lines
  }
}

extension String {
  /// The text with spaces behind it up to a column.
  func padded(to width: Int) -> String {
    count < width ? self + String(repeating: " ", count: width - count) : self + "  "
  }
}
