internal import DevtopCore

/// One key of `devtop.toml` with its value in a configuration, as TOML text.
struct ConfigurationSetting {
  var key: String
  var value: String
  /// Whether leaving the key out means the same.
  var isDefault: Bool
  /// What the key is for, in a few words.
  var meaning: String

  init(_ key: String, _ value: String, default standard: String?, _ meaning: String) {
    self.key = key
    self.value = value
    isDefault = value == standard
    self.meaning = meaning
  }
}

extension Configuration {
  /// The keys before the first table.
  var topSettings: [ConfigurationSetting] {
    [
      .init(
        "name", ConfigurationText.quoted(projectName), default: ConfigurationText.quoted(Path.name(root)),
        "the project as the header shows it"),
      .init(
        "theme", theme.map(ConfigurationText.quoted) ?? "\"\"", default: "\"\"",
        "colours; without it the terminal's background decides"),
      .init(
        "log_memory", ConfigurationText.quoted(SizeText.text(logMemoryInBytes)), default: "\"256M\"",
        "the most that logs may take"),
      .init(
        "log_dir", logFiles.map { ConfigurationText.quoted($0.directory) } ?? "\"\"", default: "\"\"",
        "where each service's lines are written beside memory; never watched"),
      .init(
        "log_file_size", ConfigurationText.quoted(SizeText.text(logFiles?.sizeInBytes ?? 10 << 20)),
        default: "\"10M\"", "a file that would grow beyond this is set aside: api.1.log"),
      .init(
        "log_files", String(logFiles?.count ?? 5), default: "5",
        "files of a service, of which the oldest goes"),
      .init(
        "hosts", ConfigurationText.list(hosts), default: "[]",
        "names beside localhost under which browsers reach devtop's live reload"),
    ]
  }

  /// The keys of `[watch]`.
  var watchSettings: [ConfigurationSetting] {
    let polls: String
    switch poll {
    case .automatic: polls = "\"auto\""
    case .always: polls = "true"
    case .never: polls = "false"
    }
    return [
      .init("poll", polls, default: "\"auto\"", "auto: only where the file system tells no changes"),
      .init(
        "poll_interval", ConfigurationText.quoted(DurationText.text(pollInterval)), default: "\"500ms\"",
        "how often, where it polls"),
    ]
  }

  /// The tables `[format.NAME]`: the head of each and its keys.
  var formatSettings: [(head: String, prefix: String, settings: [ConfigurationSetting])] {
    lineFormats.map { format in
      ("[format.\(ConfigurationText.key(format.name))]", "format.\(format.name).", format.settings)
    }
  }

  /// The lines of `[keys]`, an action each.
  var keySettings: [ConfigurationSetting] {
    var actions: [Action] = []
    for binding in keys where !actions.contains(binding.action) { actions.append(binding.action) }
    return actions.map { action in
      let names = keys.filter { $0.action == action }.map(\.key.name)
      let value = names.count == 1 ? ConfigurationText.quoted(names[0]) : ConfigurationText.list(names)
      return .init(action.rawValue, value, default: nil, "")
    }
  }
}

extension ServiceSpec {
  /// The keys of `[service.NAME]`, with paths relative to where `devtop.toml` is.
  func settings(root: String) -> [ConfigurationSetting] {
    commandSettings(root: root) + watch.settings + lifeSettings + proxySettings
  }

  private func commandSettings(root: String) -> [ConfigurationSetting] {
    // A step that may fail is never the build itself.
    let main = build.last.flatMap { $0.isRequired ? $0 : nil }
    let preparing = main == nil ? build[...] : build.dropLast()
    var settings: [ConfigurationSetting] = [
      .init(
        "dir", ConfigurationText.quoted(Path.relative(directory, to: root)), default: "\".\"",
        "its working directory; patterns are relative to it")
    ]
    if !preparing.isEmpty {
      let texts = preparing.map(\.command.shellText)
      settings.append(
        .init("prepare", ConfigurationText.list(texts), default: nil, "shell commands before each build"))
      settings.append(
        .init(
          "prepare_required", "\(preparing.allSatisfy(\.isRequired))", default: "true",
          "whether a failure of those fails the build"))
    }
    if let step = main {
      settings.append(
        .init("build", step.command.toml, default: nil, "a string goes through the shell, a list does not"))
    }
    if let run { settings.append(.init("run", run.toml, default: nil, "what is started after a build")) }
    settings.append(
      .init(
        "cleanup", ConfigurationText.list(cleanup.map(\.shellText)), default: "[]",
        "shell commands before a run is stopped"))
    let inferred = Compiler.inferred(from: build)?.rawValue ?? "none"
    settings.append(
      .init(
        "compiler", ConfigurationText.quoted(compiler?.rawValue ?? "none"),
        default: ConfigurationText.quoted(inferred),
        "what the build runs: when only its sources changed, an unchanged binary is not restarted"))
    return settings
  }

  private static func table(_ variables: [String: String]) -> String {
    guard !variables.isEmpty else { return "{}" }
    let entries = variables.sorted { $0.key < $1.key }
      .map { "\(ConfigurationText.key($0.key)) = \(ConfigurationText.quoted($0.value))" }
    return "{ " + entries.joined(separator: ", ") + " }"
  }

  private var lifeSettings: [ConfigurationSetting] {
    let delay = restartDelay.map { ConfigurationText.quoted(DurationText.text($0)) }
    return [
      .init("env", Self.table(environment), default: "{}", "extra environment"),
      .init(
        "env_default", Self.table(environmentDefaults), default: "{}",
        "environment for what nothing else sets"),
      .init(
        "env_file", relative(envFiles), default: "[]", "read before each build and start; later files win"),
      .init(
        "env_file_wins", "\(envFilesOverride)", default: "true", "whether they win over the real environment"),
      .init("tty", "\(usesTerminal)", default: "true", "false: a pipe instead of a terminal"),
      .init(
        "depends_on", ConfigurationText.list(dependsOn.map(\.name)), default: "[]",
        "services that must be ready before"),
      .init("ready", readiness.toml, default: "\"listener\"", "port, http, log or \"started\""),
      .init(
        "ready_timeout", ConfigurationText.quoted(DurationText.text(readyTimeout)), default: "\"10s\"",
        "how long it may take to get ready"),
      .init("stop", stop.toml, default: StopPolicy().toml, "the signal, and how long until SIGKILL"),
      .init(
        "restart", ConfigurationText.quoted(restart.rawValue), default: "\"on-failure\"",
        "when it ends by itself: on-failure, always, never"),
      .init("restart_delay", delay ?? "\"\"", default: "\"\"", "a fixed delay instead of a growing one"),
      .init(
        "reloads_itself", "\(reloadsItself)", default: "false",
        "the command watches by itself: only `restart_only` files restart it"),
      .init(
        "stop_on_build_error", "\(stopsOnBuildError)", default: "false",
        "stop the running process when a build fails"),
      .init(
        "build_log", buildLog.map { ConfigurationText.quoted(Path.relative($0, to: directory)) } ?? "\"\"",
        default: "\"\"", "where the output of failed builds is written"),
      .init("remove_on_exit", relative(removeOnExit), default: "[]", "removed when devtop ends"),
      .init(
        "clear_log_on_build", "\(clearsLogOnBuild)", default: "false", "clear the log view at each build"),
    ]
  }

  private func relative(_ paths: [String]) -> String {
    ConfigurationText.list(paths.map { Path.relative($0, to: directory) })
  }
}

extension LineFormatSettings {
  fileprivate var settings: [ConfigurationSetting] {
    let levels = levels.sorted { $0.key < $1.key }.map {
      "\(ConfigurationText.key($0.key)) = \(ConfigurationText.quoted($0.value.name))"
    }
    return [
      .init(
        "pattern", ConfigurationText.quoted(pattern), default: nil, "its named groups are fields of log lines"
      ),
      .init(
        "levels", levels.isEmpty ? "{}" : "{ \(levels.joined(separator: ", ")) }", default: "{}",
        "what words of the group `level` stand for"),
      .init(
        "services", services.map { ConfigurationText.list($0.map(\.name)) } ?? "\"\"", default: "\"\"",
        "whose lines; without it those of all"),
    ]
  }
}

extension WatchSpec {
  fileprivate var settings: [ConfigurationSetting] {
    let own = exclude.filter {
      $0.origin != DefaultPatterns.origin || !DefaultPatterns.texts.contains($0.text)
    }
    let hasDefaults = DefaultPatterns.texts.allSatisfy { text in exclude.contains { $0.text == text } }
    func list(_ key: String, _ patterns: [Pattern], _ meaning: String) -> ConfigurationSetting {
      .init(key, ConfigurationText.list(patterns.map(\.text)), default: "[]", meaning)
    }
    let delay = delay.map { ConfigurationText.quoted(DurationText.text($0)) }
    return [
      list("watch", include, "globs; they beat .gitignore; without them everything counts"),
      list("extensions", includeExtensions, "extensions without the dot; without them all count"),
      list("files", includeFiles, "files that count whatever their extension"),
      list("ignore", own, "patterns as in .gitignore, beside it"),
      .init(
        "default_ignores", "\(hasDefaults)", default: "true",
        "ignore node_modules, .git, caches and editors' own files"),
      list("ignore_dirs", excludeDirectories, "directories"),
      list("ignore_files", excludeFiles, "files"),
      list("ignore_regex", excludeRegexes, "regular expressions on the absolute path"),
      list("restart_only", restartOnly, "files that restart without a build"),
      .init("gitignore", "\(usesGitignore)", default: "true", "whether .gitignore counts"),
      .init("follow_symlinks", "\(followsSymlinks)", default: "false", "into linked directories"),
      .init(
        "hidden_dirs", "\(!skipsHiddenDirectories)", default: "true",
        "watch directories that begin with a dot"),
      .init(
        "compare_content", "\(comparesContent)", default: "true",
        "a save with the same content builds nothing"),
      .init("delay", delay ?? "\"\"", default: "\"\"", "quiet time before a build; without it at once"),
    ]
  }
}

extension WatchRule {
  /// The keys of `[[service.NAME.rule]]`.
  var settings: [ConfigurationSetting] {
    [
      .init("name", ConfigurationText.quoted(name), default: nil, ""),
      .init("run", command.toml, default: nil, "instead of a build, on a change of"),
      .init("dirs", ConfigurationText.list(includeDirectories.map(\.text)), default: "[]", ""),
      .init("extensions", ConfigurationText.list(includeExtensions.map(\.text)), default: "[]", ""),
      .init("files", ConfigurationText.list(includeFiles.map(\.text)), default: "[]", ""),
      .init("ignore_regex", ConfigurationText.list(excludeRegexes.map(\.text)), default: "[]", ""),
      .init("delay", ConfigurationText.quoted(DurationText.text(delay)), default: "\"1s\"", ""),
    ]
  }
}

extension CommandSpec {
  fileprivate var toml: String {
    switch self {
    case .shell(let text): ConfigurationText.quoted(text)
    case .arguments(let words): ConfigurationText.list(words)
    }
  }

  fileprivate var shellText: String {
    switch self {
    case .shell(let text): text
    case .arguments: description
    }
  }
}

extension Readiness {
  fileprivate var toml: String {
    switch self {
    case .listener: "\"listener\""
    case .started: "\"started\""
    case .port(let port): "{ port = \(port) }"
    case .http(let path, let port):
      "{ http = \(ConfigurationText.quoted(path))" + (port.map { ", port = \($0)" } ?? "") + " }"
    case .log(let pattern): "{ log = \(ConfigurationText.quoted(pattern)) }"
    }
  }
}

extension StopPolicy {
  fileprivate var toml: String {
    let name = SignalName.name(signal) ?? String(signal)
    return "{ signal = \"\(name)\", grace = \(ConfigurationText.quoted(DurationText.text(grace))) }"
  }
}
