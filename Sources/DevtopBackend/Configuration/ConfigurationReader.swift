internal import DevtopCore

/// Finds and reads the configuration of a project.
///
/// In this order: the file that `--config` names; `devtop.toml`; air's `.air.toml`, `.config/air.toml` and
/// `air.toml`; what `ProjectDetection` finds.
package struct ConfigurationReader: Sendable {
  /// Absolute: where devtop was started.
  package let directory: String
  /// The real environment.
  package let environment: [String: String]

  static let devtopName = "devtop.toml"
  static let airNames = [".air.toml", ".config/air.toml", "air.toml"]

  package init(directory: String, environment: [String: String]) {
    self.directory = Path.absolute(directory, in: "/")
    self.environment = environment
  }

  /// Reads the configuration.
  ///
  /// `file` is what `--config` names, relative to the directory. `flags`, as `AirFlags.take` took them, go with an
  /// air configuration, or stand for one. `words` are those after `--`, nil where there was no `--`: they go to
  /// the application where an air configuration is in effect, and are the command otherwise.
  ///
  /// - Throws: `ConfigurationError`, with everything that is wrong in one file.
  package func read(
    file: String? = nil, flags: AirFlags = AirFlags(), words: [String]? = nil
  ) throws(ConfigurationError) -> ConfigurationReading {
    if let words, words.isEmpty, file == nil, flags.isEmpty, airFile() == nil { throw .emptyCommand }
    if let file {
      let path = Path.absolute(file, in: directory)
      let name = Path.displayed(path, in: directory)
      let table = try ConfigurationFile.readTable(path, named: name)
      return try interpret(table, path: path, name: name, flags: flags, words: words)
    }
    let own = Path.absolute(Self.devtopName, in: directory)
    if Path.kind(own) != nil {
      let table = try ConfigurationFile.readTable(own, named: Self.devtopName)
      return try readDevtop(table, path: own, name: Self.devtopName, flags: flags, words: words)
    }
    if let name = airFile() {
      let path = Path.absolute(name, in: directory)
      let table = try ConfigurationFile.readTable(path, named: name)
      return try readAir(table, path: path, name: name, flags: flags, words: words ?? [])
    }
    if !flags.isEmpty {
      return try readAir(TomlTable(), path: nil, name: "air's defaults", flags: flags, words: words ?? [])
    }
    if let words { return ConfigurationReading(configuration: try .forCommand(words, directory: directory)) }
    return try ProjectDetection(directory: directory, environment: environment).detect()
  }

  /// What the table of a file says, by its name or its keys an air configuration or a `devtop.toml`.
  func interpret(
    _ table: TomlTable, path: String, name: String, flags: AirFlags = AirFlags(), words: [String]? = nil
  ) throws(ConfigurationError) -> ConfigurationReading {
    Self.isAir(path, table)
      ? try readAir(table, path: path, name: name, flags: flags, words: words ?? [])
      : try readDevtop(table, path: path, name: name, flags: flags, words: words)
  }

  private func airFile() -> String? {
    Self.airNames.first { Path.kind(Path.absolute($0, in: directory)) != nil }
  }

  /// Whether a file of any name is an air configuration: by its name, else by its keys.
  private static func isAir(_ path: String, _ table: TomlTable) -> Bool {
    let name = Path.name(path).lowercased()
    if name == devtopName { return false }
    if name == "air.toml" || name == ".air.toml" || name.hasSuffix(".air.toml") { return true }
    let keys = table.entries.map { $0.key.lowercased() }
    return !keys.contains("service")
      && (keys.contains("build") || keys.contains("tmp_dir") || keys.contains("root"))
  }

  private func readDevtop(
    _ table: TomlTable, path: String, name: String, flags: AirFlags, words: [String]?
  ) throws(ConfigurationError) -> ConfigurationReading {
    if let flag = flags.flags.first {
      throw .invalid([
        ConfigurationProblem(
          "this flag changes an air configuration, but \(name) is in effect; change it there, or name the air "
            + "file with --config", at: SourcePosition(file: "--\(flag.name)"))
      ])
    }
    let findings = ConfigurationFindings(file: name)
    let root = Path.parent(path)
    let themes = ThemeCatalog(directory: root, environment: environment)
    var configuration = DevtopFileReader(root: root, findings: findings, themes: themes).read(table)
    try findings.throwProblems()
    configuration.warnings = findings.warnings
    configuration.files = [path]
    if let words {
      let command = try Configuration.forCommand(words, directory: directory)
      configuration.services = command.services
      configuration.source = .commandLine
      configuration.explanation = (command.explanation ?? "") + "; the services of \(name) are left out"
    }
    return ConfigurationReading(configuration: configuration, origins: findings.origins)
  }

  private func readAir(
    _ table: TomlTable, path: String?, name: String, flags: AirFlags, words: [String]
  ) throws(ConfigurationError) -> ConfigurationReading {
    let findings = ConfigurationFindings(file: name, flags: flags.flags.map { "--\($0.name)" })
    let reader = AirReader(directory: directory, environment: environment, findings: findings)
    var configuration = reader.read(table, flags: flags, words: words)
    try findings.throwProblems()
    configuration.warnings = findings.warnings
    configuration.files = [path].compactMap { $0 } + [Path.absolute(Self.devtopName, in: directory)]
    return ConfigurationReading(configuration: configuration, origins: findings.origins)
  }
}
